//! What a function may look up. The scope is the caller's own, whatever an argument says.

use super::CallContext;
use crate::{
    crm::{AccountRecord, CaseRecord, CaseScope},
    function::FunctionError,
};

impl CallContext {
    /// The accounts with this account number.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Unavailable`](crate::function::FunctionErrorKind::Unavailable) when the CRM cannot be asked.
    pub async fn find_account(&self, number: &str) -> Result<Vec<AccountRecord>, FunctionError> {
        Ok(self.services.reads.crm().find_account(number, self.deadline).await?)
    }

    /// A case by its number, if it is the caller's: whatever number the model asks for, the scope is the
    /// caller's own.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Unavailable`](crate::function::FunctionErrorKind::Unavailable) when the CRM cannot be asked.
    pub async fn find_case(&self, number: &str) -> Result<Option<CaseRecord>, FunctionError> {
        let caller = self.caller().await?;
        let scope = CaseScope::of(self.number(), caller.one());
        if scope.is_empty() {
            return Ok(None);
        }
        Ok(self.services.reads.crm().find_case(number, &scope, self.deadline).await?)
    }
}
