//! New details of a contact: written at once while they are fresh, and with a look first when they are not, so
//! that a change which waited for hours does not undo what a person did meanwhile.

use jiff::Timestamp;
use voice_crm_core::crm::{Attempt, ContactUpdate, CrmError, Receipt};

use super::{
    conversation::Org,
    freshness::{Look, Wish, changed_at, look, looks_first, tell},
};
use crate::reads::Row;

/// What tells of a contact's state: when it was changed, and what may be changed here.
const STATE: &[&str] = &[
    "Id",
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
    if looks_first(attempt, update.asked_at) {
        let found = org.ask_one(|ask| ask.read("Contact", contact, STATE)).await;
        let found = found.map_err(|error| {
            let may_have_applied = attempt.may_have_applied || error.may_have_applied();
            error.that_may_have_applied(may_have_applied)
        })?;
        match look(attempt, &found, &wanted, update.asked_at) {
            Look::HasThem => return Ok(changed(update, None)),
            Look::ChangedMeanwhile => {
                let wish = Wish {
                    subject: "Contact change to be checked",
                    what: "The contact",
                    asked_at: update.asked_at,
                    wanted: &wanted,
                    contact: Some(contact),
                };
                return tell(org, attempt, wish).await;
            }
            Look::Open => {}
        }
    }
    let mut ask = org.ask();
    let written = ask.update("Contact", contact, wanted);
    let state = ask.read("Contact", contact, &["LastModifiedDate"]);
    let mut answers = ask.send().await;
    answers.take(written)?;
    Ok(changed(update, answers.take(state).ok().as_ref().and_then(changed_at)))
}

fn changed(update: &ContactUpdate, changed_at: Option<Timestamp>) -> Receipt {
    let (record, object) = (Some(update.contact.clone()), Some("Contact".to_owned()));
    Receipt { record, object, changed_at, ..Receipt::default() }
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
