//! The CRM behind the functions: what can be asked of it, and how writes reach it.

use std::{fmt, sync::Arc};

use async_trait::async_trait;

use crate::{deadline::Deadline, phone::PhoneNumber};

mod cached;
mod error;
mod records;
pub mod salesforce;
mod write;

pub(crate) use cached::CachedReads;
pub use error::{CrmError, CrmErrorKind};
pub use records::{AccountRecord, CallerMatch, CallerRecord, CaseRecord, CaseScope};
pub use salesforce::SalesforceCrm;
pub use write::{
    AccountRef, CallLog, Change, ContactUpdate, InvalidWriteKey, NewCase, OwnRecord, Receipt, RecordRef,
    Reference, Remark, Write, WriteKey,
};

/// A CRM.
///
/// Reads are for functions; [`Crm::apply`] is for the writer alone, which takes its work from the journal.
#[async_trait]
pub trait Crm: Send + Sync + 'static {
    /// Finds who has this telephone number.
    async fn find_caller(&self, phone: &PhoneNumber, deadline: Deadline) -> Result<CallerMatch, CrmError>;

    /// Finds the accounts with this account number; several mean that it is not unique.
    async fn find_account(&self, number: &str, deadline: Deadline) -> Result<Vec<AccountRecord>, CrmError>;

    /// Finds a case by its number, if it is one that the caller may hear about.
    async fn find_case(
        &self,
        number: &str,
        scope: &CaseScope,
        deadline: Deadline,
    ) -> Result<Option<CaseRecord>, CrmError>;

    /// Makes writes so, and gives one result for each, in their order.
    ///
    /// Applying a write that already took effect changes nothing and gives its receipt.
    async fn apply(&self, attempts: &[Attempt], deadline: Deadline) -> Vec<Result<Receipt, CrmError>>;
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
