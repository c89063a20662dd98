//! Where writes stand, for callers who ask again and for operators.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::{Lane, Reason};
use crate::crm::{Receipt, Write, WriteKey};

/// Where a write stands.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Standing {
    /// It is durable here and not yet known to be in the CRM.
    Pending,
    /// It is in the CRM.
    Done(Receipt),
    /// It was given up.
    Dead(Reason),
}

/// A write that was given up.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// The write.
    pub write: Arc<Write>,
    /// Its lane.
    pub lane: Lane,
    /// Why it was given up.
    pub reason: Reason,
    /// When it was taken in.
    pub accepted_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
}

/// A write that was found by its reference.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its key.
    pub key: WriteKey,
    /// What it does, in one word.
    pub kind: String,
    /// Its lane.
    pub lane: Lane,
    /// Where it stands.
    pub standing: Standing,
    /// When it was taken in.
    pub accepted_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
}

/// What [`Journal::erase`](super::Journal::erase) did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Erased {
    /// Writes of which nothing of the person is left but that their keys were used.
    pub erased: u64,
    /// Writes that are still on their way to the CRM. Once they are there, erase again.
    pub pending: u64,
}

/// How much there is of everything.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct JournalStats {
    /// Writes that wait for the CRM.
    pub pending: u64,
    /// Writes that are in the CRM and still remembered.
    pub done: u64,
    /// Writes that were given up.
    pub dead: u64,
    /// Writes that wait, by kind.
    pub pending_by_kind: BTreeMap<String, u64>,
}
