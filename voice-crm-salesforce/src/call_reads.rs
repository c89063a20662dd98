//! The org's own objects, as a function of a call asks for them.

use std::fmt;

use salesforce_client::Soql;
use serde::de::DeserializeOwned;
use voice_crm_core::{
    crm::{CrmError, CrmErrorKind, ReadOptions},
    function::{CallContext, FunctionError},
};

use crate::{SalesforceCrm, reads::questions::RawRows};

/// Gives a function the org behind the bridge.
pub trait OrgOfCall {
    /// The org's own objects, to be read with the call's patience and its share of API calls.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Broken`](voice_crm_core::function::FunctionErrorKind::Broken) when the bridge has another CRM.
    fn salesforce(&self) -> Result<CallReads<'_>, FunctionError>;
}

impl OrgOfCall for CallContext {
    fn salesforce(&self) -> Result<CallReads<'_>, FunctionError> {
        Ok(CallReads { crm: self.crm()?, options: self.read_options() })
    }
}

/// The org's own objects, for one call.
pub struct CallReads<'a> {
    crm: &'a SalesforceCrm,
    options: ReadOptions,
}

impl CallReads<'_> {
    /// The rows that a query finds, each as `T`. What it finds is for this call's ears only if the query says so: bind
    /// the caller's own record, not only what the model gives.
    ///
    /// See [`SalesforceCrm::query`] for what this costs.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Unavailable`](voice_crm_core::function::FunctionErrorKind::Unavailable) when the org does not
    /// answer in time or refuses the query, when the API budget is used up, and when a row is no `T`; the log says which.
    pub async fn query<T: DeserializeOwned>(&self, soql: Soql) -> Result<Vec<T>, FunctionError> {
        Ok(self.crm.query(soql, self.options).await?)
    }

    /// The first row that a query finds.
    ///
    /// # Errors
    /// As [`CallReads::query`].
    pub async fn query_first<T: DeserializeOwned>(&self, soql: Soql) -> Result<Option<T>, FunctionError> {
        Ok(self.query(soql).await?.into_iter().next())
    }
}

impl fmt::Debug for CallReads<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallReads").finish_non_exhaustive()
    }
}

/// The rows by their type. What does not fit is told by its place, never by its value.
pub(crate) fn typed<T: DeserializeOwned>(rows: &RawRows) -> Result<Vec<T>, CrmError> {
    let row = |raw: &serde_json::value::RawValue| {
        let mut json = serde_json::Deserializer::from_str(raw.get());
        serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let problem = match error.inner().to_string() {
                missing if missing.starts_with("missing field") => missing,
                _ => "a value does not fit".to_owned(),
            };
            let problem = problem.split(" at line").next().unwrap_or_default().to_owned();
            let detail = format!("a row is no {}: {problem} at {}", std::any::type_name::<T>(), error.path());
            CrmError::new(CrmErrorKind::Refused, detail).with_code("ROW_DOES_NOT_FIT")
        })
    };
    rows.iter().map(|raw| row(raw)).collect()
}
