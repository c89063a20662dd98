//! Fields the org writes itself when a record is saved.

use serde_json::Value;

use super::{Draft, Engine, stamp};
use crate::schema::{CASE_CLOSED, TASK_COMPLETED};

impl Engine {
    /// Fills in the computed fields; `before` is the record as it was, if it was.
    pub(super) fn compute(&self, draft: &mut Draft<'_>, before: Option<&Draft<'_>>) {
        match draft.object.name.as_str() {
            "Contact" | "Lead" | "User" => full_name(draft),
            "Case" => self.case(draft, before),
            "Task" => self.task(draft, before),
            _ => {}
        }
    }

    fn case(&self, draft: &mut Draft<'_>, before: Option<&Draft<'_>>) {
        let closed = draft.text("Status") == Some(CASE_CLOSED);
        self.close(draft, before, closed, "ClosedDate");
        // The account comes from the contact when the contact is set without one.
        if draft.get("AccountId").is_null()
            && before.is_none()
            && let Some((contact, row)) = draft.text("ContactId").and_then(|id| self.record(id))
            && let Some(column) = self.schema.object(contact).field("AccountId")
        {
            draft.set("AccountId", row.values[column].clone());
        }
    }

    fn task(&self, draft: &mut Draft<'_>, before: Option<&Draft<'_>>) {
        let closed = draft.text("Status") == Some(TASK_COMPLETED);
        self.close(draft, before, closed, "CompletedDateTime");
        let high = draft.text("Priority") == Some("High");
        draft.set("IsHighPriority", high);
        let account = ["WhatId", "WhoId"].iter().find_map(|name| self.account_of(draft.text(name)?));
        draft.set("AccountId", account.unwrap_or_default());
    }

    fn close(&self, draft: &mut Draft<'_>, before: Option<&Draft<'_>>, closed: bool, date: &str) {
        let was_closed = before.is_some_and(|before| before.get("IsClosed") == &Value::Bool(true));
        draft.set("IsClosed", closed);
        if closed && !was_closed {
            draft.set(date, stamp(self.now()));
        } else if !closed {
            draft.set(date, Value::Null);
        }
    }

    /// The account a record is, or belongs to.
    fn account_of(&self, id: &str) -> Option<Value> {
        let (object, row) = self.record(id)?;
        let known = self.schema.object(object);
        let column = if known.name == "Account" { 0 } else { known.field("AccountId")? };
        Some(row.values[column].clone())
    }
}

fn full_name(draft: &mut Draft<'_>) {
    let parts = ["FirstName", "LastName"].iter().filter_map(|name| draft.text(name)).collect::<Vec<_>>();
    let name = parts.join(" ");
    draft.set("Name", name);
}
