//! The CRM behind the functions: what can be asked of it, and how writes reach it.

use std::{fmt, sync::Arc};

use async_trait::async_trait;


mod cached;
mod caller_match;
mod coalesced;
mod error;
mod find;
mod pointer;
mod read_options;
mod records;
mod room;
mod write;

pub(crate) use cached::CachedReads;
pub use caller_match::{CallerMatch, CallerRecord, MatchReason};
pub use error::{CrmError, CrmErrorKind};
pub use find::{FindAccounts, FindCallers, FindCases, FindPeople, FindTasks, KeepRecordings, ReadKind};
pub use read_options::{CallTag, ReadOptions};
pub use records::{AccountRecord, CaseRecord, CaseScope, PeopleQuery, PersonRecord, Proofs, TaskRecord};
pub use room::{Room, Urgency};
pub use write::{
    AccountRef, CallLog, CaseRef, Change, ChangeKind, ContactUpdate, InvalidReference, InvalidWriteKey,
    NewCase, NewComment, NewRecording, NewTask, NewText, OwnRecord, PostalAddress, Receipt, RecordRef,
    Reference, Remark, Write, WriteKey,
};

/// A CRM.
///
/// Reads are for functions, in small traits: [`FindCallers`] is required, and the others are handed out by
/// [`Crm::accounts`] and its like where the CRM has them. What it does not serve is not offered to the voice agent.
/// [`Crm::apply`] is for the writer alone, which takes its work from the journal.
#[async_trait]
pub trait Crm: FindCallers {
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
    fn takes(&self, kind: ChangeKind) -> bool;

    /// Makes writes so, and gives one result for each, in their order.
    ///
    /// Applying a write that already took effect changes nothing and gives its receipt.
    async fn apply(
        &self,
        attempts: &[Attempt],
        urgency: Urgency,
        deadline: Deadline,
    ) -> Vec<Result<Receipt, CrmError>>;

    /// How much may be asked of it now; as much as anybody likes unless it says otherwise.
    fn room(&self, urgency: Urgency) -> Room {
        let _ = urgency;
        Room::PLENTY
    }
}

/// A write on its way to the CRM.
#[derive(Clone)]
pub struct Attempt {
    /// The write.
    pub write: Arc<Write>,
    /// Whether an earlier attempt may have taken effect without our hearing of it.
    ///
    /// Then the CRM is asked first, so that nothing a person has changed since is overwritten.
    pub may_exist: bool,
    /// What the earlier writes of the same call came to, the oldest first.
    pub earlier: Vec<Receipt>,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("key", &self.write.key)
            .field("may_exist", &self.may_exist)
            .finish_non_exhaustive()
    }
}
