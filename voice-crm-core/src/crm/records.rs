//! What the bridge reads from a CRM, in words that belong to no vendor.

use std::fmt;

use crate::{
    crm::{CallerRecord, RecordRef, RecordText},
    phone::PhoneNumber,
};

mod person;

pub use person::{PeopleQuery, PersonRecord, Proofs, TaskRecord};

/// An account of the CRM.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct AccountRecord {
    /// The account.
    pub account: RecordRef,
    /// Its name.
    pub name: RecordText,
    /// The number that the customer knows it by.
    pub number: Option<RecordText>,
}

impl AccountRecord {
    /// An account with a name.
    pub fn new(account: RecordRef, name: impl Into<RecordText>, number: Option<String>) -> Self {
        Self { account, name: name.into(), number: number.map(Into::into) }
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
    pub number: RecordText,
    /// Where it stands, in the CRM's word.
    pub status: RecordText,
    /// Its headline.
    pub subject: RecordText,
    /// How urgent it is, in the CRM's word.
    pub priority: Option<RecordText>,
    /// Whether it is closed.
    pub closed: bool,
}

impl CaseRecord {
    /// A case with its number, status and headline.
    pub fn new(
        case: RecordRef,
        number: impl Into<RecordText>,
        status: impl Into<RecordText>,
        subject: impl Into<RecordText>,
        closed: bool,
    ) -> Self {
        let (number, status, subject) = (number.into(), status.into(), subject.into());
        Self { case, number, status, subject, priority: None, closed }
    }
}

impl fmt::Debug for CaseRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseRecord")
            .field("case", &self.case)
            .field("closed", &self.closed)
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
            contact: caller.and_then(|caller| caller.contact.clone()),
            account: caller.and_then(|caller| caller.account.as_ref()).map(|account| account.account.clone()),
            phone: phone.cloned(),
        }
    }

    /// Whether it holds no case at all.
    pub fn is_empty(&self) -> bool {
        self.contact.is_none() && self.account.is_none() && self.phone.is_none()
    }
}
