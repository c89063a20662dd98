//! `add_case_comment`: something to add to a case that is open.

use std::{fmt, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    crm::{Change, ChangeKind, NewComment, ReadKind, RecordHandle},
    function::{Answer, CallContext, Function, FunctionError, Spec},
    functions::{Desk, answer_for::answer_for, at_most, case_number},
    phrase,
};

/// What a CRM takes as a comment.
const COMMENT: usize = 4_000;

/// Adds a comment to one of the caller's cases.
#[derive(Clone, Debug, Default)]
pub struct AddCaseComment(Arc<Desk>);

/// The arguments of [`AddCaseComment`].
#[derive(Clone, Deserialize, JsonSchema)]
pub struct AddCaseCommentArgs {
    /// What is to be added, in the caller's words.
    pub comment: String,
    /// The case number. Leave it out when only one case is open.
    #[serde(default, alias = "caseNumber")]
    pub case_number: Option<String>,
}

impl fmt::Debug for AddCaseCommentArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AddCaseCommentArgs").finish_non_exhaustive()
    }
}

impl AddCaseComment {
    /// With the settings of a desk.
    pub fn of(desk: Arc<Desk>) -> Self {
        Self(desk)
    }
}

impl Function for AddCaseComment {
    const NAME: &'static str = "add_case_comment";
    type Args = AddCaseCommentArgs;

    fn spec(&self) -> Spec {
        Spec::write("Adds what the caller says to one of their open support cases.")
            .needs(ReadKind::Cases)
            .needs(ChangeKind::AddComment)
            .assurance(self.0.tell_cases_from)
            .filler(phrase::NOTING)
    }

    async fn call(&self, cx: &CallContext, args: AddCaseCommentArgs) -> Result<Answer, FunctionError> {
        if args.comment.trim().is_empty() {
            return Err(FunctionError::invalid_argument("comment", "say what is to be added"));
        }
        at_most("comment", &args.comment, COMMENT)?;
        let added = |_: &_| phrase::COMMENT_ADDED.into();
        // Delivered again, it is the same comment, though another case may be the open one by now.
        if let Some(written) = cx.earlier().await? {
            return answer_for(&written, added, phrase::CHANGE_BEING_SAVED);
        }
        let case = match case_number::meant(cx, args.case_number.as_deref()).await? {
            Ok(case) => case,
            Err(sentence) => return Ok(Answer::say(sentence)),
        };
        let comment =
            NewComment { case: RecordHandle::Known(case.case), body: args.comment, published: false };
        let written = cx.write(Change::AddComment(comment)).await?;
        answer_for(&written, added, phrase::CHANGE_BEING_SAVED)
    }
}
