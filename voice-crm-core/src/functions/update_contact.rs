//! `update_contact`: a new telephone number, e-mail address or postal address for the caller.

use std::{fmt, sync::Arc};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    crm::{Change, ChangeKind, ContactUpdate, PostalAddress, Receipt, Remark},
    function::{Answer, CallContext, Function, FunctionError, FunctionErrorKind, Spec},
    functions::{Desk, answer_for::answer_for, at_most},
    phone::{PhoneNumber, Region},
    phrase::{self, Speech, Value},
};

/// Changes the caller's own details; whose they are comes from the call, never from an argument.
#[derive(Clone, Debug, Default)]
pub struct UpdateContact(Arc<Desk>);

/// The arguments of [`UpdateContact`].
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct UpdateContactArgs {
    /// The new telephone number, with its country code if it is a foreign one.
    #[serde(alias = "phoneNumber")]
    pub phone: Option<String>,
    /// The new e-mail address.
    pub email: Option<String>,
    /// The new postal address, whole.
    pub address: Option<AddressArgs>,
}

/// A postal address. Leave nothing of it out that the caller has.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct AddressArgs {
    /// Street and house number.
    pub street: String,
    /// The town.
    pub city: String,
    /// The postal code.
    #[serde(alias = "postalCode")]
    pub postal_code: Option<String>,
    /// The state or province.
    pub state: Option<String>,
    /// The country.
    pub country: Option<String>,
}

impl fmt::Debug for UpdateContactArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateContactArgs").finish_non_exhaustive()
    }
}

impl fmt::Debug for AddressArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AddressArgs").finish_non_exhaustive()
    }
}

impl UpdateContact {
    /// With the settings of a desk.
    pub fn of(desk: Arc<Desk>) -> Self {
        Self(desk)
    }
}

impl Function for UpdateContact {
    const NAME: &'static str = "update_contact";
    type Args = UpdateContactArgs;

    fn spec(&self) -> Spec {
        Spec::write("Changes the caller's telephone number, e-mail address or postal address.")
            .needs(ChangeKind::UpdateContact)
            .assurance(self.0.change_contacts_from)
            .confirm()
            .filler(phrase::NOTING)
    }

    /// What was heard is easily wrong, and nobody sees it before the next call or letter goes astray.
    fn read_back(&self, cx: &CallContext, args: &UpdateContactArgs) -> Option<Speech> {
        let wanted = Wanted::of(args, cx.home()).ok()?;
        let mut parts = Vec::new();
        parts.extend(wanted.phone.map(|phone| phrase::READ_BACK_PHONE.with([Value::telephone(&phone)])));
        parts.extend(wanted.email.map(|email| phrase::READ_BACK_EMAIL.with([Value::quoted(&email, 80)])));
        parts.extend(wanted.address.map(|address| {
            let lines = [
                Some(address.street),
                address.postal_code,
                Some(address.city),
                address.state,
                address.country,
            ];
            let line = lines.into_iter().flatten().collect::<Vec<_>>().join(", ");
            phrase::READ_BACK_ADDRESS.with([Value::quoted(&line, 300)])
        }));
        parts.into_iter().reduce(Speech::and)
    }

    fn changes(&self, cx: &CallContext, args: &UpdateContactArgs) -> Option<Vec<&'static str>> {
        let wanted = Wanted::of(args, cx.home()).ok()?;
        let changed =
            [wanted.phone.map(|_| "phone"), wanted.email.map(|_| "email"), wanted.address.map(|_| "address")];
        Some(changed.into_iter().flatten().collect())
    }

    async fn call(&self, cx: &CallContext, args: UpdateContactArgs) -> Result<Answer, FunctionError> {
        let Wanted { phone, email, address } = Wanted::of(&args, cx.home())?;
        let written = match cx.caller().await?.one().and_then(|caller| caller.contact.clone()) {
            Some(contact) => {
                let unchanged = ContactUpdate::new(contact, cx.now());
                cx.write(Change::UpdateContact(ContactUpdate { phone, email, address, ..unchanged })).await?
            }
            // The change itself may be what took the number out of the record.
            None => cx.earlier().await?.ok_or_else(not_allowed)?,
        };
        answer_for(&written, changed, phrase::CHANGE_BEING_SAVED)
    }
}

fn changed(receipt: &Receipt) -> Speech {
    match receipt.remark {
        Some(Remark::ChangedMeanwhile) => phrase::CONTACT_CHANGED_MEANWHILE.into(),
        _ => phrase::CONTACT_CHANGED.into(),
    }
}

fn not_allowed() -> FunctionError {
    FunctionError::new(FunctionErrorKind::NotAllowed, phrase::NOT_ALLOWED)
}

/// The arguments, found to be good.
struct Wanted {
    phone: Option<PhoneNumber>,
    email: Option<String>,
    address: Option<PostalAddress>,
}

impl Wanted {
    fn of(args: &UpdateContactArgs, home: Region) -> Result<Self, FunctionError> {
        let phone = words(args.phone.as_deref())
            .map(|phone| PhoneNumber::parse(&phone, home))
            .transpose()
            .map_err(|problem| FunctionError::invalid_argument("phone", &problem.to_string()))?;
        let email = words(args.email.as_deref());
        if let Some(email) = &email {
            check_email(email)?;
        }
        let address = args.address.as_ref().map(postal_address).transpose()?;
        if phone.is_none() && email.is_none() && address.is_none() {
            return Err(FunctionError::invalid_argument(
                "phone",
                "give a new phone number, email or address",
            ));
        }
        Ok(Self { phone, email, address })
    }
}

/// Blank words are no words.
fn words(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn postal_address(args: &AddressArgs) -> Result<PostalAddress, FunctionError> {
    let part = |field: &str, text: Option<&str>, limit| {
        at_most(field, text.unwrap_or_default(), limit)?;
        Ok::<_, FunctionError>(words(text))
    };
    let whole = |field: &str, text: Option<String>| {
        text.ok_or_else(|| FunctionError::invalid_argument(field, "a whole address is needed; ask for it"))
    };
    Ok(PostalAddress {
        street: whole("address.street", part("address.street", Some(&args.street), 255)?)?,
        city: whole("address.city", part("address.city", Some(&args.city), 40)?)?,
        postal_code: part("address.postal_code", args.postal_code.as_deref(), 20)?,
        state: part("address.state", args.state.as_deref(), 80)?,
        country: part("address.country", args.country.as_deref(), 80)?,
    })
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
