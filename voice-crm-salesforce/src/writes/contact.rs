//! New details of a contact: written at once while they are fresh, and with a look first when they are not, so
//! that a change which waited for hours does not undo what a person did meanwhile.

use std::time::Duration;

use jiff::Timestamp;
use voice_crm_core::{
    clock::{Clock as _, SystemClock},
    crm::{Attempt, ContactUpdate, CrmError, Receipt, RecordRef, Remark},
};

use super::conversation::{Org, Record, filled, is_duplicate};
use crate::reads::Row;

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

/// Writes the new details, unless somebody else was faster.
pub(super) async fn update(
    org: &Org<'_>,
    attempt: &Attempt,
    update: &ContactUpdate,
) -> Result<Receipt, CrmError> {
    let (contact, wanted) = (&update.contact, fields(update));
    let age = Duration::try_from(SystemClock.now().duration_since(update.asked_at)).unwrap_or_default();
    if attempt.may_have_applied || age > FRESH {
        let found = org.ask_one(|ask| ask.read("Contact", contact, STATE)).await;
        let found = found.map_err(|error| {
            let may_have_applied = attempt.may_have_applied || error.may_have_applied();
            error.that_may_have_applied(may_have_applied)
        })?;
        if holds_already(&found, &wanted) {
            return Ok(changed(update, None));
        }
        // Our own earlier changes in the same call are nobody else's.
        let of_this = |receipt: &&Receipt| receipt.record.as_ref() == Some(contact);
        let own = attempt.earlier.iter().filter(of_this).filter_map(|receipt| receipt.changed_at).max();
        let known = update.asked_at.max(own.unwrap_or(Timestamp::MIN));
        if changed_at(&found).is_some_and(|at| at > known) {
            return tell(org, attempt, update).await;
        }
    }
    let mut ask = org.ask();
    let written = ask.update("Contact", contact, wanted);
    let state = ask.read("Contact", contact, &["LastModifiedDate"]);
    let mut answers = ask.send().await;
    answers.take(written)?;
    Ok(changed(update, answers.take(state).ok().as_ref().and_then(changed_at)))
}

/// Leaves the contact as it is, and tells a person of the caller's wish.
async fn tell(org: &Org<'_>, attempt: &Attempt, update: &ContactUpdate) -> Result<Receipt, CrmError> {
    let mut fields = task(update);
    fields.insert(org.key_field.to_owned(), attempt.write.key.to_string().into());
    match org.ask_one(|ask| ask.create("Task", fields, None)).await {
        Ok(task) => Ok(told(task.0)),
        // An earlier attempt has told it.
        Err(error) if is_duplicate(&error) => Ok(told(None)),
        Err(error) => Err(error),
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

fn changed_at(found: &Record) -> Option<Timestamp> {
    found.text("LastModifiedDate")?.parse().ok()
}

/// Whether every field has the wanted value; an empty one and none are the same.
fn holds_already(found: &Record, wanted: &Row) -> bool {
    wanted
        .iter()
        .all(|(name, value)| found.text(name).unwrap_or_default() == value.as_str().unwrap_or_default())
}

fn fields(update: &ContactUpdate) -> Row {
    let mut fields = Row::new();
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
fn task(update: &ContactUpdate) -> Row {
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
    filled([
        ("Subject", "Contact change to be checked".into()),
        ("Description", description.into()),
        ("WhoId", update.contact.as_str().into()),
    ])
}
