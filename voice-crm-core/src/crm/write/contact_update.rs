//! New details of a contact.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::RecordRef;
use crate::phone::PhoneNumber;

/// New details of a contact; what is `None` stays as it is.
#[derive(Clone, Serialize, Deserialize)]
pub struct ContactUpdate {
    /// The contact.
    pub contact: RecordRef,
    /// The new telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
    /// The new e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl fmt::Debug for ContactUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContactUpdate")
            .field("contact", &self.contact)
            .field("phone", &self.phone.is_some())
            .field("email", &self.email.is_some())
            .finish()
    }
}
