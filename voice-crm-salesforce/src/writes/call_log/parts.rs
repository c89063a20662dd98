//! The records that the log of a call is made of, and which of them are still missing.

use serde_json::{Map, Value, json};
use voice_crm_core::{
    crm::{RecordRef, WriteKey},
    phone::PhoneNumber,
};

use crate::{
    after_call::UnknownCaller,
    exchange::operation::{Found, Link, Operation, Source, Target},
    reads::caller_lookup::Party,
    writes::call_log::{LogStep, beyond, message, task},
};

/// One record of the log, with its fields.
pub(super) enum Part {
    /// The caller whom nobody knew.
    Stranger(&'static str, Map<String, Value>),
    /// The task.
    Task(Map<String, Value>),
    /// What the task has to have beside what it has.
    TaskChange(RecordRef, Map<String, Value>),
    /// The transcript as a file.
    File(Map<String, Value>),
    /// The record of the org's own object.
    Own(String, Map<String, Value>),
    /// The comment of the case.
    Comment(Map<String, Value>),
    /// The task for a person.
    FollowUp(Map<String, Value>),
    /// The task or the case of a message that the caller has left.
    Message(&'static str, Map<String, Value>),
}

/// What is looked for in the org.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Sought {
    Task,
    File,
    FollowUp,
    Message(&'static str),
    Comment,
}

/// What of the log is in the org.
#[derive(Default)]
pub(super) struct Present {
    pub(super) task: Option<RecordRef>,
    /// The fields of the task, where it was looked for.
    seen: Option<Map<String, Value>>,
    /// What was found beside the task.
    others: Vec<Sought>,
}

impl Present {
    pub(super) fn note(&mut self, sought: Sought, found: &Found, mark: &str) {
        let there = match sought {
            Sought::Task => {
                self.task = found.id();
                self.seen = found.fields().cloned();
                return;
            }
            Sought::File | Sought::FollowUp | Sought::Message(_) => found.id().is_some(),
            Sought::Comment => {
                let body = |row: &Map<String, Value>| {
                    row.get("CommentBody").and_then(Value::as_str).map(str::to_owned)
                };
                found.rows().iter().filter_map(body).any(|body| body.contains(mark))
            }
        };
        self.others.extend(there.then_some(sought));
    }

    fn has(&self, part: Sought) -> bool {
        self.others.contains(&part)
    }
}

impl Part {
    /// Whether its key keeps it from being made twice.
    pub(super) fn is_keyed(&self) -> bool {
        matches!(self, Self::File(_) | Self::FollowUp(_) | Self::Message(..) | Self::Own(..))
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Stranger(..) => "caller",
            Self::Task(_) | Self::TaskChange(..) => "task",
            Self::File(_) => "transcript",
            Self::Own(..) => "call record",
            Self::Comment(_) => "case comment",
            Self::FollowUp(_) => "follow-up",
            Self::Message(..) => "message",
        }
    }
}

impl LogStep {
    fn record(&self) -> WriteKey {
        self.log().map_or(self.write.key, |log| log.record)
    }

    /// By what a comment of ours is known among those of a case.
    pub(super) fn mark(&self) -> String {
        format!("call {}", self.record().reference().as_str())
    }

    /// The parts that are still to be made, the task before what hangs on it.
    pub(super) fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        let (facts, about) = (&self.facts, &self.about);
        match &self.present.task {
            None => {
                parts.extend(self.stranger.then(|| self.stranger()).flatten());
                parts.push(Part::Task(task::task(facts, about, &self.rules)));
            }
            Some(known) => {
                let change = self.task_change();
                parts.extend((!change.is_empty()).then(|| Part::TaskChange(known.clone(), change)));
            }
        }
        let completing = self.completes;
        let had = |made: bool, before: bool| made || (completing && before);
        if !had(self.present.has(Sought::File), task::file(&self.before).is_some()) {
            parts.extend(task::file(facts).map(Part::File));
        }
        if let Some(own) = &self.rules.call_object {
            let case = about.case.as_ref().map(RecordRef::as_str);
            let fields = own.record(facts, about.contact(), case);
            let fields =
                if completing { beyond(fields, &own.record(&self.before, None, None)) } else { fields };
            parts.extend((!fields.is_empty()).then(|| Part::Own(own.object.clone(), fields)));
        }
        let comments = self.rules.comment_on_case
            && !had(self.present.has(Sought::Comment), self.before.summary.is_some());
        if let Some(case) = about.case.as_ref().filter(|_| comments) {
            parts.extend(task::comment(facts, case, &self.mark()).map(Part::Comment));
        }
        if !had(
            self.present.has(Sought::FollowUp),
            task::follow_up(&self.before, about, &self.rules).is_some(),
        ) {
            parts.extend(task::follow_up(facts, about, &self.rules).map(Part::FollowUp));
        }
        if let Some((object, fields)) = message::message(facts, about, &self.rules)
            && !had(self.present.has(Sought::Message(object)), !self.before.messages.is_empty())
        {
            parts.push(Part::Message(object, fields));
        }
        parts
    }

    /// Whether anything is still to be made that a person is to take up.
    pub(super) fn is_somebodys(&self) -> bool {
        self.parts().iter().any(|part| matches!(part, Part::FollowUp(_) | Part::Message(..)))
    }

    /// What the task lacks. In one that was found in the org nothing is replaced but what the earlier events put
    /// there: the rest is a person's.
    fn task_change(&self) -> Map<String, Value> {
        let (wanted, before) = (task::changeable(&self.facts), task::changeable(&self.before));
        let change = beyond(wanted, &before);
        let Some(seen) = &self.present.seen else { return change };
        let is_ours = |name: &String, seen: &Value| self.completes && before.get(name) == Some(seen);
        change
            .into_iter()
            .filter(|(name, _)| seen.get(name).is_none_or(|seen| seen.is_null() || is_ours(name, seen)))
            .collect()
    }

    fn stranger(&self) -> Option<Part> {
        let phone = self.facts.phone.as_ref()?;
        let object = self.stranger_object()?;
        let mut fields = Map::new();
        fields.insert("LastName".to_owned(), json!("Unknown caller"));
        fields.insert("Phone".to_owned(), phone.as_e164().into());
        if object == "Lead" {
            fields.insert("Company".to_owned(), json!("Unknown"));
        }
        Some(Part::Stranger(object, fields))
    }

    fn stranger_object(&self) -> Option<&'static str> {
        match self.rules.unknown_caller {
            UnknownCaller::Nothing => None,
            UnknownCaller::CreateContact => Some("Contact"),
            UnknownCaller::CreateLead => Some("Lead"),
        }
    }

    /// The place for whoever is made for the number in a record that stands for their message.
    fn stranger_of(&self, object: &str) -> Option<Link> {
        let field = match self.stranger_object()? {
            _ if object == "Task" => "WhoId",
            "Contact" => "ContactId",
            _ => return None,
        };
        Some(Link { field, from: Source::Made(0) })
    }

    pub(super) fn operation(&self, part: Part, key_field: &str) -> Operation {
        let keyed = |mut fields: Map<String, Value>, key: WriteKey| {
            fields.insert(key_field.to_owned(), key.to_string().into());
            fields
        };
        let record = self.record();
        let place = usize::from(self.stranger);
        match part {
            Part::Stranger(object, fields) => {
                let key = self.facts.phone.as_ref().map_or(record, caller_key);
                Operation::Create { object, fields: keyed(fields, key), link: None }
            }
            // Created, not upserted: some of its fields can be set only once. Its key is unique all the same.
            Part::Task(fields) => {
                let with_stranger = self.stranger && !fields.contains_key("WhatId");
                let link = with_stranger.then_some(Link { field: "WhoId", from: Source::Made(0) });
                Operation::Create { object: "Task", fields: keyed(fields, record), link }
            }
            Part::TaskChange(id, fields) => Operation::Update { object: "Task", id, fields },
            Part::File(mut fields) => {
                let mut link = None;
                match &self.present.task {
                    Some(task) => {
                        fields.insert("FirstPublishLocationId".to_owned(), task.as_str().into());
                    }
                    None => link = Some(Link { field: "FirstPublishLocationId", from: Source::Made(place) }),
                }
                Operation::Create { object: "ContentVersion", fields: keyed(fields, record), link }
            }
            Part::Own(object, fields) => Operation::Upsert { object, key: record, fields, link: None },
            Part::Comment(fields) => Operation::Create { object: "CaseComment", fields, link: None },
            Part::FollowUp(fields) => Operation::Create {
                object: "Task",
                fields: keyed(fields, record.part("follow-up")),
                link: None,
            },
            Part::Message(object, fields) => {
                let link = self.stranger.then(|| self.stranger_of(object)).flatten();
                Operation::Create { object, fields: keyed(fields, record.part("message")), link }
            }
        }
    }

    pub(super) fn parts_to_look_for(&self) -> Vec<Sought> {
        let mut sought = vec![Sought::Task];
        sought.extend(task::file(&self.facts).map(|_| Sought::File));
        let follows = task::follow_up(&self.facts, &self.about, &self.rules);
        sought.extend(follows.map(|_| Sought::FollowUp));
        sought.extend(message::object(&self.facts, &self.rules).map(Sought::Message));
        let comments =
            self.rules.comment_on_case && self.about.case.is_some() && self.facts.summary.is_some();
        sought.extend(comments.then_some(Sought::Comment));
        sought
    }

    pub(super) fn looks(&self) -> Vec<Operation> {
        const TASK: [&str; 6] =
            ["Id", "CallObject", "CallDisposition", "Description", "CallDurationInSeconds", "ActivityDate"];
        let read = |object: &str, key, fields| Operation::Read {
            object: object.to_owned(),
            target: Target::Key(key),
            fields,
        };
        let record = self.record();
        let look = |sought| {
            match sought {
            Sought::Task => read("Task", record, &TASK),
            Sought::File => read("ContentVersion", record, &["Id"]),
            Sought::FollowUp => read("Task", record.part("follow-up"), &["Id"]),
            Sought::Message(object) => read(object, record.part("message"), &["Id"]),
            Sought::Comment => Operation::Query(
                // The body cannot be filtered by, so the newest are read and compared here.
                salesforce_client::Soql::new(
                    "SELECT Id, CommentBody FROM CaseComment WHERE ParentId = :case ORDER BY CreatedDate DESC LIMIT 200",
                )
                .bind("case", self.about.case.as_ref().map(RecordRef::as_str)),
            ),
        }
        };
        self.parts_to_look_for().into_iter().map(look).collect()
    }

    /// Contacts with the number; where somebody would be made for it, also who was made before, and leads.
    pub(super) fn caller_queries(&self) -> Vec<Operation> {
        let Some(phone) = &self.facts.phone else { return Vec::new() };
        let people = |party| Operation::People { lookup: self.lookup, party, phone: phone.clone() };
        let mut operations = vec![people(Party::Contacts)];
        if let Some(object) = self.stranger_object() {
            let target = Target::Key(caller_key(phone));
            operations.push(Operation::Read { object: object.to_owned(), target, fields: &["Id"] });
            operations.push(people(Party::Leads));
        }
        operations
    }
}

/// The key of whoever is made for a number: the same on every call, so that it happens once.
fn caller_key(phone: &PhoneNumber) -> WriteKey {
    WriteKey::new("", "caller", &phone.as_e164().into(), "unknown", 0)
}
