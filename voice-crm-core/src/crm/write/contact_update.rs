//! New details of a contact.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::RecordRef;
use crate::phone::PhoneNumber;

/// New details of a contact; what is `None` stays as it is.
#[derive(Clone, Serialize, Deserialize)]
pub struct ContactUpdate {
    /// The contact.
    pub contact: RecordRef,
    /// When the caller asked for it: what a person has changed since is not undone.
    pub asked_at: Timestamp,
    /// The new telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
    /// The new e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The new postal address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<PostalAddress>,
}

impl ContactUpdate {
    /// No change yet to this contact, asked for at this moment.
    pub fn new(contact: RecordRef, asked_at: Timestamp) -> Self {
        Self { contact, asked_at, phone: None, email: None, address: None }
    }
}

impl fmt::Debug for ContactUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContactUpdate")
            .field("contact", &self.contact)
            .field("phone", &self.phone.is_some())
            .field("email", &self.email.is_some())
            .field("address", &self.address.is_some())
            .finish_non_exhaustive()
    }
}

/// Where post goes. It is written whole: what is `None` is emptied, for a new street in the old town is no address.
#[derive(Clone, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct PostalAddress {
    /// Street and house number, at most 255 characters.
    pub street: String,
    /// The town, at most 40 characters.
    pub city: String,
    /// The postal code, at most 20 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// The state or province, at most 80 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The country, at most 80 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

impl fmt::Debug for PostalAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostalAddress").finish_non_exhaustive()
    }
}
