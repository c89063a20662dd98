//! The live feed: one card for each call that goes on, kept up to date for whoever watches.
//!
//! ```no_run
//! use voice_crm_core::{
//!     Bridge,
//!     live::{LiveFilter, LiveMessage},
//! };
//!
//! # async fn run(bridge: Bridge) {
//! let mut calls = bridge.live().subscribe(LiveFilter::all(), None);
//! while let Some(message) = calls.next().await {
//!     match message {
//!         LiveMessage::Snapshot { cards, .. } => println!("{} calls", cards.len()),
//!         LiveMessage::Change(entry) => println!("change {}", entry.id),
//!         _ => println!("some changes were missed; a snapshot comes next"),
//!     }
//! }
//! # }
//! ```
//!
//! The feed is off unless [`BridgeBuilder::live`](crate::bridge::BridgeBuilder::live) switches it on. It holds what is
//! said on calls in memory, and nowhere else. Each process shows the calls whose webhooks it got.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use jiff::Timestamp;
use tokio::{sync::Notify, time::Instant};

mod bounds;
mod card;
mod cards;
mod entry;
mod kept;
mod log;
mod sources;
mod subscription;
mod sweep;
#[cfg(test)]
mod tests;

pub use bounds::LiveBounds;
pub use card::{
    CallCard, CallState, CardCaller, CardId, FunctionCalled, Line, RecordKind, RecordLink, Since, Speaking,
};
use cards::Cards;
pub use entry::{LiveChange, LiveEntry, LiveFilter, LiveMessage};
use kept::Update;
use log::Log;
pub use subscription::Subscription;

/// The calls that go on, for whoever watches; cheap to clone.
#[derive(Clone)]
pub struct LiveFeed {
    shared: Arc<Shared>,
}

struct Shared {
    on: AtomicBool,
    state: Mutex<State>,
    /// A card may leave sooner than was thought.
    wake: Arc<Notify>,
}

struct State {
    cards: Cards,
    log: Log,
    /// Whether a task removes the cards whose time is up.
    sweeping: bool,
}

impl LiveFeed {
    /// A feed that shows nothing.
    pub(crate) fn off() -> Self {
        Self::new(false, LiveBounds::default(), 1)
    }

    /// A feed that shows calls within these bounds.
    ///
    /// Ids begin with the time of day in microseconds, so that they keep growing over a restart.
    pub(crate) fn on(bounds: LiveBounds, now: Timestamp) -> Self {
        Self::new(true, bounds, u64::try_from(now.as_microsecond()).unwrap_or_default().max(1))
    }

    fn new(on: bool, bounds: LiveBounds, first: u64) -> Self {
        let log = Log::new(&bounds, first);
        let state = State { cards: Cards::new(bounds), log, sweeping: false };
        Self { shared: Arc::new(Shared { on: on.into(), state: Mutex::new(state), wake: Arc::default() }) }
    }

    /// Whether calls are shown.
    pub fn is_on(&self) -> bool {
        self.shared.on.load(Ordering::Relaxed)
    }

    /// What goes on from now: the cards as they are, then each change to them.
    ///
    /// `last` is the id of the last message that the reader has seen, such as the `Last-Event-ID` of server-sent
    /// events. The changes since then come first where they are still at hand; else a snapshot does. The
    /// subscription of a feed that is off ends at once.
    pub fn subscribe(&self, filter: LiveFilter, last: Option<u64>) -> Subscription {
        Subscription::begin(&self.shared, filter, last)
    }

    /// The cards as they are now, in the order in which their calls were first heard of.
    pub fn cards(&self, filter: &LiveFilter) -> Vec<Arc<CallCard>> {
        self.shared.lock().cards.all(filter)
    }

    /// Ends every subscription once it has read what there is, and shows nothing more.
    pub(crate) fn close(&self) {
        self.shared.on.store(false, Ordering::Relaxed);
        self.shared.lock().log.close();
        self.shared.wake.notify_one();
    }

    fn apply(&self, update: Update<'_>) {
        let mut state = self.shared.lock();
        let State { cards, log, .. } = &mut *state;
        let sooner = cards.apply(update, log, Instant::now());
        sweep::begin(&self.shared, &mut state);
        drop(state);
        if sooner {
            self.shared.wake.notify_one();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for LiveFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveFeed").field("on", &self.is_on()).finish_non_exhaustive()
    }
}
