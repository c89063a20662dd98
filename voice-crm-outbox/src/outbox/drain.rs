//! The background loop of a sink: takes what is due from the journal and brings it there.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use tokio::{
    task::{JoinError, JoinSet},
    time::Instant,
};

use super::{
    pace::{Ended, Pace},
    settle::UnderWay,
    worker::Worker,
};
use crate::{
    Urgency,
    deadline::Deadline,
    journal::{Claim, Claimed, Lease},
};

/// Batches under way. Each tells how it ended.
type Batches = JoinSet<BatchEnd>;

/// What became of a batch.
enum BatchEnd {
    /// The sink has answered, or the time for it is over.
    Sent(Ended),
    /// There was no time left to send it.
    NotSent { failing: bool },
}

/// How long the loop sleeps when nothing is due and nobody wakes it: leases of a dead replica end unannounced.
const IDLE: Duration = Duration::from_secs(1);
/// How many requests must be free before a batch is begun.
const ENOUGH: usize = 6;
/// How long it waits for them; then a small batch makes do with what there is.
const WAIT_FOR_ENOUGH: Duration = Duration::from_secs(2);
/// How many jobs are begun for each request that is free: logs of calls need one for thirty of them, cases one for two
/// hundred, and some requests fail.
const PER_REQUEST: usize = 40;
/// How long jobs wait for a batch that is under way, to share a request with what follows it.
const STALLED: Duration = Duration::from_millis(500);
/// How long it rests at least before it looks again, whatever the policy says, so that it never spins.
const LEAST_REST: Duration = Duration::from_millis(5);

impl Worker {
    /// Runs until the stop; comes back after a panic in a journal or a clock.
    pub(super) async fn run(self: Arc<Self>) {
        lasting(|| self.clone().drain()).await;
    }

    async fn drain(self: Arc<Self>) {
        let mut batches = JoinSet::new();
        let mut pace = Pace::new(self.policy.batch, self.policy.batches);
        let mut last = Instant::now();
        let linger = self.policy.linger.max(LEAST_REST);
        while !self.shared.is_stopping() {
            while let Some(ended) = batches.try_join_next() {
                self.learn_batch(&mut pace, &ended);
            }
            if batches.len() >= pace.batches() {
                tokio::select! {
                    Some(ended) = batches.join_next() => self.learn_batch(&mut pace, &ended),
                    () = self.taken_live.notified() => self.learn_taken_live(&mut pace),
                    () = self.shared.stop_wanted() => {}
                }
                continue;
            }
            let capacity = self.sink.capacity(Urgency::Background);
            let wait = capacity.wait.max(pace.wait(Instant::now().into_std()));
            if !wait.is_zero() {
                self.rest(&mut batches, &mut pace, wait).await;
                continue;
            }
            // A batch takes several requests; begun with too few it would end half-way, and begin anew.
            if capacity.requests < ENOUGH && last.elapsed() < WAIT_FOR_ENOUGH {
                self.rest(&mut batches, &mut pace, linger).await;
                continue;
            }
            let most = capacity.requests.saturating_mul(PER_REQUEST).max(1);
            let failing_size = pace.failing_size(Instant::now().into_std()).min(most);
            let size = pace.size().min(most);
            // A lease runs from before its claim, and so does the time for the attempt: a journal that was slow to
            // answer leaves less of it, and no attempt outlives its lease.
            let deadline = Deadline::after(self.policy.batch_timeout);
            // From before the claim, so that a stop leaves no lease behind that nobody has tried.
            let Some(under_way) = self.shared.begin() else { break };
            let (Claimed { leases, failing, .. }, sleep) = self.claim(size, failing_size).await;
            let is_full = leases.len() >= size;
            pace.sent(!leases.is_empty(), !failing.is_empty(), is_full);
            for (leases, failing) in [(leases, false), (failing, true)] {
                if !leases.is_empty() {
                    last = Instant::now();
                    batches.spawn(self.clone().bring(leases, failing, deadline, under_way.clone()));
                }
            }
            drop(under_way);
            if !is_full {
                if batches.is_empty() {
                    tokio::select! {
                        () = self.wake.notified() => {}
                        () = tokio::time::sleep(sleep) => {}
                        () = self.shared.stop_wanted() => {}
                    }
                }
                // What comes in meanwhile shares the next request; while requests are scarce, so does what follows in
                // the lanes that are under way.
                if !capacity.linger.is_zero() {
                    self.rest_while_busy(&mut batches, &mut pace).await;
                }
                self.rest(&mut batches, &mut pace, linger.max(capacity.linger)).await;
            }
        }
        if self.policy.finish_on_stop {
            while batches.join_next().await.is_some() {}
        }
    }

    /// Waits, and learns from what comes to its end meanwhile; a stop ends it, and so does the end of an outage.
    async fn rest(&self, batches: &mut Batches, pace: &mut Pace, span: Duration) {
        let until = Instant::now() + span;
        while !self.shared.is_stopping() {
            tokio::select! {
                () = tokio::time::sleep_until(until) => return,
                Some(ended) = batches.join_next() => self.learn_batch(pace, &ended),
                () = self.taken_live.notified() => {
                    self.learn_taken_live(pace);
                    return;
                }
                () = self.shared.stop_wanted() => return,
            }
        }
    }

    /// Waits for all that is under way, but for a batch that stalls.
    async fn rest_while_busy(&self, batches: &mut Batches, pace: &mut Pace) {
        let until = Instant::now() + STALLED;
        while !self.shared.is_stopping() && !batches.is_empty() {
            tokio::select! {
                () = tokio::time::sleep_until(until) => return,
                Some(ended) = batches.join_next() => self.learn_batch(pace, &ended),
                () = self.shared.stop_wanted() => return,
            }
        }
    }

    /// The sink took a job that somebody waited for.
    fn learn_taken_live(&self, pace: &mut Pace) {
        pace.taken_live();
        self.note_outage(false);
    }

    fn learn_batch(&self, pace: &mut Pace, ended: &Result<BatchEnd, JoinError>) {
        match ended {
            Ok(BatchEnd::Sent(batch)) => {
                pace.ended(*batch, Instant::now().into_std(), fastrand::f64());
                self.note_outage(pace.is_outage());
                self.learn_from_background(batch.health);
            }
            // A batch that was not sent says nothing.
            Ok(BatchEnd::NotSent { failing }) => pace.broke_off(*failing),
            Err(error) => {
                tracing::error!(sink = %self.name, %error, "a batch broke off; its jobs come back when their leases end");
                pace.broke_off(true);
            }
        }
    }

    /// Takes what is due, and says how long there is nothing more.
    async fn claim(&self, limit: usize, failing_limit: usize) -> (Claimed, Duration) {
        let now = self.shared.clock.now();
        let lease = self.policy.batch_timeout + self.policy.lease_margin;
        let claim = Claim::new(self.name.clone(), now, lease, (limit, failing_limit));
        match self.shared.journal.claim(&claim).await {
            Ok(claimed) => {
                let until_next = claimed.next_due.map(|due| due.duration_since(now).unsigned_abs());
                let sleep = until_next.map_or(IDLE, |span| span.clamp(LEAST_REST, IDLE));
                // Replicas that share a journal do not look all at once.
                (claimed, sleep.mul_f64(0.75 + fastrand::f64() / 2.0))
            }
            Err(error) => {
                tracing::error!(sink = %self.name, %error, "the journal could not be read; trying again");
                (Claimed::default(), IDLE)
            }
        }
    }

    async fn bring(
        self: Arc<Self>,
        leases: Vec<Lease>,
        failing: bool,
        deadline: Deadline,
        under_way: UnderWay,
    ) -> BatchEnd {
        if deadline.remaining().is_zero() {
            let snoozed = self.snoozed(leases);
            self.shared.settle(snoozed, &under_way, &self.wake);
            return BatchEnd::NotSent { failing };
        }
        let (jobs, begun) = (leases.len(), Instant::now().into_std());
        let settled = |outcomes| self.shared.settle(outcomes, &under_way, &self.wake);
        let health = self.attempt(&leases, Urgency::Background, deadline, settled).await;
        BatchEnd::Sent(Ended { jobs, begun, health, failing })
    }
}

/// Runs work to its end; begins it anew when it panics.
pub(super) async fn lasting<F: Future<Output = ()>>(work: impl Fn() -> F) {
    while AssertUnwindSafe(work()).catch_unwind().await.is_err() {
        tracing::error!("the background of the outbox panicked; it goes on");
        tokio::time::sleep(IDLE).await;
    }
}
