//! New details of a contact: written at once while they are fresh, and with a look first when they are not, so
//! that a change which waited for hours does not undo what a person did meanwhile.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::{Map, Value};
use voice_crm_core::{
    clock::{Clock as _, SystemClock},
    crm::{Attempt, Change, ContactUpdate, Receipt, RecordRef, Remark, Write},
};

use crate::{
    exchange::operation::{Found, Operation, Target},
    writes::step::{Answers, Next, Step, take},
};

/// So long after the caller asked nobody else can have known better.
const FRESH: Duration = Duration::from_secs(10);
/// What tells of a contact's state: when it was changed, and what may be changed here.
const STATE: &[&str] = &[
    "LastModifiedDate",
    "Phone",
    "Email",
    "MailingStreet",
    "MailingCity",
    "MailingPostalCode",
    "MailingState",
    "MailingCountry",
];

/// Where the change stands.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Stage {
    /// Time has passed: see whether somebody was faster.
    Look,
    /// Write it, and note when the org says that it was.
    Write,
    /// Somebody was faster: leave the contact, and tell a person of the caller's wish.
    Tell,
}

pub(crate) struct ContactStep {
    write: Arc<Write>,
    stage: Stage,
    /// Our own earlier changes to it in the same call, which nobody needs to be asked about.
    own_change: Option<Timestamp>,
}

impl ContactStep {
    pub(crate) fn first(attempt: &Attempt) -> Self {
        let mut step = Self { write: attempt.write.clone(), stage: Stage::Write, own_change: None };
        let Some(update) = step.update() else { return step };
        let of_this = |receipt: &&Receipt| receipt.record.as_ref() == Some(&update.contact);
        let own_change =
            attempt.earlier.iter().filter(of_this).filter_map(|receipt| receipt.changed_at).max();
        let age = Duration::try_from(SystemClock.now().duration_since(update.asked_at)).unwrap_or_default();
        if attempt.may_exist || age > FRESH {
            step.stage = Stage::Look;
        }
        Self { own_change, ..step }
    }

    fn update(&self) -> Option<&ContactUpdate> {
        match &self.write.change {
            Change::UpdateContact(update) => Some(update),
            _ => None,
        }
    }

    /// What follows from the contact as it is.
    fn after_look(self, update: &ContactUpdate, found: &Found) -> Next {
        if holds_already(found, &fields(update)) {
            return Next::Done(Ok(changed(update, None)));
        }
        let known = update.asked_at.max(self.own_change.unwrap_or(Timestamp::MIN));
        let stage = if changed_at(found).is_some_and(|at| at > known) { Stage::Tell } else { Stage::Write };
        Next::Go(Box::new(Self { stage, ..self }))
    }
}

impl Step for ContactStep {
    fn operations(&self, key_field: &str) -> Vec<Operation> {
        let Some(update) = self.update() else { return Vec::new() };
        let read = |fields| Operation::Read {
            object: "Contact".to_owned(),
            target: Target::Id(update.contact.clone()),
            fields,
        };
        match self.stage {
            Stage::Look => vec![read(STATE)],
            Stage::Write => {
                let (id, fields) = (update.contact.clone(), fields(update));
                vec![Operation::Update { object: "Contact", id, fields }, read(&["LastModifiedDate"])]
            }
            Stage::Tell => {
                let mut fields = task(update);
                fields.insert(key_field.to_owned(), self.write.key.to_string().into());
                vec![Operation::Create { object: "Task", fields, link: None }]
            }
        }
    }

    fn next(self: Box<Self>, answers: Answers) -> Next {
        let mut answers = answers.into_iter();
        let Some(update) = self.update().cloned() else {
            return Next::Done(take(&mut answers).map(|_| Receipt::default()));
        };
        match (self.stage, take(&mut answers)) {
            (Stage::Look, Ok(found)) => self.after_look(&update, &found),
            (Stage::Write, Ok(_)) => {
                let at = take(&mut answers).ok().as_ref().and_then(changed_at);
                Next::Done(Ok(changed(&update, at)))
            }
            (Stage::Tell, Ok(task)) => Next::Done(Ok(told(task.id()))),
            // An earlier try has told it.
            (Stage::Tell, Err(error)) if error.code() == Some("DUPLICATE_VALUE") => {
                Next::Done(Ok(told(None)))
            }
            (_, Err(error)) => Next::Done(Err(error)),
        }
    }
}

fn changed(update: &ContactUpdate, changed_at: Option<Timestamp>) -> Receipt {
    let (record, object) = (Some(update.contact.clone()), Some("Contact".to_owned()));
    Receipt { record, object, changed_at, ..Receipt::default() }
}

fn told(task: Option<RecordRef>) -> Receipt {
    let remark = Some(Remark::ChangedMeanwhile);
    Receipt { record: task, object: Some("Task".to_owned()), remark, ..Receipt::default() }
}

fn changed_at(found: &Found) -> Option<Timestamp> {
    found.text("LastModifiedDate")?.parse().ok()
}

/// Whether every field has the wanted value; an empty one and none are the same.
fn holds_already(found: &Found, wanted: &Map<String, Value>) -> bool {
    wanted
        .iter()
        .all(|(name, value)| found.text(name).unwrap_or_default() == value.as_str().unwrap_or_default())
}

fn fields(update: &ContactUpdate) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Option<&str>| fields.insert(name.to_owned(), value.into());
    if let Some(phone) = &update.phone {
        set("Phone", Some(phone.as_e164()));
    }
    if let Some(email) = &update.email {
        set("Email", Some(email));
    }
    if let Some(address) = &update.address {
        set("MailingStreet", Some(&address.street));
        set("MailingCity", Some(&address.city));
        set("MailingPostalCode", address.postal_code.as_deref());
        set("MailingState", address.state.as_deref());
        set("MailingCountry", address.country.as_deref());
    }
    fields
}

/// The caller's wish, for a person to decide upon.
fn task(update: &ContactUpdate) -> Map<String, Value> {
    let wishes: Vec<String> = fields(update)
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.as_str().unwrap_or("(empty)")))
        .collect();
    let description = format!(
        "On {} the caller asked for these details. The contact was changed by somebody else before they could be \
         written, so it was left as it is. Please decide.\n\n{}",
        update.asked_at,
        wishes.join("\n")
    );
    let mut task = Map::new();
    task.insert("Subject".to_owned(), "Contact change to be checked".into());
    task.insert("Description".to_owned(), description.into());
    task.insert("WhoId".to_owned(), update.contact.as_str().into());
    task
}
