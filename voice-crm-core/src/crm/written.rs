//! What a caller can hear about a write.

use voice_crm_outbox::{JobKey, JobStatus, Reason, Reference};

use super::{Receipt, RecordHandle};

/// What a caller can hear about a write.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Written {
    /// It is in the CRM.
    Saved(Receipt),
    /// It is durable with us and will be in the CRM; the reference is in the log beside its key.
    BeingSaved(PendingWrite),
    /// The CRM refuses it. It is kept as a dead job for an operator.
    Refused(Reason),
}

/// A write that is durable with us and not in the CRM yet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PendingWrite {
    key: JobKey,
    reference: Reference,
}

impl PendingWrite {
    /// The reference that the caller hears.
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The key of the write.
    pub fn key(&self) -> JobKey {
        self.key
    }
}

impl Written {
    /// What can be said about a write, by the status of its job.
    pub(crate) fn of(status: JobStatus, key: JobKey) -> Self {
        match status {
            JobStatus::Done(receipt) => Self::Saved(Receipt::from_text(&receipt)),
            JobStatus::Dead(reason) => Self::Refused(reason),
            JobStatus::Pending => Self::BeingSaved(PendingWrite { key, reference: key.reference() }),
        }
    }

    /// The record that it makes or changes, for a later write of the same call to refer to, whether it is in the CRM yet
    /// or not. `None` when it was refused, or makes no record.
    pub fn record(&self) -> Option<RecordHandle> {
        match self {
            Self::Saved(receipt) => receipt.record.clone().map(RecordHandle::Known),
            Self::BeingSaved(pending) => Some(RecordHandle::MadeBy(pending.key)),
            Self::Refused(_) => None,
        }
    }
}
