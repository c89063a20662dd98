//! A comment on a case. The object has no room for a key, so a task that has one is made in the same breath.
//!
//! Both are made or neither: while the task with our key is there, a second comment is refused together with its
//! second task, however late or often the first request is carried out.

use std::sync::Arc;

use serde_json::{Map, Value};
use voice_crm_core::crm::{
    Attempt, CaseRef, Change, CrmError, CrmErrorKind, NewComment, Receipt, RecordRef, Write,
};

use crate::{
    exchange::operation::{Operation, Target},
    writes::step::{Answers, Next, Step, is_absent, take},
};

/// Where the comment stands.
#[derive(Clone)]
enum Stage {
    /// An earlier try may have made it: look for its task.
    Look,
    /// The case is known by the key of the write that makes it: ask for its id.
    FindCase,
    /// Make the task and the comment.
    Make(RecordRef),
}

pub(crate) struct CommentStep {
    write: Arc<Write>,
    stage: Stage,
}

impl CommentStep {
    pub(crate) fn first(attempt: &Attempt) -> Self {
        let step = Self { write: attempt.write.clone(), stage: Stage::Look };
        if attempt.may_exist { step } else { step.begin() }
    }

    fn begin(self) -> Self {
        let stage = match self.comment().map(|comment| comment.case.clone()) {
            Some(CaseRef::Known(case)) => Stage::Make(case),
            Some(CaseRef::MadeBy(_)) | None => Stage::FindCase,
        };
        Self { stage, ..self }
    }

    fn comment(&self) -> Option<&NewComment> {
        match &self.write.change {
            Change::AddComment(comment) => Some(comment),
            _ => None,
        }
    }

    /// The task first: it is the one that cannot be made twice.
    fn records(&self, comment: &NewComment, case: &RecordRef, key_field: &str) -> Operation {
        let map = |fields: Vec<(&str, Value)>| {
            fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>()
        };
        let task = map(vec![
            ("Subject", "Comment by telephone".into()),
            ("Description", comment.body.as_str().into()),
            ("Status", "Completed".into()),
            ("WhatId", case.as_str().into()),
            (key_field, self.write.key.to_string().into()),
        ]);
        let comment = map(vec![
            ("ParentId", case.as_str().into()),
            ("CommentBody", comment.body.as_str().into()),
            ("IsPublished", comment.published.into()),
        ]);
        Operation::CreateTogether(vec![("Task", task), ("CaseComment", comment)])
    }
}

impl Step for CommentStep {
    fn operations(&self, key_field: &str) -> Vec<Operation> {
        let Some(comment) = self.comment() else { return Vec::new() };
        let read = |object: &str, key| Operation::Read {
            object: object.to_owned(),
            target: Target::Key(key),
            fields: &["Id"],
        };
        match (&self.stage, &comment.case) {
            (Stage::Look, _) => vec![read("Task", self.write.key)],
            (Stage::FindCase, CaseRef::MadeBy(key)) => vec![read("Case", *key)],
            (Stage::FindCase, CaseRef::Known(_)) => Vec::new(),
            (Stage::Make(case), _) => vec![self.records(comment, case, key_field)],
        }
    }

    fn next(self: Box<Self>, answers: Answers) -> Next {
        let answer = take(&mut answers.into_iter());
        match (self.stage.clone(), answer) {
            (Stage::Look, Ok(_)) => Next::Done(Ok(receipt(None))),
            (Stage::Look, Err(error)) if is_absent(&error) => Next::Go(Box::new(self.begin())),
            (Stage::Look, Err(error)) => Next::Done(Err(error.that_may_have_applied(true))),
            (Stage::FindCase, Ok(case)) => match case.id() {
                Some(case) => Next::Go(Box::new(Self { stage: Stage::Make(case), ..*self })),
                None => Next::Done(Err(no_case())),
            },
            // The writes of a call are made in their order: what is not there by now was refused.
            (Stage::FindCase, Err(error)) if is_absent(&error) => Next::Done(Err(error.that_is_final())),
            (Stage::FindCase, Err(error)) => Next::Done(Err(error)),
            (Stage::Make(_), made) => Next::Done(made.map(|comment| receipt(comment.id()))),
        }
    }
}

fn no_case() -> CrmError {
    CrmError::new(CrmErrorKind::Refused, "the case of the comment was never made")
}

fn receipt(comment: Option<RecordRef>) -> Receipt {
    Receipt { record: comment, object: Some("CaseComment".to_owned()), ..Receipt::default() }
}
