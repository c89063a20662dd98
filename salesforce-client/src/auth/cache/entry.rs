//! One cached token and its ages.

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use tokio::time::Instant;

use super::surroundings::{AbortHandle, AtomicBool, Handle, sleep_until};
use crate::auth::AccessToken;

/// No token is taken to live shorter than this, so that an odd answer cannot make logins run in a loop.
const SHORTEST_LIFETIME: Duration = Duration::from_secs(1);

/// Keeps the arithmetic of instants far from its end.
const LONGEST_LIFETIME: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A token with its two expiries.
///
/// `fresh` is true only while a timer stands ready to clear it at the soft expiry. That is what
/// spares readers the clock; when the timer is lost with its runtime, readers ask the clock again.
pub(super) struct Entry {
    pub(super) token: Arc<AccessToken>,
    fresh: AtomicBool,
    pub(super) soft: Instant,
    pub(super) hard: Instant,
    timer: OnceLock<AbortHandle>,
}

impl Entry {
    /// An entry that came at `now`; `chance` spreads the soft expiry over a tenth of the lifetime.
    pub(super) fn new(token: Arc<AccessToken>, lifetime: Duration, now: Instant, chance: f64) -> Self {
        let lifetime = lifetime.max(SHORTEST_LIFETIME).min(LONGEST_LIFETIME);
        let soft = lifetime.mul_f64(0.75 + 0.1 * chance.clamp(0.0, 1.0));
        Self {
            token,
            fresh: AtomicBool::new(false),
            soft: now + soft,
            hard: now + lifetime,
            timer: OnceLock::new(),
        }
    }

    #[inline]
    pub(super) fn is_fresh(&self) -> bool {
        self.fresh.load(Ordering::Acquire)
    }

    /// Starts the timer that ends the freshness.
    pub(super) fn start_timer(self: &Arc<Self>, runtime: &Handle) {
        let ripen = Ripen(Arc::downgrade(self));
        let soft = self.soft;
        self.fresh.store(true, Ordering::Release);
        let timer = runtime.spawn(async move {
            sleep_until(soft).await;
            drop(ripen);
        });
        // A second timer would be harmless: both only clear the flag.
        let _ = self.timer.set(timer.abort_handle());
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if let Some(timer) = self.timer.get() {
            timer.abort();
        }
    }
}

/// Ends the freshness when it is dropped: at the soft expiry, or when the runtime goes away.
struct Ripen(Weak<Entry>);

impl Drop for Ripen {
    fn drop(&mut self) {
        if let Some(entry) = self.0.upgrade() {
            entry.fresh.store(false, Ordering::Release);
        }
    }
}
