//! Caller look-ups remembered for the length of a call, and made once for those who ask at once.

use std::{sync::Arc, time::Duration};

use moka::future::Cache;

use crate::{
    crm::{CallerMatch, Crm, CrmError, CrmErrorKind, ReadOptions, coalesced::CoalescedReads},
    phone::PhoneNumber,
};

/// The look-ups of a CRM behind a short memory.
#[derive(Clone)]
pub(crate) struct CachedReads {
    coalesced: CoalescedReads,
    callers: Cache<PhoneNumber, CallerMatch>,
}

impl CachedReads {
    /// Remembers each look-up for `memory`, and ten thousand of them at most.
    pub(crate) fn new(crm: Arc<dyn Crm>, memory: Duration) -> Self {
        Self {
            coalesced: CoalescedReads::new(crm),
            callers: Cache::builder().max_capacity(10_000).time_to_live(memory).build(),
        }
    }

    pub(crate) fn crm(&self) -> &Arc<dyn Crm> {
        self.coalesced.crm()
    }

    /// Who has this number; a failure is not remembered.
    pub(crate) async fn find_caller(
        &self,
        phone: &PhoneNumber,
        options: ReadOptions,
    ) -> Result<CallerMatch, CrmError> {
        let looked_up =
            self.callers.try_get_with(phone.clone(), self.coalesced.find_caller(phone.clone(), options));
        match tokio::time::timeout_at(options.deadline.instant().into(), looked_up).await {
            Ok(found) => found.map_err(|shared: Arc<CrmError>| shared.again()),
            Err(_) => Err(CrmError::new(CrmErrorKind::Late, "the caller look-up took too long")),
        }
    }

    /// Who has this number, if that is known without asking.
    pub(crate) async fn known_caller(&self, phone: &PhoneNumber) -> Option<CallerMatch> {
        self.callers.get(phone).await
    }
}
