//! Records that are upserted by their key and done with: tasks, and objects of the user's own.

use serde_json::{Map, Value};
use voice_crm_core::crm::{Attempt, Change, NewTask, Receipt, RecordRef, WriteKey};

use crate::{
    exchange::operation::{Operation, Target},
    writes::step::{Answers, Next, Step, is_absent, take},
};

pub(crate) struct KeyedStep {
    key: WriteKey,
    object: String,
    fields: Map<String, Value>,
    /// An earlier try may have made it: look before anything is overwritten.
    look: bool,
    /// It was looked for, and is not there.
    absent: bool,
}

impl KeyedStep {
    pub(crate) fn own_record(attempt: &Attempt) -> Self {
        match &attempt.write.change {
            Change::SaveRecord(record) => Self::first(attempt, &record.object, record.fields.clone()),
            _ => Self::first(attempt, "", Map::new()),
        }
    }

    pub(crate) fn task(attempt: &Attempt) -> Self {
        let fields = match &attempt.write.change {
            Change::CreateTask(task) => task_fields(task),
            _ => Map::new(),
        };
        Self::first(attempt, "Task", fields)
    }

    fn first(attempt: &Attempt, object: &str, fields: Map<String, Value>) -> Self {
        let (key, look) = (attempt.write.key, attempt.may_exist);
        Self { key, object: object.to_owned(), fields, look, absent: false }
    }
}

impl Step for KeyedStep {
    fn operations(&self, _: &str) -> Vec<Operation> {
        let object = self.object.clone();
        vec![if self.look {
            Operation::Read { object, target: Target::Key(self.key), fields: &["Id"] }
        } else {
            Operation::Upsert { object, key: self.key, fields: self.fields.clone(), link: None }
        }]
    }

    fn next(self: Box<Self>, answers: Answers) -> Next {
        match take(&mut answers.into_iter()) {
            Ok(found) => {
                let object = Some(self.object);
                Next::Done(Ok(Receipt { record: found.id(), object, ..Receipt::default() }))
            }
            Err(error) if self.look && is_absent(&error) => {
                Next::Go(Box::new(Self { look: false, absent: true, ..*self }))
            }
            // Not our own key, then, but another field of it that must be unique.
            Err(error) if self.absent && error.code() == Some("DUPLICATE_VALUE") => {
                Next::Done(Err(error.that_is_final()))
            }
            Err(error) => Next::Done(Err(error)),
        }
    }
}

fn task_fields(task: &NewTask) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    set("Subject", task.subject.as_str().into());
    set("Description", task.description.as_str().into());
    set("Priority", if task.urgent { "High" } else { "Normal" }.into());
    if let Some(due) = task.due {
        set("ActivityDate", due.to_string().into());
    }
    if let Some(reminder) = task.reminder {
        set("ReminderDateTime", reminder.to_string().into());
        set("IsReminderSet", true.into());
    }
    let records = [("OwnerId", &task.owner), ("WhoId", &task.contact), ("WhatId", &task.about)];
    for (name, record) in records {
        if let Some(id) = record.as_ref().map(RecordRef::as_str) {
            set(name, id.into());
        }
    }
    fields
}
