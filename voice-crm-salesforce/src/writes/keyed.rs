//! Records that are upserted by the key of their write and done with: tasks, and new ones of the user's own.

use serde_json::Value;
use voice_crm_core::crm::{Attempt, CrmError, NewTask, Receipt, RecordRef};

use super::conversation::{Org, filled, is_duplicate};
use crate::reads::Row;

/// Makes a task for a person.
pub(super) async fn create_task(
    org: &Org<'_>,
    attempt: &Attempt,
    task: &NewTask,
) -> Result<Receipt, CrmError> {
    upsert(org, attempt, "Task", task_fields(task)).await
}

/// Makes a record under the key of its write.
pub(super) async fn upsert(
    org: &Org<'_>,
    attempt: &Attempt,
    object: &str,
    fields: Row,
) -> Result<Receipt, CrmError> {
    let key = attempt.write.key;
    let receipt = |record| Receipt { record, object: Some(object.to_owned()), ..Receipt::default() };
    // Nothing is overwritten that an earlier attempt may have made.
    if attempt.may_have_applied
        && let Some(found) = org.find(object, key).await?
    {
        return Ok(receipt(found.id()));
    }
    match org.ask_one(|ask| ask.upsert(object, key, fields, None)).await {
        Ok(made) => Ok(receipt(made.0)),
        // The record was looked for, so it is not our own key, but another field of it that must be unique.
        Err(error) if attempt.may_have_applied && is_duplicate(&error) => Err(error.that_is_final()),
        Err(error) => Err(error),
    }
}

fn task_fields(task: &NewTask) -> Row {
    let id = |record: &Option<RecordRef>| Value::from(record.as_ref().map(RecordRef::as_str));
    filled([
        ("Subject", task.subject.as_str().into()),
        ("Description", task.description.as_str().into()),
        ("Priority", if task.urgent { "High" } else { "Normal" }.into()),
        ("ActivityDate", task.due.map(|due| due.to_string()).into()),
        ("ReminderDateTime", task.reminder.map(|reminder| reminder.to_string()).into()),
        ("IsReminderSet", task.reminder.map(|_| true).into()),
        ("OwnerId", id(&task.owner)),
        ("WhoId", id(&task.contact)),
        ("WhatId", id(&task.about)),
    ])
}
