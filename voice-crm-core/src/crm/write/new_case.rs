//! A support case to be.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::RecordRef;
use crate::phone::PhoneNumber;

/// How the account of a case is known.
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
#[allow(clippy::exhaustive_enums, reason = "a CRM that passed one over would lose what was asked")]
pub enum AccountRef {
    /// By its record.
    Known(RecordRef),
    /// By the account number that the caller gave.
    Number(String),
}

impl fmt::Debug for AccountRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Known(_) => "Known(..)",
            Self::Number(_) => "Number(..)",
        })
    }
}

/// A support case to be.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct NewCase {
    /// The headline.
    pub subject: String,
    /// The caller's trouble, in whatever words.
    pub description: String,
    /// The kind of trouble, in a word that the CRM knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// How urgent it is, in a word that the CRM knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// The account it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountRef>,
    /// The contact who called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<RecordRef>,
    /// The number that called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
    /// Whether nobody has looked up yet whose number it is, so that the CRM is to find the contact who alone has it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub find_contact: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl fmt::Debug for NewCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewCase").field("priority", &self.priority).finish_non_exhaustive()
    }
}
