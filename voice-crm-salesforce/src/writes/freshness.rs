//! A change that waited looks first, so that it does not undo what a person did meanwhile.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use voice_crm_core::{
    clock::{Clock as _, SystemClock},
    crm::{Attempt, CrmError, Receipt, RecordRef, Remark},
};

use super::conversation::{Org, Record, filled, is_duplicate};
use crate::reads::Row;

/// So long after the caller asked nobody else can have known better.
const FRESH: Duration = Duration::from_secs(10);

/// What a look at a record tells before it is changed.
pub(super) enum Look {
    /// It has the wanted values.
    HasThem,
    /// Somebody else has changed it since the caller asked.
    ChangedMeanwhile,
    /// It may be changed.
    Open,
}

/// Whether the record is looked at before it is changed.
pub(super) fn looks_first(attempt: &Attempt, asked_at: Timestamp) -> bool {
    let age = Duration::try_from(SystemClock.now().duration_since(asked_at)).unwrap_or_default();
    attempt.may_have_applied || age > FRESH
}

/// What a record that was found tells of a change.
pub(super) fn look(attempt: &Attempt, found: &Record, wanted: &Row, asked_at: Timestamp) -> Look {
    if !wanted.is_empty() && wanted.iter().all(|(name, value)| is_same(found.0.get(name), value)) {
        return Look::HasThem;
    }
    // Our own earlier changes in the same call are nobody else's.
    let id = found.id();
    let of_this = |receipt: &&Receipt| receipt.record.is_some() && receipt.record == id;
    let own = attempt.earlier.iter().filter(of_this).filter_map(|receipt| receipt.changed_at).max();
    let known = asked_at.max(own.unwrap_or(Timestamp::MIN));
    if changed_at(found).is_some_and(|at| at > known) { Look::ChangedMeanwhile } else { Look::Open }
}

/// When a record that was read was changed last.
pub(super) fn changed_at(found: &Record) -> Option<Timestamp> {
    found.text("LastModifiedDate")?.parse().ok()
}

/// Leaves a record as it is, and tells a person of the caller's wish.
pub(super) async fn tell(org: &Org<'_>, attempt: &Attempt, wish: Wish<'_>) -> Result<Receipt, CrmError> {
    let mut task = wish.task();
    task.insert(org.key_field.to_owned(), attempt.write.key.to_string().into());
    match org.ask_one(|ask| ask.create("Task", task, None)).await {
        Ok(task) => Ok(told(task.0)),
        // An earlier attempt has told it.
        Err(error) if is_duplicate(&error) => Ok(told(None)),
        Err(error) => Err(error),
    }
}

fn told(task: Option<RecordRef>) -> Receipt {
    let remark = Some(Remark::ChangedMeanwhile);
    Receipt { record: task, object: Some("Task".to_owned()), remark, ..Receipt::default() }
}

/// What the caller wanted of a record.
pub(super) struct Wish<'a> {
    pub(super) subject: &'static str,
    /// What the record is, for a person.
    pub(super) what: &'a str,
    pub(super) asked_at: Timestamp,
    /// The new values; none where it was to be deleted.
    pub(super) wanted: &'a Row,
    /// The person that it is about, if it is one.
    pub(super) contact: Option<&'a RecordRef>,
}

impl Wish<'_> {
    /// A task in which a person decides upon it.
    fn task(&self) -> Row {
        let line = |(name, value): (&String, &Value)| match value {
            Value::Null => format!("{name}: (empty)"),
            Value::String(text) => format!("{name}: {text}"),
            other => format!("{name}: {other}"),
        };
        let wishes: Vec<String> = self.wanted.iter().map(line).collect();
        let (asked, wishes) = if wishes.is_empty() {
            ("that it is deleted", String::new())
        } else {
            ("for these details", format!("\n\n{}", wishes.join("\n")))
        };
        let description = format!(
            "On {} the caller asked {asked}. {} was changed by somebody else before that could be done, so it was left \
             as it is. Please decide.{wishes}",
            self.asked_at, self.what,
        );
        filled([
            ("Subject", self.subject.into()),
            ("Description", description.into()),
            ("WhoId", self.contact.map(RecordRef::as_str).into()),
        ])
    }
}

/// Whether a stored value is the wanted one. An empty text and none are the same, and moments have many spellings.
fn is_same(stored: Option<&Value>, wanted: &Value) -> bool {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let moment = |value: &Value| value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    match (stored.unwrap_or(&Value::Null), wanted) {
        (Value::Null | Value::String(_), Value::Null | Value::String(_)) => {
            let stored = stored.unwrap_or(&Value::Null);
            text(stored) == text(wanted) || moment(stored).is_some_and(|at| moment(wanted) == Some(at))
        }
        (Value::Number(stored), Value::Number(wanted)) => stored.as_f64() == wanted.as_f64(),
        (stored, wanted) => stored == wanted,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_compared_by_what_they_mean() {
        let same = |stored: Value, wanted: Value| is_same(Some(&stored), &wanted);
        assert!(same(json!(null), json!("")) && is_same(None, &json!(null)));
        assert!(same(json!(2.0), json!(2)) && !same(json!(2.5), json!(2)));
        assert!(same(json!("2026-12-01T10:00:00.000+0000"), json!("2026-12-01T10:00:00Z")));
        assert!(!same(json!("a"), json!("b")) && !same(json!(true), json!(false)));
        assert!(!same(json!(null), json!("x")) && !same(json!("true"), json!(true)));
    }
}
