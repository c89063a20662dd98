//! The log of a finished call: a Task, and a file for a transcript that is too long for it.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use super::{
    caller_lookup::Lookup,
    operation::{Link, Operation, Source, Target},
    step::{Answers, Next, Step, is_absent, take},
};
use crate::crm::{Attempt, CallLog, CallerMatch, Change, CrmError, CrmErrorKind, Receipt, RecordRef, Write};

/// What an org takes as the description of a task.
const DESCRIPTION: usize = 32_000;
/// What an org takes in its short texts of a task.
const SHORT: usize = 255;

/// Where the log stands.
#[derive(Clone)]
enum Stage {
    /// An earlier try may have made some of it: look what is there.
    Look,
    /// Find out whose number it was.
    FindCaller,
    /// Make the task, and the file where one is needed.
    Make,
    /// The task is there; make the file.
    AddFile(RecordRef),
}

pub(super) struct LogStep {
    write: Arc<Write>,
    stage: Stage,
    contact: Option<RecordRef>,
    case: Option<RecordRef>,
    lookup: Lookup,
}

impl LogStep {
    pub(super) fn first(attempt: &Attempt, lookup: Lookup) -> Self {
        let is_case = |receipt: &&Receipt| receipt.object.as_deref() == Some("Case");
        let case = attempt.earlier.iter().rfind(is_case).and_then(|receipt| receipt.record.clone());
        let step = Self { write: attempt.write.clone(), stage: Stage::Look, contact: None, case, lookup };
        if attempt.may_exist { step } else { step.find_caller() }
    }

    fn find_caller(self) -> Self {
        let contact = self.log().and_then(|log| log.contact.clone());
        let unknown = contact.is_none() && self.log().is_some_and(|log| log.phone.is_some());
        Self { stage: if unknown { Stage::FindCaller } else { Stage::Make }, contact, ..self }
    }

    fn log(&self) -> Option<&CallLog> {
        match &self.write.change {
            Change::LogCall(log) => Some(log),
            _ => None,
        }
    }

    fn file(&self, log: &CallLog, key_field: &str) -> Option<Map<String, Value>> {
        let transcript = log.transcript.as_deref().filter(|_| !fits(log))?;
        let name = format!("Transcript of call {}", log.call);
        let mut fields = Map::new();
        fields.insert("Title".to_owned(), clipped(&name, SHORT).into());
        fields.insert("PathOnClient".to_owned(), "transcript.txt".into());
        fields.insert("VersionData".to_owned(), STANDARD.encode(transcript).into());
        fields.insert(key_field.to_owned(), self.write.key.to_string().into());
        Some(fields)
    }
}

impl Step for LogStep {
    fn operations(&self, key_field: &str) -> Vec<Operation> {
        let Some(log) = self.log() else { return Vec::new() };
        let key = self.write.key;
        let file = |link, fields| Operation::Create { object: "ContentVersion", fields, link };
        match &self.stage {
            Stage::Look => {
                let mut operations = vec![Operation::Read {
                    object: "Task".to_owned(),
                    target: Target::Key(key),
                    fields: &["Id"],
                }];
                if self.file(log, key_field).is_some() {
                    let target = Target::Key(key);
                    operations.push(Operation::Read {
                        object: "ContentVersion".to_owned(),
                        target,
                        fields: &["Id"],
                    });
                }
                operations
            }
            Stage::FindCaller => {
                log.phone.iter().map(|phone| Operation::Query(self.lookup.contacts_with(phone))).collect()
            }
            Stage::Make => {
                // Created, not upserted: some of its fields can be set only once. Its key is unique all the same.
                let mut fields = task(log, self.contact.as_ref(), self.case.as_ref());
                fields.insert(key_field.to_owned(), key.to_string().into());
                let mut operations = vec![Operation::Create { object: "Task", fields, link: None }];
                let link = Link { field: "FirstPublishLocationId", from: Source::Made(0) };
                operations.extend(self.file(log, key_field).map(|fields| file(Some(link), fields)));
                operations
            }
            Stage::AddFile(task) => {
                let with_place = self.file(log, key_field).map(|mut fields| {
                    fields.insert("FirstPublishLocationId".to_owned(), task.as_str().into());
                    fields
                });
                with_place.into_iter().map(|fields| file(None, fields)).collect()
            }
        }
    }

    fn next(self: Box<Self>, answers: Answers) -> Next {
        let wants_file = answers.len() > 1;
        let mut answers = answers.into_iter();
        match self.stage.clone() {
            Stage::Look => match take(&mut answers) {
                Ok(found) => match (found.id(), wants_file.then(|| take(&mut answers))) {
                    (Some(task), Some(Err(error))) if is_absent(&error) => {
                        Next::Go(Box::new(Self { stage: Stage::AddFile(task), ..*self }))
                    }
                    (_, Some(Err(error))) => Next::Done(Err(error)),
                    (task, _) => Next::Done(Ok(receipt(task))),
                },
                Err(error) if is_absent(&error) => Next::Go(Box::new(self.find_caller())),
                Err(error) => Next::Done(Err(error)),
            },
            Stage::FindCaller => match take(&mut answers) {
                Ok(found) => {
                    let phone = self.log().and_then(|log| log.phone.clone());
                    let caller = phone.map(|phone| self.lookup.contacts_among(&phone, found.rows()));
                    let contact =
                        caller.as_ref().and_then(CallerMatch::one).and_then(|caller| caller.contact.clone());
                    Next::Go(Box::new(Self { stage: Stage::Make, contact, ..*self }))
                }
                // A log without a contact is better than none.
                Err(error) if error.kind() == CrmErrorKind::Refused => {
                    Next::Go(Box::new(Self { stage: Stage::Make, ..*self }))
                }
                Err(error) => Next::Done(Err(error)),
            },
            Stage::Make => Next::Done(take(&mut answers).and_then(|task| {
                let file = if wants_file { take(&mut answers).map(|_| ()) } else { Ok(()) };
                file.or_else(unless_there_already)?;
                Ok(receipt(task.id()))
            })),
            Stage::AddFile(task) => Next::Done(
                take(&mut answers).map(|_| ()).or_else(unless_there_already).map(|()| receipt(Some(task))),
            ),
        }
    }
}

/// The key of the file is unique, so a second one is refused, and that is as good as made.
fn unless_there_already(error: CrmError) -> Result<(), CrmError> {
    if error.code() == Some("DUPLICATE_VALUE") {
        return Ok(());
    }
    // The task stands by now; the next try has to look.
    Err(error.that_may_have_applied(true))
}

fn receipt(task: Option<RecordRef>) -> Receipt {
    Receipt { record: task, object: Some("Task".to_owned()), ..Receipt::default() }
}

fn task(log: &CallLog, contact: Option<&RecordRef>, case: Option<&RecordRef>) -> Map<String, Value> {
    let direction = if log.inbound { "Inbound" } else { "Outbound" };
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    set("Subject", format!("{direction} call").into());
    set("TaskSubtype", "Call".into());
    set("Status", "Completed".into());
    set("Priority", "Normal".into());
    set("CallType", direction.into());
    set("CallObject", clipped(&log.call, SHORT).into());
    set("CallDisposition", clipped(&log.ended_reason, SHORT).into());
    set("Description", description(log).into());
    if let Some(seconds) = log.seconds {
        set("CallDurationInSeconds", seconds.into());
    }
    if let Some(ended_at) = log.ended_at {
        // The date in UTC, as the first ten characters of the timestamp.
        set("ActivityDate", ended_at.to_string().chars().take(10).collect::<String>().into());
    }
    if let Some(contact) = contact {
        set("WhoId", contact.as_str().into());
    }
    if let Some(case) = case {
        set("WhatId", case.as_str().into());
    }
    fields
}

/// Whether the whole transcript has room in the task.
fn fits(log: &CallLog) -> bool {
    described(log, log.transcript.as_deref()).encode_utf16().count() <= DESCRIPTION
}

fn description(log: &CallLog) -> String {
    if fits(log) {
        return described(log, log.transcript.as_deref());
    }
    clipped(&described(log, Some("The transcript is in the attached file.")), DESCRIPTION)
}

fn described(log: &CallLog, transcript: Option<&str>) -> String {
    let mut parts = Vec::new();
    parts.extend(log.summary.clone());
    parts.extend(log.recording_url.as_ref().map(|url| format!("Recording: {url}")));
    parts.extend(transcript.map(|transcript| format!("Transcript:\n{transcript}")));
    parts.join("\n\n")
}

/// A text cut to a number of UTF-16 units, on a character's boundary.
fn clipped(text: &str, limit: usize) -> String {
    let mut units = 0;
    text.chars()
        .take_while(|character| {
            units += character.len_utf16();
            units <= limit
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(transcript: &str) -> CallLog {
        CallLog {
            call: "c".to_owned(),
            inbound: true,
            ended_reason: "customer-ended-call".to_owned(),
            ended_at: "2026-11-20T23:30:00Z".parse().ok(),
            seconds: Some(61),
            summary: None,
            transcript: Some(transcript.to_owned()),
            recording_url: None,
            phone: None,
            contact: None,
        }
    }

    #[test]
    fn a_short_transcript_stands_in_the_task() {
        let task = task(&log("User: hello"), None, None);
        assert_eq!(task["Description"], "Transcript:\nUser: hello");
        assert_eq!(task["ActivityDate"], "2026-11-20");
    }

    #[test]
    fn a_transcript_of_emoji_counts_twice_and_goes_to_a_file() {
        let long = log(&"😀".repeat(16_000));
        assert!(!fits(&long));
        assert!(description(&long).encode_utf16().count() <= DESCRIPTION);
        assert!(fits(&log(&"😀".repeat(15_900))));
    }

    #[test]
    fn a_cut_never_splits_a_character() {
        assert_eq!(clipped("a😀b", 2), "a");
        assert_eq!(clipped("a😀b", 3), "a😀");
    }
}
