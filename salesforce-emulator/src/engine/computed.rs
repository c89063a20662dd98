//! Fields the org writes itself when a record is saved.

use jiff::SignedDuration;
use serde_json::Value;

use super::{Draft, Engine, parse_datetime, stamp};
use crate::schema::{CASE_CLOSED, TASK_COMPLETED};

impl Engine {
    /// Fills in the computed fields; `before` is the record as it was, if it was.
    pub(super) fn compute(&self, draft: &mut Draft<'_>, before: Option<&Draft<'_>>) {
        match draft.object.name.as_str() {
            "Contact" | "Lead" | "User" => full_name(draft),
            "Case" => self.case(draft, before),
            "Task" => self.task(draft, before),
            "Event" => self.event(draft),
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

    /// An appointment is given by its length or by its end, and has both.
    fn event(&self, draft: &mut Draft<'_>) {
        let start = draft.text("StartDateTime").or_else(|| draft.text("ActivityDateTime")).map(str::to_owned);
        let Some(start) = start else { return };
        draft.set("ActivityDateTime", start.as_str());
        draft.set("ActivityDate", start.get(..10).map(str::to_owned));
        let began = parse_datetime(&start);
        let ended = draft.text("EndDateTime").and_then(parse_datetime);
        let minutes = draft.get("DurationInMinutes").as_i64();
        if let (Some(began), Some(minutes)) = (began, minutes)
            && draft.get("StartDateTime").is_null()
        {
            let end = began.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(began);
            draft.set("EndDateTime", stamp(end));
        } else if let (Some(began), Some(ended)) = (began, ended) {
            draft.set("DurationInMinutes", (ended.as_second() - began.as_second()) / 60);
        }
        draft.set("StartDateTime", start);
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
