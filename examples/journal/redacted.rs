//! Jobs as an operator may see them: which fields there are, and not what is in them.

use serde_json::Value;
use voice_crm_core::{
    crm::Receipt,
    journal::{DeadJob, JobInfo},
    outbox::JobStatus,
};

/// What is said where a job cannot be read.
const UNREADABLE: &str =
    "the content cannot be read: it is damaged, or encrypted under a key that is not in JOURNAL_KEYS";

/// A dead job in one line.
pub(crate) fn line(job: &DeadJob) -> String {
    let unreadable = if job.body.is_none() { format!("; {UNREADABLE}") } else { String::new() };
    format!(
        "{} {} {} {} {} lane {}, {} attempts since {}: {}{unreadable}",
        job.key,
        job.key.reference().as_str(),
        job.lane.sink(),
        job.kind,
        job.reason.code,
        job.lane.name(),
        job.attempts,
        job.enqueued_at,
        job.reason.sentence
    )
}

/// A job in a few lines; `dead` are those that can be retried.
pub(crate) fn entry(found: &JobInfo, dead: &[DeadJob]) -> Vec<String> {
    let job = dead.iter().find(|job| job.key == found.key);
    let status = match &found.status {
        JobStatus::Pending => format!("on its way to the sink {}", found.lane.sink()),
        JobStatus::Done(receipt) => format!("done: {}", number(receipt)),
        JobStatus::Dead(reason) => {
            let what = if job.is_some() { "dead" } else { "discarded" };
            format!("{what}: {}: {}", reason.code, reason.sentence)
        }
    };
    let mut lines = vec![
        format!("{} {} {} {}", found.key, found.key.reference().as_str(), found.lane.sink(), found.kind),
        format!("  {status}"),
        format!("  taken in {}, {} attempts, lane {}", found.enqueued_at, found.attempts, found.lane.name()),
    ];
    lines.extend(job.map(|job| format!("  {}", content(job))));
    lines
}

/// The number that people call the record by.
fn number(receipt: &str) -> String {
    let receipt: Receipt = serde_json::from_str(receipt).unwrap_or_default();
    receipt.number.map_or_else(|| "it has no number".to_owned(), |number| number.line(40))
}

/// The fields of what was to be written.
fn content(job: &DeadJob) -> String {
    let Some(body) = &job.body else { return UNREADABLE.to_owned() };
    let write: Value = serde_json::from_str(body).unwrap_or_else(|_| Value::from(&**body));
    redacted(write.get("change").unwrap_or(&write)).to_string()
}

/// The same shape, with the length of each text instead of its words.
fn redacted(value: &Value) -> Value {
    match value {
        Value::String(text) => format!("({} characters)", text.chars().count()).into(),
        Value::Array(all) => all.iter().map(redacted).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), redacted(value))).collect(),
        Value::Number(_) => "(a number)".into(),
        Value::Bool(_) | Value::Null => value.clone(),
    }
}
