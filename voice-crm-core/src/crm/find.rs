//! What can be looked up in a CRM, in small traits: a CRM has those that it can serve.

use async_trait::async_trait;
use futures_util::future::join_all;

use super::{
    AccountRecord, CallerMatch, CaseRecord, CaseScope, CrmError, JobKey, NewRecording, PeopleQuery,
    PersonRecord, Proofs, ReadOptions, Receipt, RecordRef, TaskRecord,
};
use crate::{phone::PhoneNumber, recording::RecordingSource};

/// Finds who is calling. Every [`Crm`](super::Crm) has it.
#[async_trait]
pub trait FindCallers: Send + Sync + 'static {
    /// Finds who has this telephone number.
    ///
    /// # Errors
    /// [`CrmError`] of any kind; nobody is found by [`CallerMatch::Nobody`].
    async fn find_caller(&self, phone: &PhoneNumber, options: ReadOptions) -> Result<CallerMatch, CrmError>;

    /// Finds who has each of these telephone numbers, with one result for each, in their order.
    ///
    /// A CRM that answers many questions in one request overrides it; by itself it asks them side by side.
    async fn find_callers(
        &self,
        phones: &[PhoneNumber],
        options: ReadOptions,
    ) -> Vec<Result<CallerMatch, CrmError>> {
        join_all(phones.iter().map(|phone| self.find_caller(phone, options))).await
    }
}

/// Finds accounts.
#[async_trait]
pub trait FindAccounts: Send + Sync + 'static {
    /// Finds the accounts with this account number; several mean that it is not unique.
    ///
    /// # Errors
    /// [`CrmError`] of any kind.
    async fn find_account(&self, number: &str, options: ReadOptions) -> Result<Vec<AccountRecord>, CrmError>;
}

/// Finds support cases.
#[async_trait]
pub trait FindCases: Send + Sync + 'static {
    /// Finds a case by its number, if it is one that the caller may hear about.
    ///
    /// The number is what the caller said, without blanks around it. The CRM knows what its numbers look like, so it
    /// is the CRM that brings `1 0 0 2` or `case T1` into its own form.
    ///
    /// # Errors
    /// [`CrmError`] of any kind; a text that cannot be a case number is no error, but no case.
    async fn find_case(
        &self,
        number: &str,
        scope: &CaseScope,
        options: ReadOptions,
    ) -> Result<Option<CaseRecord>, CrmError>;

    /// The open cases that the caller may hear about: those of the contact first, then those of the account, the
    /// newest first; at most twenty.
    ///
    /// # Errors
    /// [`CrmError`] of any kind.
    async fn open_cases(&self, scope: &CaseScope, options: ReadOptions) -> Result<Vec<CaseRecord>, CrmError>;
}

/// Finds people who do not call from the number on file, and what they can prove themselves with.
#[async_trait]
pub trait FindPeople: Send + Sync + 'static {
    /// People by what they say of themselves; at most two hundred. More people than are meant may be among them: the
    /// bridge compares the names.
    ///
    /// # Errors
    /// [`CrmError`] of any kind.
    async fn find_people(
        &self,
        query: &PeopleQuery,
        options: ReadOptions,
    ) -> Result<Vec<PersonRecord>, CrmError>;

    /// What a contact can be asked to prove who they are; `None` when there is no such contact.
    ///
    /// # Errors
    /// [`CrmError`] of any kind.
    async fn proofs(&self, contact: &RecordRef, options: ReadOptions) -> Result<Option<Proofs>, CrmError>;
}

/// Finds tasks.
#[async_trait]
pub trait FindTasks: Send + Sync + 'static {
    /// An open task with exactly this subject, the one that is due first.
    ///
    /// # Errors
    /// [`CrmError`] of any kind.
    async fn open_task(&self, subject: &str, options: ReadOptions) -> Result<Option<TaskRecord>, CrmError>;
}

/// Keeps recordings as files.
#[async_trait]
pub trait KeepRecordings: Send + Sync + 'static {
    /// Keeps a recording as a file of its call, under this key, however long that takes.
    ///
    /// With `may_have_applied` an earlier attempt may have kept it, so it is looked for first.
    ///
    /// # Errors
    /// [`CrmError`] of any kind; [`CrmErrorKind::InProgress`](super::CrmErrorKind::InProgress) while the recording or the
    /// record of its call is not there yet.
    async fn keep_recording(
        &self,
        key: JobKey,
        recording: &NewRecording,
        source: &dyn RecordingSource,
        may_have_applied: bool,
    ) -> Result<Receipt, CrmError>;
}

/// A kind of look-up that a CRM may serve or not.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ReadKind {
    /// [`FindAccounts`].
    Accounts,
    /// [`FindCases`].
    Cases,
    /// [`FindPeople`].
    People,
    /// [`FindTasks`].
    Tasks,
}

impl ReadKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Accounts, Self::Cases, Self::People, Self::Tasks];

    /// The name of the trait that serves it.
    pub fn trait_name(self) -> &'static str {
        match self {
            Self::Accounts => "FindAccounts",
            Self::Cases => "FindCases",
            Self::People => "FindPeople",
            Self::Tasks => "FindTasks",
        }
    }
}
