//! What a function may look up. The scope is the caller's own, whatever an argument says.

use super::CallContext;
use crate::{
    crm::{AccountRecord, CallerMatch, CaseRecord, CaseScope, ReadKind},
    function::FunctionError,
};

impl CallContext {
    /// The accounts with this account number.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Unavailable`](crate::function::FunctionErrorKind::Unavailable) when the CRM cannot be asked, or does not
    /// serve this look-up.
    pub async fn find_account(&self, number: &str) -> Result<Vec<AccountRecord>, FunctionError> {
        let accounts = self.services.reads.crm().accounts();
        let accounts = accounts.ok_or_else(|| self.not_served(ReadKind::Accounts))?;
        Ok(accounts.find_account(number, self.read_options()).await?)
    }

    /// A case by its number, if it is the caller's: whatever number the model asks for, the scope is the
    /// caller's own.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Unavailable`](crate::function::FunctionErrorKind::Unavailable) when the CRM cannot be asked, or does not
    /// serve this look-up.
    pub async fn find_case(&self, number: &str) -> Result<Option<CaseRecord>, FunctionError> {
        let cases = self.services.reads.crm().cases();
        let cases = cases.ok_or_else(|| self.not_served(ReadKind::Cases))?;
        let scope = self.case_scope().await?;
        if scope.is_empty() {
            return Ok(None);
        }
        Ok(cases.find_case(number.trim(), &scope, self.read_options()).await?)
    }

    /// Whose cases may be told: those of the caller and of the number that calls.
    ///
    /// Of a caller who has proved to be somebody else than the number belongs to, only their own: the number can be
    /// forged, and their proof proves nothing about its owner.
    pub(super) async fn case_scope(&self) -> Result<CaseScope, FunctionError> {
        let caller = self.caller().await?;
        let number = match (self.proven_caller(), self.number()) {
            (Some(proven), Some(number)) => {
                match self.services.reads.find_caller(number, self.read_options()).await? {
                    CallerMatch::One(owner) if owner.contact == proven.contact => Some(number),
                    CallerMatch::Nobody => Some(number),
                    CallerMatch::One(_) | CallerMatch::Several(_) => None,
                }
            }
            (_, number) => number,
        };
        Ok(CaseScope::of(number, caller.one()))
    }
}
