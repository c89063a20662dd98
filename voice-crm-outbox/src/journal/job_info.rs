//! What operators see of jobs.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use crate::{JobKey, JobStatus, Lane, Reason};

/// A job that was found by its reference.
#[derive(Clone, Debug)]
pub struct JobInfo {
    /// Its key.
    pub key: JobKey,
    /// What it does, in one word.
    pub kind: String,
    /// Its lane.
    pub lane: Lane,
    /// Where it stands.
    pub status: JobStatus,
    /// When it was taken in, or when an operator last had it tried again.
    pub enqueued_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
}

/// A job that is dead.
#[derive(Clone)]
pub struct DeadJob {
    /// Its key.
    pub key: JobKey,
    /// What it does, in one word.
    pub kind: String,
    /// Its lane.
    pub lane: Lane,
    /// What it is; `None` where this process cannot read it, because its key was not given or it is damaged.
    pub body: Option<Arc<str>>,
    /// Why it is dead.
    pub reason: Reason,
    /// When it was taken in, or when an operator last had it tried again.
    pub enqueued_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
}

impl std::fmt::Debug for DeadJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeadJob")
            .field("key", &self.key)
            .field("kind", &self.kind)
            .field("lane", &self.lane)
            .field("code", &self.reason.code)
            .finish_non_exhaustive()
    }
}

/// What [`Journal::erase`](super::Journal::erase) did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Erased {
    /// Jobs of which nothing of the person is left but that their keys were used.
    pub erased: u64,
    /// Jobs that are still on their way. Once they are done, erase again.
    pub pending: u64,
}

/// How much there is of everything.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct JournalStats {
    /// Jobs that wait.
    pub pending: u64,
    /// Jobs that are done and still remembered.
    pub done: u64,
    /// Jobs that are dead.
    pub dead: u64,
    /// Jobs that wait, by sink and kind.
    pub waiting: BTreeMap<(String, String), u64>,
}
