//! A comment on a case. The object has no room for a key, so a task that has one is made in the same request.
//!
//! Both are made or neither: while the task with our key is there, a second comment is refused together with its
//! second task, however late or often the first request is carried out.

use voice_crm_core::crm::{Attempt, CrmError, NewComment, Receipt, RecordHandle, RecordRef};

use super::{
    conversation::{Org, filled, is_absent},
    own_record::never_made,
};

/// Adds a comment to a case.
pub(super) async fn add(org: &Org<'_>, attempt: &Attempt, comment: &NewComment) -> Result<Receipt, CrmError> {
    let key = attempt.write.key;
    if attempt.may_have_applied && org.find("Task", key).await?.is_some() {
        return Ok(receipt(None));
    }
    let case = case_id(org, attempt, &comment.case).await?;
    // The task first: it is the one that cannot be made twice.
    let task = filled([
        ("Subject", "Comment by telephone".into()),
        ("Description", comment.body.as_str().into()),
        ("Status", "Completed".into()),
        ("WhatId", case.as_str().into()),
        (org.key_field, key.to_string().into()),
    ]);
    let comment = filled([
        ("ParentId", case.as_str().into()),
        ("CommentBody", comment.body.as_str().into()),
        ("IsPublished", comment.published.into()),
    ]);
    let records = vec![("Task", task), ("CaseComment", comment)];
    org.ask_one(|ask| ask.create_together(records)).await.map(|comment| receipt(comment.0))
}

async fn case_id(org: &Org<'_>, attempt: &Attempt, case: &RecordHandle) -> Result<RecordRef, CrmError> {
    let key = match (case.find(&attempt.earlier), case) {
        (Some(case), _) => return Ok(case),
        (None, RecordHandle::MadeBy(key)) => *key,
        (None, RecordHandle::Known(_) | RecordHandle::LastOnCall(_)) => return Err(never_made()),
    };
    match org.ask_one(|ask| ask.read("Case", key, &["Id"])).await {
        Ok(case) => case.id().ok_or_else(never_made),
        // The writes of a call are made in their order: what is not there by now was refused.
        Err(error) if is_absent(&error) => Err(error.that_is_final()),
        Err(error) => Err(error),
    }
}

fn receipt(record: Option<RecordRef>) -> Receipt {
    Receipt { record, object: Some("CaseComment".to_owned()), ..Receipt::default() }
}
