//! What the bridge reads from a CRM, in words that belong to no vendor.

use std::fmt;

use crate::{crm::RecordRef, phone::PhoneNumber};

mod person;

pub use person::{PeopleQuery, PersonRecord, Proofs, TaskRecord};

/// Who has a telephone number.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum CallerMatch {
    /// Nobody.
    #[default]
    Nobody,
    /// Exactly one contact.
    One(CallerRecord),
    /// Several contacts; guessing between them is not for us.
    Several(Vec<CallerRecord>),
}

impl CallerMatch {
    /// The caller, when there is no doubt.
    pub fn one(&self) -> Option<&CallerRecord> {
        match self {
            Self::One(record) => Some(record),
            Self::Nobody | Self::Several(_) => None,
        }
    }
}

impl From<Vec<CallerRecord>> for CallerMatch {
    fn from(mut records: Vec<CallerRecord>) -> Self {
        match (records.pop(), records.is_empty()) {
            (None, _) => Self::Nobody,
            (Some(only), true) => Self::One(only),
            (Some(last), false) => {
                records.push(last);
                Self::Several(records)
            }
        }
    }
}

/// A contact of the CRM.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct CallerRecord {
    /// The contact.
    pub contact: RecordRef,
    /// The contact's name.
    pub name: String,
    /// The account that the contact belongs to.
    pub account: Option<AccountRecord>,
}

impl CallerRecord {
    /// A contact with a name.
    pub fn new(contact: RecordRef, name: impl Into<String>, account: Option<AccountRecord>) -> Self {
        Self { contact, name: name.into(), account }
    }
}

impl fmt::Debug for CallerRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallerRecord").field("contact", &self.contact).finish_non_exhaustive()
    }
}

/// An account of the CRM.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct AccountRecord {
    /// The account.
    pub account: RecordRef,
    /// Its name.
    pub name: String,
    /// The number that the customer knows it by.
    pub number: Option<String>,
}

impl AccountRecord {
    /// An account with a name.
    pub fn new(account: RecordRef, name: impl Into<String>, number: Option<String>) -> Self {
        Self { account, name: name.into(), number }
    }
}

impl fmt::Debug for AccountRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountRecord").field("account", &self.account).finish_non_exhaustive()
    }
}

/// A support case of the CRM.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct CaseRecord {
    /// The case.
    pub case: RecordRef,
    /// The number that people call it by, leading zeros and all.
    pub number: String,
    /// Where it stands, in the CRM's word.
    pub status: String,
    /// Its headline.
    pub subject: String,
    /// Whether it is closed.
    pub closed: bool,
}

impl CaseRecord {
    /// A case with its number, status and headline.
    pub fn new(
        case: RecordRef,
        number: impl Into<String>,
        status: impl Into<String>,
        subject: impl Into<String>,
        closed: bool,
    ) -> Self {
        Self { case, number: number.into(), status: status.into(), subject: subject.into(), closed }
    }
}

impl fmt::Debug for CaseRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseRecord")
            .field("number", &self.number)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Which cases a caller may hear about: those of the caller, whatever number the model asks for.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CaseScope {
    /// Cases of this contact.
    pub contact: Option<RecordRef>,
    /// Cases of this account.
    pub account: Option<RecordRef>,
    /// Cases that were opened from this number.
    pub phone: Option<PhoneNumber>,
}

impl CaseScope {
    /// The cases of whoever calls from `phone` and was recognised as `caller`.
    pub fn of(phone: Option<&PhoneNumber>, caller: Option<&CallerRecord>) -> Self {
        Self {
            contact: caller.map(|caller| caller.contact.clone()),
            account: caller.and_then(|caller| caller.account.as_ref()).map(|account| account.account.clone()),
            phone: phone.cloned(),
        }
    }

    /// Whether it holds no case at all.
    pub fn is_empty(&self) -> bool {
        self.contact.is_none() && self.account.is_none() && self.phone.is_none()
    }
}
