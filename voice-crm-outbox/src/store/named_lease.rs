//! One of many: a lease by name, which at most one replica holds.

use std::{fmt, sync::Arc, time::Duration};

use super::{Expected, Store};
use crate::{clock::Clock, journal::JournalError};

/// A lease that replicas compete for, for work that exactly one of them is to do: a socket, a subscription, a nightly
/// job.
///
/// ```
/// # async fn run(store: std::sync::Arc<dyn voice_crm_outbox::store::Store>) -> Result<(), Box<dyn std::error::Error>> {
/// use std::{sync::Arc, time::Duration};
/// use voice_crm_outbox::{clock::SystemClock, store::NamedLease};
///
/// let lease = NamedLease::new(store, Arc::new(SystemClock), "blackhole-socket", Duration::from_secs(30));
/// if let Some(mut held) = lease.acquire().await? {
///     // Do a part of the work, then say that it goes on.
///     let still_ours = held.renew().await?;
///     held.release().await?;
/// }
/// # Ok(()) }
/// ```
///
/// Whoever holds it renews it well before it ends, and stops the work when a renewal fails or is late: after the end
/// another replica may hold it. The replicas' clocks must agree to within a part of the span.
#[derive(Clone)]
pub struct NamedLease {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    key: String,
    span: Duration,
}

impl NamedLease {
    /// The lease with this name, which lasts for a span unless it is renewed.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, name: &str, span: Duration) -> Self {
        Self { store, clock, key: format!("lease:{name}"), span }
    }

    /// Takes the lease; `None` while another holds it.
    ///
    /// # Errors
    /// [`JournalError`] when the store cannot be asked. The lease may then stay taken until its span is over.
    pub async fn acquire(&self) -> Result<Option<HeldLease>, JournalError> {
        let now = self.clock.now();
        let version = self.store.put(&self.key, "held", Expected::Absent, self.span, now).await?;
        Ok(version.map(|version| HeldLease { lease: self.clone(), version }))
    }
}

/// A lease that this process holds.
#[must_use = "the lease runs out unless it is renewed"]
pub struct HeldLease {
    lease: NamedLease,
    version: u64,
}

impl HeldLease {
    /// Holds the lease for another span from now. False when it was lost, and the work must stop.
    ///
    /// # Errors
    /// [`JournalError`] when the store cannot be asked. The lease lasts until the end of its span.
    pub async fn renew(&mut self) -> Result<bool, JournalError> {
        let NamedLease { store, clock, key, span } = &self.lease;
        let renewed = store.put(key, "held", Expected::Version(self.version), *span, clock.now()).await?;
        Ok(renewed.map(|version| self.version = version).is_some())
    }

    /// Lets another replica take it at once.
    ///
    /// # Errors
    /// [`JournalError`] when the store cannot be asked. Then the lease runs out.
    pub async fn release(self) -> Result<(), JournalError> {
        let NamedLease { store, clock, key, .. } = &self.lease;
        store.remove(key, Expected::Version(self.version), clock.now()).await.map(|_| ())
    }
}

impl fmt::Debug for NamedLease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamedLease").field("key", &self.key).field("span", &self.span).finish_non_exhaustive()
    }
}

impl fmt::Debug for HeldLease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldLease").field("key", &self.lease.key).finish_non_exhaustive()
    }
}
