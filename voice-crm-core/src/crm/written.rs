//! What a caller can hear about a write.

use voice_crm_outbox::{JobKey, JobStatus, Reason, Reference};

use super::Receipt;

/// What a caller can hear about a write.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Written {
    /// It is in the CRM.
    Saved(Receipt),
    /// It is durable with us and will be in the CRM; the reference is in the log beside its key.
    BeingSaved(Reference),
    /// The CRM refuses it. It is kept as a dead job for an operator.
    Refused(Reason),
}

impl Written {
    /// What can be said about a write, by the status of its job.
    pub(crate) fn of(status: JobStatus, key: JobKey) -> Self {
        match status {
            JobStatus::Done(receipt) => Self::Saved(Receipt::from_text(&receipt)),
            JobStatus::Dead(reason) => Self::Refused(reason),
            JobStatus::Pending => Self::BeingSaved(key.reference()),
        }
    }
}
