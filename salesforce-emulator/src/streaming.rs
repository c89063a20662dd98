//! The Streaming API: messages about what happens in the org, by Bayeux over long polling.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use tokio::sync::Notify;

use crate::engine::Notice;

mod bayeux;
mod filter;
mod hub;

pub(crate) use self::bayeux::{COOKIES, Exchange, Outcome};
use self::hub::Hub;

/// What the org streams, and switches for what can go wrong with it.
///
/// Faults of single exchanges are played by [`Faults::next_streaming`](crate::Faults::next_streaming).
#[derive(Debug, Default)]
pub struct Streaming {
    hub: Mutex<Hub>,
    /// Wakes the connects that are held.
    changed: Notify,
    cuts: AtomicU64,
}

impl Streaming {
    /// Ends every session; clients hear that they are not known.
    pub fn end_sessions(&self) {
        self.hub().end_all();
        self.changed.notify_waiters();
    }

    /// How many sessions there are.
    pub fn sessions(&self) -> usize {
        self.hub().count()
    }

    /// The channels that are listened to, as they were subscribed to.
    pub fn listened(&self) -> Vec<String> {
        self.hub().listened()
    }

    /// Cuts the connections of all connects that are held. Nothing that they would have carried is lost.
    pub fn cut_polls(&self) {
        self.cuts.fetch_add(1, Ordering::Relaxed);
        self.changed.notify_waiters();
    }

    /// Forgets all messages of a channel, such as `/event/Call_Ended__e`, as a real org does after one day
    /// or three: places in them are not known any more.
    pub fn forget(&self, channel: &str) {
        self.hub().forget(channel);
    }

    /// The messages that a channel keeps, oldest first, as clients get them.
    pub fn kept(&self, channel: &str) -> Vec<Value> {
        self.hub().kept(channel)
    }

    /// How long a connect is held, and how long a session lives without one; 110 and 40 seconds unless set.
    pub fn set_times(&self, hold: Duration, idle: Duration) {
        let mut hub = self.hub();
        (hub.hold, hub.idle) = (hold, idle);
    }

    /// Ends every session and forgets all messages.
    pub(crate) fn reset(&self) {
        self.hub().forget_all();
        self.changed.notify_waiters();
    }

    pub(crate) fn publish(&self, notices: Vec<Notice>) {
        if !notices.is_empty() {
            self.hub().publish(notices);
            self.changed.notify_waiters();
        }
    }

    /// Lets the connects that are held look at the world again.
    pub(crate) fn wake(&self) {
        self.changed.notify_waiters();
    }

    fn cuts(&self) -> u64 {
        self.cuts.load(Ordering::Relaxed)
    }

    fn hub(&self) -> MutexGuard<'_, Hub> {
        self.hub.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
