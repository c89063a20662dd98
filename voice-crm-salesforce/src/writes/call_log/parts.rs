//! The records that the log of a call is made of, and which of them are still missing.

use salesforce_client::Soql;
use serde_json::Value;
use voice_crm_core::{
    call::{CallFacts, Longest},
    crm::{CrmError, CrmErrorKind, JobKey, Receipt, RecordRef},
};

use super::{
    super::conversation::{Answers, Ask, Made, Record, Rows, Ticket, filled, is_absent, is_duplicate},
    Log, caller_key,
    description::{self, Grown},
    message, task,
};
use crate::{
    after_call::outputs,
    reads::{Row, text},
};

/// What is read of a task that an earlier attempt has made.
const TASK: &[&str] =
    &["Id", "CallObject", "CallDisposition", "Description", "CallDurationInSeconds", "ActivityDate"];

/// One record of the log.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Part {
    Caller,
    Task,
    Transcript,
    CallRecord,
    Comment,
    FollowUp,
    Message,
}

impl Part {
    /// Whether its key keeps it from being made twice, so that a duplicate is no trouble.
    fn is_keyed(self) -> bool {
        matches!(self, Self::Transcript | Self::FollowUp | Self::Message | Self::CallRecord)
    }
}

/// What of the log is in the org.
#[derive(Default)]
pub(super) struct Present {
    pub(super) task: Option<RecordRef>,
    /// The fields of the task, where it was looked for.
    seen: Option<Row>,
    /// What was found beside the task.
    others: Vec<Part>,
}

/// The questions what of the log is in the org.
pub(super) struct PartQuestions {
    task: Ticket<Record>,
    keyed: Vec<(Part, Ticket<Record>)>,
    comments: Option<Ticket<Rows>>,
}

/// What is written into the org's own record of a call, and the records that it says the call was about.
struct CallRecord<'a> {
    object: &'a str,
    fields: Row,
    about: Vec<RecordRef>,
}

impl Log<'_> {
    /// By what a comment of ours is known among those of a case.
    fn mark(&self) -> String {
        format!("call {}", self.told.record.reference().as_str())
    }

    /// Whether a part needs not be made: it was found, or an earlier event of the call told what it is made of.
    fn has(&self, part: Part, before: bool) -> bool {
        self.present.others.contains(&part) || (self.completes && before)
    }

    /// Asks for the task alone.
    pub(super) fn ask_for_task(&self, ask: &mut Ask) -> PartQuestions {
        let task = ask.read("Task", self.told.record, TASK);
        PartQuestions { task, keyed: Vec::new(), comments: None }
    }

    pub(super) fn ask_for_parts(&self, ask: &mut Ask) -> PartQuestions {
        let (facts, rules, record) = (&self.facts, self.shared.rules, self.told.record);
        let task = ask.read("Task", record, TASK);
        let mut keyed = Vec::new();
        if let Some(key) = self.file_key().filter(|_| self.completes || !description::fits(facts)) {
            keyed.push((Part::Transcript, ask.read("ContentVersion", key, &["Id"])));
        }
        if task::follow_up(facts, &self.about, rules).is_some() {
            keyed.push((Part::FollowUp, ask.read("Task", record.part("follow-up"), &["Id"])));
        }
        if let Some(object) = message::object(facts, rules) {
            keyed.push((Part::Message, ask.read(object, record.part("message"), &["Id"])));
        }
        let case = self.about.case.as_ref().filter(|_| rules.comment_on_case && facts.summary.is_some());
        let comments = case.map(|case| {
            // The body cannot be filtered by, so the newest are read and compared here.
            let soql = "SELECT Id, CommentBody FROM CaseComment WHERE ParentId = :case ORDER BY CreatedDate DESC LIMIT 200";
            ask.query(Soql::new(soql).bind("case", case.as_str()))
        });
        PartQuestions { task, keyed, comments }
    }

    pub(super) fn note_parts(
        &mut self,
        questions: PartQuestions,
        answers: &mut Answers,
    ) -> Result<(), CrmError> {
        let PartQuestions { task, keyed, comments } = questions;
        if let Some(task) = unless_absent(answers.take(task))? {
            self.present.task = task.id();
            self.present.seen = Some(task.0);
        }
        for (part, question) in keyed {
            self.present.others.extend(unless_absent(answers.take(question))?.map(|_| part));
        }
        if let Some(comments) = comments {
            let (Rows(comments), mark) = (answers.take(comments)?, self.mark());
            let bodies = comments.iter().filter_map(|comment| text(comment, "CommentBody"));
            self.present.others.extend(bodies.filter(|body| body.contains(&mark)).map(|_| Part::Comment));
        }
        Ok(())
    }

    /// Makes what is missing. Nothing comes back when the org refuses whoever was to be made for the number.
    pub(super) async fn make(&self) -> Option<Result<Receipt, CrmError>> {
        let record = self.told.record;
        let grown = self.present.seen.as_ref().filter(|_| self.completes).and_then(|seen| self.grown(seen));
        let mut ask = self.org.ask();
        let mut parts = Vec::new();
        let stranger = self
            .stranger()
            .map(|(object, key, fields)| (object, ask.create(object, self.keyed(fields, key), None)));
        let task = match &self.present.task {
            // Created, not upserted: some of its fields can be set only once. Its key is unique all the same.
            None => {
                let fields = task::task(&self.facts, &self.about, self.shared.rules);
                let who = stranger.as_ref().filter(|_| !fields.contains_key("WhatId"));
                let link = who.map(|(_, stranger)| stranger.id("WhoId"));
                Some(ask.create("Task", self.keyed(fields, record), link))
            }
            Some(task) => {
                let change = self.task_change(grown.as_ref());
                (!change.is_empty()).then(|| ask.update("Task", task, change))
            }
        };
        if let Some((key, mut fields)) = self.file(grown.as_ref()) {
            const PLACE: &str = "FirstPublishLocationId";
            let known = self.present.task.as_ref();
            fields.extend(known.map(|task| (PLACE.to_owned(), task.as_str().into())));
            let link = task.as_ref().filter(|_| known.is_none()).map(|task| task.id(PLACE));
            let made = ask.create("ContentVersion", self.keyed(fields, key), link);
            parts.push((Part::Transcript, made));
        }
        let mut written_about = self.written_about.clone();
        if let Some(CallRecord { object, fields, about }) = self.call_record() {
            parts.push((Part::CallRecord, ask.upsert(object, record, fields, None)));
            written_about.extend(about);
        }
        if let Some(fields) = self.comment() {
            parts.push((Part::Comment, ask.create("CaseComment", fields, None)));
        }
        if let Some(fields) = self.follow_up() {
            let fields = self.keyed(fields, record.part("follow-up"));
            parts.push((Part::FollowUp, ask.create("Task", fields, None)));
        }
        if let Some((object, fields)) = self.message() {
            let link = stranger.as_ref().and_then(|(who, stranger)| match (object, *who) {
                ("Task", _) => Some(stranger.id("WhoId")),
                (_, "Contact") => Some(stranger.id("ContactId")),
                _ => None,
            });
            let fields = self.keyed(fields, record.part("message"));
            parts.push((Part::Message, ask.create(object, fields, link)));
        }

        let mut answers = ask.send().await;
        let mut trouble = None;
        let caller = match stranger.map(|(_, stranger)| answers.take(stranger)) {
            Some(Err(error)) if error.kind() == CrmErrorKind::Refused => return None,
            Some(made) => self.note(Part::Caller, made, &mut trouble),
            None => None,
        };
        let made = task.and_then(|task| self.note(Part::Task, answers.take(task), &mut trouble));
        for (part, made) in parts {
            self.note(part, answers.take(made), &mut trouble);
        }
        Some(match trouble {
            // Some of it stands by now; the next attempt has to look.
            Some(error) => Err(error.that_may_have_applied(true)),
            None => Ok(self.receipt(made.or_else(|| self.present.task.clone()), caller, written_about)),
        })
    }

    /// Notes what became of a part; gives the record that was made.
    fn note(
        &self,
        part: Part,
        made: Result<Made, CrmError>,
        trouble: &mut Option<CrmError>,
    ) -> Option<RecordRef> {
        match made {
            Ok(Made(id)) => id,
            Err(error) if part.is_keyed() && is_duplicate(&error) => None,
            Err(error) => {
                tracing::warn!(key = %self.key, ?part, %error, "a part of a call's log is missing");
                // What may pass comes first: it is tried again, and after that the refusal is reported.
                if trouble.as_ref().is_none_or(|known| known.kind() == CrmErrorKind::Refused) {
                    *trouble = Some(error);
                }
                None
            }
        }
    }

    fn keyed(&self, mut fields: Row, key: JobKey) -> Row {
        fields.insert(self.org.key_field.to_owned(), key.to_string().into());
        fields
    }

    /// Whoever is made for the number, with their object and key.
    fn stranger(&self) -> Option<(&'static str, JobKey, Row)> {
        let phone = self.facts.phone.as_ref().filter(|_| self.stranger)?;
        let object = self.stranger_object()?;
        let company = if object == "Lead" { "Unknown".into() } else { Value::Null };
        let fields =
            [("LastName", "Unknown caller".into()), ("Phone", phone.as_e164().into()), ("Company", company)];
        Some((object, caller_key(phone), filled(fields)))
    }

    /// What the task lacks. In one that was found in the org nothing is replaced but what the earlier events put
    /// there: the rest is a person's.
    fn task_change(&self, grown: Option<&Grown>) -> Row {
        let (wanted, before) = (task::changeable(&self.facts), task::changeable(&self.before));
        let mut change = beyond(wanted, &before);
        change.extend(outputs(&self.shared.rules.task_outputs, &self.unwritten()));
        let Some(seen) = &self.present.seen else { return change };
        let is_ours = |name: &String, seen: &Value| self.completes && before.get(name) == Some(seen);
        change.retain(|name, _| seen.get(name).is_none_or(|seen| seen.is_null() || is_ours(name, seen)));
        let current = text(seen, "Description").unwrap_or_default();
        let described = if self.completes {
            grown.map(|grown| grown.text.clone()).filter(|grown| *grown != current)
        } else {
            current.is_empty().then(|| description::whole(&self.facts)).filter(|whole| !whole.is_empty())
        };
        change.extend(described.map(|described| ("Description".to_owned(), described.into())));
        change
    }

    /// What the description becomes that was seen in the org.
    fn grown(&self, seen: &Row) -> Option<Grown> {
        let current = text(seen, "Description").unwrap_or_default();
        description::grown(&current, &self.facts, &self.before)
    }

    /// The transcript as a file, where it has no room in the task.
    fn file(&self, grown: Option<&Grown>) -> Option<(JobKey, Row)> {
        let key = self.file_key().filter(|_| !self.has(Part::Transcript, false))?;
        let in_a_file = if self.completes && self.present.seen.is_some() {
            grown.is_some_and(|grown| grown.in_a_file)
        } else {
            !description::fits(&self.facts)
        };
        if !in_a_file {
            return None;
        }
        Some((key, task::file(&self.with_transcript_as_told())?))
    }

    /// The facts with the transcript as it was told: an org trims only what stands in fields, and a file is kept whole.
    fn with_transcript_as_told(&self) -> CallFacts {
        let mut facts = self.facts.clone();
        let now = facts.transcript.as_ref().and_then(Longest::text);
        let told = self.told.facts.transcript.as_ref();
        if told.and_then(Longest::text).map(str::trim) == now {
            facts.transcript = told.cloned();
        }
        facts
    }

    /// The key of the file, if the transcript is newer than the one on record. Each version has its own: under one key
    /// the org would take a longer one for a repeat of the first, and it would be lost.
    fn file_key(&self) -> Option<JobKey> {
        let nothing = CallFacts::default();
        let known = if self.completes { &self.before } else { &nothing };
        let newer = description::newer_transcript(&self.facts, known)?;
        Some(self.told.record.part(&format!("transcript {newer}")))
    }

    /// The record of the org's own object.
    fn call_record(&self) -> Option<CallRecord<'_>> {
        let own = self.shared.rules.call_object.as_ref()?;
        let mut fields = if self.completes {
            beyond(own.record(&self.unwritten()), &own.record(&self.before))
        } else {
            own.record(&self.facts)
        };
        // Whom and what it is about is no reason to write, and is written once: a person may have corrected it.
        if self.completes && fields.is_empty() {
            return None;
        }
        let is_written = |id: &RecordRef| self.written_about.contains(id);
        let contact = self.about.contact().filter(|id| !is_written(id));
        let case = self.about.case.as_ref().filter(|id| !is_written(id));
        fields.extend(own.about(contact.map(RecordRef::as_str), case.map(RecordRef::as_str)));
        let about = contact.into_iter().chain(case).cloned().collect();
        (!fields.is_empty()).then_some(CallRecord { object: own.object.as_str(), fields, about })
    }

    /// The facts without what the record has already, though the memo no longer has its words: a person may have
    /// changed it there.
    fn unwritten(&self) -> CallFacts {
        let newer = |now: Option<Longest>, before: Option<&Longest>| {
            now.filter(|now| !now.text().zip(before).is_some_and(|(text, before)| before.is(text)))
        };
        let mut facts = self.facts.clone();
        facts.summary = newer(facts.summary, self.before.summary.as_ref());
        facts.sentiment = newer(facts.sentiment, self.before.sentiment.as_ref());
        facts.success = newer(facts.success, self.before.success.as_ref());
        let newer_output = |(name, now)| {
            let now = newer(Some(now), self.before.outputs.get(&name))?;
            Some((name, now))
        };
        facts.outputs = facts.outputs.into_iter().filter_map(newer_output).collect();
        facts.phone = facts.phone.filter(|_| !self.has_number);
        facts
    }

    /// The comment of the case.
    fn comment(&self) -> Option<Row> {
        let has = self.has(Part::Comment, self.before.summary.is_some());
        let case = self.about.case.as_ref().filter(|_| self.shared.rules.comment_on_case && !has)?;
        task::comment(&self.facts, case, &self.mark())
    }

    /// The task for a person.
    pub(super) fn follow_up(&self) -> Option<Row> {
        let of = |facts| task::follow_up(facts, &self.about, self.shared.rules);
        if self.has(Part::FollowUp, of(&self.before).is_some()) { None } else { of(&self.facts) }
    }

    /// The task or the case of a message that the caller has left.
    pub(super) fn message(&self) -> Option<(&'static str, Row)> {
        let has = self.has(Part::Message, !self.before.messages.is_empty());
        if has { None } else { message::message(&self.facts, &self.about, self.shared.rules) }
    }
}

fn unless_absent(found: Result<Record, CrmError>) -> Result<Option<Record>, CrmError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The fields of one map that another has not, or has with other values.
fn beyond(fields: Row, known: &Row) -> Row {
    fields.into_iter().filter(|(name, value)| known.get(name) != Some(value)).collect()
}
