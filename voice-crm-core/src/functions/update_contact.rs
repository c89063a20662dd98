//! `update_contact`: a new telephone number or e-mail address for the caller.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    caller::Assurance,
    crm::{Change, ContactUpdate},
    function::{Answer, CallContext, Function, FunctionError, FunctionErrorKind, Spec},
    functions::at_most,
    phone::PhoneNumber,
    phrase,
    writer::Written,
};

/// Changes the caller's own details; whose they are comes from the call, never from an argument.
#[derive(Clone, Copy, Debug, Default)]
pub struct UpdateContact;

/// The arguments of [`UpdateContact`].
#[derive(Clone, Deserialize, JsonSchema)]
pub struct UpdateContactArgs {
    /// The new telephone number, with its country code if it is a foreign one.
    #[serde(default, alias = "phoneNumber")]
    pub phone: Option<String>,
    /// The new e-mail address.
    #[serde(default)]
    pub email: Option<String>,
}

impl fmt::Debug for UpdateContactArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateContactArgs").finish_non_exhaustive()
    }
}

impl Function for UpdateContact {
    const NAME: &'static str = "update_contact";
    type Args = UpdateContactArgs;

    fn spec(&self) -> Spec {
        Spec::write(
            "Changes the caller's telephone number or e-mail address. Read it back to the caller first.",
        )
        .assurance(Assurance::NumberMatches)
    }

    async fn call(&self, cx: &CallContext, args: UpdateContactArgs) -> Result<Answer, FunctionError> {
        let phone = args.phone.filter(|phone| !phone.trim().is_empty());
        let email = args.email.map(|email| email.trim().to_owned()).filter(|email| !email.is_empty());
        if phone.is_none() && email.is_none() {
            return Err(FunctionError::invalid_argument("phone", "give a new phone number or a new email"));
        }
        let phone = phone
            .map(|phone| PhoneNumber::parse(&phone, cx.home()))
            .transpose()
            .map_err(|problem| FunctionError::invalid_argument("phone", &problem.to_string()))?;
        if let Some(email) = &email {
            check_email(email)?;
        }
        let written = match cx.caller().await?.one().and_then(|caller| caller.contact.clone()) {
            Some(contact) => {
                cx.write(Change::UpdateContact(ContactUpdate {
                    phone,
                    email,
                    ..ContactUpdate::new(contact, cx.now())
                }))
                .await?
            }
            // The change itself may be what took the number out of the record.
            None => cx.earlier().await?.ok_or_else(not_allowed)?,
        };
        match written {
            Written::Saved(_) => Ok(Answer::say(phrase::CONTACT_CHANGED)),
            Written::BeingSaved(reference) => {
                Ok(Answer::say(phrase::CHANGE_BEING_SAVED.with([phrase::spelled(reference.as_str())])))
            }
            Written::Refused(_) => Err(FunctionError::new(FunctionErrorKind::Refused, phrase::REFUSED)),
        }
    }
}

fn not_allowed() -> FunctionError {
    FunctionError::new(FunctionErrorKind::NotAllowed, phrase::NOT_ALLOWED)
}

/// Only what every mail system asks for; the CRM has the last word.
fn check_email(email: &str) -> Result<(), FunctionError> {
    at_most("email", email, 80)?;
    let plausible =
        email.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'))
            && !email.contains(char::is_whitespace);
    if plausible {
        return Ok(());
    }
    Err(FunctionError::invalid_argument("email", "an address such as name@example.com is allowed"))
}
