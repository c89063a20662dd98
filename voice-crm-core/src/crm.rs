//! The CRM behind the functions: what can be asked of it, and how writes reach it.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use futures_util::future::join_all;

use crate::{deadline::Deadline, phone::PhoneNumber, recording::RecordingSource};

mod cached;
mod caller_match;
mod error;
mod gathered;
mod read_options;
mod records;
mod room;
mod write;

pub(crate) use cached::CachedReads;
pub use caller_match::{CallerMatch, CallerRecord, MatchReason};
pub use error::{CrmError, CrmErrorKind};
pub use read_options::CallTag;
pub use records::{AccountRecord, CaseRecord, CaseScope, PeopleQuery, PersonRecord, Proofs, TaskRecord};
pub use room::{Room, Urgency};
pub use write::{
    AccountRef, CallLog, CaseRef, Change, ContactUpdate, InvalidReference, InvalidWriteKey, NewCase,
    NewComment, NewRecording, NewTask, NewText, OwnRecord, PostalAddress, Receipt, RecordRef, Reference,
    Remark, Write, WriteKey,
};

/// A CRM.
///
/// Reads are for functions; [`Crm::apply`] is for the writer alone, which takes its work from the journal.
#[async_trait]
pub trait Crm: Send + Sync + 'static {
    /// Finds who has this telephone number.
    async fn find_caller(&self, phone: &PhoneNumber, deadline: Deadline) -> Result<CallerMatch, CrmError>;

    /// Finds who has each of these telephone numbers, with one result for each, in their order.
    ///
    /// For a CRM that answers many questions in one request; by itself it asks them side by side.
    async fn find_callers(
        &self,
        phones: &[PhoneNumber],
        deadline: Deadline,
    ) -> Vec<Result<CallerMatch, CrmError>> {
        join_all(phones.iter().map(|phone| self.find_caller(phone, deadline))).await
    }

    /// Finds the accounts with this account number; several mean that it is not unique.
    async fn find_account(&self, number: &str, deadline: Deadline) -> Result<Vec<AccountRecord>, CrmError>;

    /// Finds a case by its number, if it is one that the caller may hear about.
    async fn find_case(
        &self,
        number: &str,
        scope: &CaseScope,
        deadline: Deadline,
    ) -> Result<Option<CaseRecord>, CrmError>;

    /// The open cases that the caller may hear about: those of the contact first, then those of the account, the
    /// newest first; at most twenty.
    ///
    /// A CRM of one's own need not have it; then the functions that ask for it say that they cannot look.
    async fn open_cases(&self, _scope: &CaseScope, _deadline: Deadline) -> Result<Vec<CaseRecord>, CrmError> {
        Err(not_offered())
    }

    /// People by what they say of themselves; at most two hundred, and more than are meant: the caller of this
    /// compares the names.
    ///
    /// Not every CRM need have it.
    async fn find_people(
        &self,
        _query: &PeopleQuery,
        _deadline: Deadline,
    ) -> Result<Vec<PersonRecord>, CrmError> {
        Err(not_offered())
    }

    /// What a contact can be asked to prove who they are; `None` when there is no such contact.
    ///
    /// Not every CRM need have it.
    async fn proofs(&self, _contact: &RecordRef, _deadline: Deadline) -> Result<Option<Proofs>, CrmError> {
        Err(not_offered())
    }

    /// An open task with exactly this headline, the one that is due first.
    ///
    /// Not every CRM need have it.
    async fn open_task(&self, _subject: &str, _deadline: Deadline) -> Result<Option<TaskRecord>, CrmError> {
        Err(not_offered())
    }

    /// Makes writes so, and gives one result for each, in their order.
    ///
    /// Applying a write that already took effect changes nothing and gives its receipt.
    async fn apply(
        &self,
        attempts: &[Attempt],
        urgency: Urgency,
        deadline: Deadline,
    ) -> Vec<Result<Receipt, CrmError>>;

    /// Keeps a recording as a file of its call, under this key, however long that takes.
    ///
    /// With `may_exist` an earlier try may have kept it, so it is looked for first. Not every CRM need have it.
    async fn keep_recording(
        &self,
        _key: WriteKey,
        _recording: &NewRecording,
        _source: &dyn RecordingSource,
        _may_exist: bool,
    ) -> Result<Receipt, CrmError> {
        Err(CrmError::new(CrmErrorKind::Refused, "this CRM keeps no recordings"))
    }

    /// How much may be asked of it now; as much as anybody likes unless it says otherwise.
    fn room(&self, urgency: Urgency) -> Room {
        let _ = urgency;
        Room::PLENTY
    }
}

fn not_offered() -> CrmError {
    CrmError::new(CrmErrorKind::Refused, "this CRM does not offer the look-up")
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
