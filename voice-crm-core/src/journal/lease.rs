//! Who may try a write, and what became of it.

use std::fmt;

use jiff::Timestamp;

use super::{Lane, Standing};
use crate::crm::{Attempt, Receipt};

/// What became of a write that asked to be taken in.
#[derive(Debug)]
#[non_exhaustive]
pub enum Accepted {
    /// It is durable, and whoever brought it may try it now.
    Leased(Lease),
    /// It is durable, and its turn comes.
    Queued,
    /// It was here before.
    Known(Standing),
    /// The key was here before, for something else. Nothing was changed.
    Conflict,
}

/// The right to try the head of a lane.
#[derive(Clone)]
pub struct Lease {
    pub(super) sequence: i64,
    pub(super) lane: Lane,
    pub(super) epoch: i64,
    pub(super) attempt: Attempt,
    pub(super) attempts: u32,
    pub(super) accepted_at: Timestamp,
}

impl Lease {
    /// The write to try, and what is known of earlier tries.
    pub fn attempt(&self) -> &Attempt {
        &self.attempt
    }

    /// How often it was tried before.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// When it was taken in.
    pub fn accepted_at(&self) -> Timestamp {
        self.accepted_at
    }

    /// The lease of a lane's head, for a journal of one's own.
    ///
    /// `sequence` and `epoch` come back with the settlement; an epoch is never given twice for a lane.
    pub fn new(
        lane: Lane,
        (sequence, epoch): (i64, i64),
        attempt: Attempt,
        attempts: u32,
        accepted_at: Timestamp,
    ) -> Self {
        Self { sequence, lane, epoch, attempt, attempts, accepted_at }
    }

    /// The lane.
    pub fn lane(&self) -> &Lane {
        &self.lane
    }

    /// The numbers by which the journal knows the lease: sequence and epoch.
    pub fn numbers(&self) -> (i64, i64) {
        (self.sequence, self.epoch)
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("key", &self.attempt.write.key)
            .field("epoch", &self.epoch)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// What [`Journal::claim`](super::Journal::claim) found.
#[derive(Debug, Default)]
pub struct Claimed {
    /// The leases, one for each lane.
    pub leases: Vec<Lease>,
    /// When the next lane falls due that was not yet.
    pub next_due: Option<Timestamp>,
}

/// What became of a leased write.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Settlement {
    /// It is in the CRM.
    Done(Receipt),
    /// It is to be tried again.
    Retry {
        /// Not before this moment.
        at: Timestamp,
        /// Whether it may have taken effect all the same.
        may_exist: bool,
    },
    /// It is given up, for an operator to look at; its lane goes on.
    Dead(Reason),
}

/// Why a write was given up.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Reason {
    /// The CRM's code, or our own word.
    pub code: String,
    /// A sentence for the operator.
    pub sentence: String,
}

impl Reason {
    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    pub(super) fn unreadable() -> Self {
        let sentence = "this program cannot read the entry; the release that wrote it, or its key, can";
        Self { code: "unreadable".to_owned(), sentence: sentence.to_owned() }
    }

    pub(super) fn erased() -> Self {
        let sentence = "all that was kept of the caller was erased";
        Self { code: "erased".to_owned(), sentence: sentence.to_owned() }
    }
}
