//! One connection: what it does, and what it is told to do.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
};

use tokio::sync::Notify;

/// What a connection does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub(super) enum Phase {
    /// It is new, or sends the head of a request.
    Head,
    /// A request is being answered.
    Serving,
    /// An answer of unknown length is on its way.
    Streaming,
    /// It has been answered, and nothing has come since.
    Idle,
    /// It speaks another protocol, and belongs to whoever asked for that.
    Upgraded,
}

/// What a connection is told to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub(super) enum Order {
    /// To end when the current answer has been sent, or now if there is none.
    Finish,
    /// To end at once.
    Cut,
}

/// One connection. Its phase and the time of it are read without a lock; for a moment they may be of two phases.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) id: u64,
    pub(super) network: IpAddr,
    clock: Arc<Clock>,
    phase: AtomicU8,
    since: AtomicU64,
    /// Whether somebody has looked for what comes next, and it was not there.
    waits: AtomicBool,
    order: AtomicU8,
    ordered: Notify,
}

impl Connection {
    pub(super) fn new(id: u64, network: IpAddr, clock: Arc<Clock>) -> Self {
        let since = AtomicU64::new(clock.now());
        let (phase, order) = (AtomicU8::new(Phase::Head as u8), AtomicU8::new(Order::Finish as u8));
        Self {
            id,
            network,
            clock,
            phase,
            since,
            waits: AtomicBool::new(false),
            order,
            ordered: Notify::new(),
        }
    }

    pub(super) fn enter(&self, phase: Phase) {
        self.since.store(self.clock.now(), Ordering::Relaxed);
        self.waits.store(false, Ordering::Relaxed);
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// Nothing was there to be read.
    pub(super) fn found_nothing(&self) {
        self.waits.store(true, Ordering::Relaxed);
    }

    /// Whether it keeps the server waiting. A busy server has not looked yet at all that it has accepted.
    pub(super) fn keeps_waiting(&self) -> bool {
        self.waits.load(Ordering::Relaxed)
    }

    pub(super) fn phase(&self) -> Phase {
        let phase = self.phase.load(Ordering::Relaxed);
        let all = [Phase::Head, Phase::Serving, Phase::Streaming, Phase::Idle];
        all.into_iter().find(|one| *one as u8 == phase).unwrap_or(Phase::Upgraded)
    }

    /// Something came in. Where nothing was asked for, it begins the head of a request.
    pub(super) fn has_read(&self) {
        if self.phase() == Phase::Idle {
            self.enter(Phase::Head);
        }
    }

    /// Something went out, which keeps what is being sent from being too old.
    pub(super) fn has_written(&self) {
        self.since.store(self.clock.now(), Ordering::Relaxed);
    }

    /// The ticks since its phase began, or since something was last sent.
    pub(super) fn age(&self) -> u64 {
        self.clock.now().saturating_sub(self.since.load(Ordering::Relaxed))
    }

    pub(super) fn order(&self, order: Order) {
        self.order.fetch_max(order as u8, Ordering::Relaxed);
        self.ordered.notify_one();
    }

    /// Waits for the next order.
    pub(super) async fn ordered(&self) -> Order {
        self.ordered.notified().await;
        if self.order.load(Ordering::Relaxed) == Order::Cut as u8 { Order::Cut } else { Order::Finish }
    }
}

/// Counts ticks. It stands still between two, so that nobody asks the system for the time of each request.
#[derive(Debug, Default)]
pub(super) struct Clock(AtomicU64);

impl Clock {
    pub(super) fn tick(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
