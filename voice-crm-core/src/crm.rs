//! The CRM behind the functions: what can be asked of it, and how writes reach it.

use std::any::Any;

use async_trait::async_trait;
pub use voice_crm_outbox::{Capacity, JobKey, Reference, Urgency};

use crate::deadline::Deadline;

mod attempt;
mod cached;
mod caller_match;
mod coalesced;
mod error;
mod find;
mod pointer;
mod read_options;
mod record_text;
mod records;
mod sink;
mod spoken_number;
mod typed;
mod write;
mod written;

pub(crate) use attempt::read as read_attempt;
pub use attempt::{Attempt, AttemptAnswer, apply_all};
pub(crate) use cached::CachedReads;
pub use caller_match::{CallerMatch, CallerRecord, MatchReason};
pub use error::{CrmError, CrmErrorKind};
pub use find::{FindAccounts, FindCallers, FindCases, FindPeople, FindTasks, KeepRecordings, ReadKind};
pub use read_options::{CallTag, ReadOptions};
pub use record_text::RecordText;
pub use records::{AccountRecord, CaseRecord, CaseScope, PeopleQuery, PersonRecord, Proofs, TaskRecord};
pub(crate) use sink::CrmSink;
pub use spoken_number::{is_number_heard, number_parts, spelled_number, spoken_number};
pub(crate) use typed::typed;
pub use write::{
    AccountRef, CallLog, CallMemo, Change, ChangeKind, ContactUpdate, NewCase, NewComment, NewRecording,
    NewTask, NewText, OwnRecord, PostalAddress, Receipt, RecordAction, RecordHandle, RecordLink, RecordRef,
    RecordTarget, Remark, UniqueField, Write,
};
pub use written::{PendingWrite, Written};

/// A CRM.
///
/// Reads are for functions, in small traits: [`FindCallers`] is required, and the others are handed out by
/// [`Crm::accounts`] and its like where the CRM has them. What it does not serve is not offered to the voice agent.
/// [`Crm::apply`] is for the outbox alone, which takes its jobs from the journal.
///
/// What a CRM can do beyond these traits is for functions that know it by its type; see
/// [`CallContext::crm`](crate::function::CallContext::crm).
#[async_trait]
pub trait Crm: FindCallers + Any {
    /// The look-up of accounts, if it has one.
    fn accounts(&self) -> Option<&dyn FindAccounts> {
        None
    }

    /// The look-ups of support cases, if it has them.
    fn cases(&self) -> Option<&dyn FindCases> {
        None
    }

    /// The look-ups of people, if it has them.
    fn people(&self) -> Option<&dyn FindPeople> {
        None
    }

    /// The look-up of tasks, if it has one.
    fn tasks(&self) -> Option<&dyn FindTasks> {
        None
    }

    /// The keeping of recordings as files, if it has it.
    fn recordings(&self) -> Option<&dyn KeepRecordings> {
        None
    }

    /// Whether [`Crm::apply`] takes changes of this kind.
    ///
    /// It is not asked about [`ChangeKind::SendText`] and [`ChangeKind::KeepRecording`]: those never come to
    /// [`Crm::apply`], since a [`Messenger`](crate::messenger::Messenger) and [`Crm::recordings`] take them.
    fn takes(&self, kind: ChangeKind) -> bool;

    /// Makes writes. Each is answered on its own, as soon as it is known what became of it.
    ///
    /// Applying a write that already took effect changes nothing and gives its receipt. The contract is that of a
    /// [`Sink`](voice_crm_outbox::Sink).
    async fn apply(&self, writes: Vec<(Attempt, AttemptAnswer)>, urgency: Urgency, deadline: Deadline);

    /// How much may be asked of it now; as much as anybody likes unless it says otherwise.
    fn capacity(&self, urgency: Urgency) -> Capacity {
        let _ = urgency;
        Capacity::AMPLE
    }
}
