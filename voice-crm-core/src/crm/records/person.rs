//! People who were looked up by what they said of themselves, and what they can prove it with.

use std::fmt;

use jiff::{Timestamp, civil::Date};

use super::{CallerRecord, RecordText};

/// Whom to look for, in the words of somebody on the telephone.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum PeopleQuery {
    /// People whose family name is spelt or sounds about like this.
    Named(String),
    /// The people of the accounts with this account number.
    OfAccount(String),
}

impl fmt::Debug for PeopleQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeopleQuery").finish_non_exhaustive()
    }
}

/// A contact, with what tells them from others of the same name.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct PersonRecord {
    /// The contact, and the account they belong to.
    pub record: CallerRecord,
    /// The family name by itself.
    pub family_name: RecordText,
    /// The given name by itself.
    pub given_name: Option<RecordText>,
    /// The town of their address.
    pub town: Option<RecordText>,
    /// Their telephone numbers, as the CRM stores them.
    pub phones: Vec<RecordText>,
}

impl PersonRecord {
    /// A contact of whom no more is known than the name.
    pub fn new(record: CallerRecord, family_name: impl Into<RecordText>) -> Self {
        Self { record, family_name: family_name.into(), given_name: None, town: None, phones: Vec::new() }
    }
}

impl fmt::Debug for PersonRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonRecord").field("record", &self.record).finish_non_exhaustive()
    }
}

/// What the CRM knows of a contact that only the contact should know. It is compared, and never told.
#[derive(Clone, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Proofs {
    /// Postal codes of their addresses.
    pub postal_codes: Vec<RecordText>,
    /// The number of their account.
    pub account_number: Option<RecordText>,
    /// Numbers that a code can be sent to, the mobile one first, as the CRM stores them.
    pub phones: Vec<RecordText>,
}

impl fmt::Debug for Proofs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proofs").finish_non_exhaustive()
    }
}

/// A task that somebody has yet to do.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct TaskRecord {
    /// The day on which it is due.
    pub due: Option<Date>,
    /// When it is called to mind.
    pub reminder: Option<Timestamp>,
}

impl TaskRecord {
    /// A task with this day and moment.
    pub fn new(due: Option<Date>, reminder: Option<Timestamp>) -> Self {
        Self { due, reminder }
    }
}
