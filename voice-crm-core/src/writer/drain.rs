//! The background loop: takes what is due from the journal and brings it into the CRM.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use tokio::{
    task::{JoinError, JoinSet},
    time::Instant,
};

use super::{
    Writer,
    pace::{Ended, Pace},
};
use crate::{crm::Urgency, deadline::Deadline, journal::Lease};

/// Batches under way; each tells how it fared, if it was sent.
type Batches = JoinSet<Option<Ended>>;

/// How long the loop sleeps when nothing is due and nobody wakes it: leases of a dead replica end unannounced.
const IDLE: Duration = Duration::from_secs(1);
/// How many requests shall be free before a batch is begun.
const ENOUGH: usize = 6;
/// How long it waits for them; then a small batch makes do with what there is.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many writes are begun for each request that is free: logs of calls need one for thirty of them, cases one for
/// two hundred, and some requests fail.
const PER_CALL: usize = 40;
/// How long writes wait for a batch that is under way, to share a request with what follows it.
const STALLED: Duration = Duration::from_millis(500);
/// How long it rests at least before it looks again, whatever the policy says, so that it never spins.
const BREATH: Duration = Duration::from_millis(5);
/// How often writes that are long done are forgotten.
const HOUSEKEEPING: Duration = Duration::from_secs(600);
/// Few, so that no caller's write waits behind it.
const FORGOTTEN_AT_ONCE: usize = 500;

impl Writer {
    /// Runs until [`Writer::stop`]; comes back after a panic in a journal or a clock.
    pub(crate) async fn run(self: Arc<Self>) {
        tokio::select! {
            () = lasting(|| self.clone().drain()) => {}
            // This one has no end of its own.
            () = lasting(|| self.clone().housekeeping()) => {}
        }
    }

    async fn drain(self: Arc<Self>) {
        let mut batches = JoinSet::new();
        let mut pace = Pace::new(self.policy.batch, self.policy.batches);
        let mut last = Instant::now();
        let linger = self.policy.linger.max(BREATH);
        while !self.is_stopping() {
            while let Some(ended) = batches.try_join_next() {
                self.learn(&mut pace, &ended);
            }
            if batches.len() >= pace.batches() {
                if let Some(ended) = batches.join_next().await {
                    self.learn(&mut pace, &ended);
                }
                continue;
            }
            let room = self.crm.room(Urgency::Background);
            let wait = room.wait.max(pace.wait(Instant::now().into_std()));
            if !wait.is_zero() {
                self.rest(&mut batches, &mut pace, wait).await;
                continue;
            }
            // A batch takes several requests; begun with too few it would end half-way, and begin anew.
            if room.calls < ENOUGH && last.elapsed() < PATIENCE {
                self.rest(&mut batches, &mut pace, linger).await;
                continue;
            }
            let size = pace.size().min(room.calls.saturating_mul(PER_CALL)).max(1);
            // A lease runs from before its claim, and so does the time for the try: a journal that was slow to answer
            // leaves less of it, and no try outlives its lease.
            let deadline = Deadline::after(self.policy.batch_patience);
            let (leases, sleep) = self.claim(size).await;
            let is_full = leases.len() >= size;
            if !leases.is_empty() {
                last = Instant::now();
                batches.spawn(self.clone().bring(leases, deadline));
            }
            if !is_full {
                if batches.is_empty() {
                    tokio::select! {
                        () = self.wake.notified() => {}
                        () = tokio::time::sleep(sleep) => {}
                        () = self.stop_wanted() => {}
                    }
                }
                // What comes in meanwhile shares the next request; in want of requests, so does what follows in the
                // lanes that are under way.
                if !room.gather.is_zero() {
                    self.rest_while_busy(&mut batches, &mut pace).await;
                }
                self.rest(&mut batches, &mut pace, linger.max(room.gather)).await;
            }
        }
        while batches.join_next().await.is_some() {}
    }

    /// Waits, and learns from what comes to its end meanwhile; a stop ends it.
    async fn rest(&self, batches: &mut Batches, pace: &mut Pace, span: Duration) {
        let until = Instant::now() + span;
        while !self.is_stopping() {
            tokio::select! {
                () = tokio::time::sleep_until(until) => return,
                Some(ended) = batches.join_next() => self.learn(pace, &ended),
                () = self.stop_wanted() => return,
            }
        }
    }

    /// Waits for all that is under way, but for a batch that stalls.
    async fn rest_while_busy(&self, batches: &mut Batches, pace: &mut Pace) {
        let until = Instant::now() + STALLED;
        while !self.is_stopping() && !batches.is_empty() {
            tokio::select! {
                () = tokio::time::sleep_until(until) => return,
                Some(ended) = batches.join_next() => self.learn(pace, &ended),
                () = self.stop_wanted() => return,
            }
        }
    }

    fn learn(&self, pace: &mut Pace, ended: &Result<Option<Ended>, JoinError>) {
        // A batch that was not sent says nothing.
        let Ok(Some(batch)) = ended else { return };
        pace.ended(*batch, Instant::now().into_std(), fastrand::f64());
        self.heard(batch.health);
    }

    /// Forgets, every ten minutes, all that is long done.
    async fn housekeeping(self: Arc<Self>) {
        loop {
            while self.forget().await == FORGOTTEN_AT_ONCE {}
            tokio::time::sleep(HOUSEKEEPING).await;
        }
    }

    /// Takes what is due, and says how long there is nothing more.
    async fn claim(&self, limit: usize) -> (Vec<Lease>, Duration) {
        let now = self.clock.now();
        let lease = self.policy.batch_patience + self.policy.lease_margin;
        match self.journal.claim(now, lease, limit).await {
            Ok(claimed) => {
                let until_next = claimed.next_due.map(|due| due.duration_since(now).unsigned_abs());
                let sleep = until_next.map_or(IDLE, |span| span.clamp(BREATH, IDLE));
                // Replicas that share a journal do not look all at once.
                (claimed.leases, sleep.mul_f64(0.75 + fastrand::f64() / 2.0))
            }
            Err(error) => {
                tracing::error!(%error, "the journal could not be read; trying again");
                (Vec::new(), IDLE)
            }
        }
    }

    async fn bring(self: Arc<Self>, leases: Vec<Lease>, deadline: Deadline) -> Option<Ended> {
        let under_way = self.begin()?;
        if deadline.remaining().is_zero() {
            self.settle(leases.into_iter().map(|lease| self.put_back(lease)).collect(), under_way);
            return None;
        }
        let (writes, begun) = (leases.len(), Instant::now().into_std());
        let trial = self.try_writes(leases, Urgency::Background, deadline).await;
        self.settle(trial.settlements, under_way);
        Some(Ended { writes, begun, health: trial.health })
    }

    async fn forget(&self) -> usize {
        let Ok(before) = self.clock.now().checked_sub(self.policy.memory) else { return 0 };
        self.journal.forget(before, FORGOTTEN_AT_ONCE).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "old entries of the journal could not be forgotten");
            0
        })
    }
}

/// Runs work to its end; begins it anew when it panics.
async fn lasting<F: Future<Output = ()>>(work: impl Fn() -> F) {
    while AssertUnwindSafe(work()).catch_unwind().await.is_err() {
        tracing::error!("the background writer panicked; it goes on");
        tokio::time::sleep(IDLE).await;
    }
}
