#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

pub mod budget_share;
pub mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod deadline;
mod error;
mod job;
pub mod journal;
mod key;
mod lane;
mod outbox;
mod receipt;
mod reference;
mod sink;
pub mod store;

pub use async_trait::async_trait;
pub use error::{SinkError, SinkErrorKind};
pub use job::{Digest, Job, Note, Subject};
pub use key::{InvalidJobKey, JobKey};
pub use lane::{InvalidSinkName, Lane, SinkName};
pub use outbox::{EnqueueError, Outbox, OutboxBuilder, SinkPolicy, StartError, Submitted};
pub use receipt::{JobStatus, Reason, Receipt};
pub use reference::{InvalidReference, Reference};
pub use sink::{Attempt, Capacity, Sink, Urgency};
