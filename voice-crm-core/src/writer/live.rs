//! Writes that callers wait for: each at once while the CRM has room, and several in one request when it has not.

use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::oneshot, time::Instant};

use super::{Writer, pace::Health};
use crate::{
    crm::Urgency,
    deadline::Deadline,
    journal::{Lease, Settlement},
};

/// How many writes may wait for a request; beyond it callers hear at once that it is being saved.
const QUEUE: usize = 4_096;
/// How many writes share a request before so many wait that larger shares are worth their time.
const FEW: usize = 32;
/// How many writes one request of many takes; what they point to is looked up in one more.
const PER_REQUEST: usize = 200;
/// So many requests in a row that the CRM did not take mean that it is down.
const DOWN: u32 = 8;
/// How long callers then hear at once that it is being saved, before one of them finds out again.
const RESPITE: Duration = Duration::from_secs(2);

/// What waits, and what is under way.
#[derive(Default)]
pub(super) struct LiveQueue(Mutex<State>);

#[derive(Default)]
struct State {
    waiting: VecDeque<Waiting>,
    requests: usize,
    /// Whether a task waits for more writes to gather.
    gathering: bool,
    last_sent: Option<Instant>,
    failures: u32,
    down_until: Option<Instant>,
}

struct Waiting {
    lease: Lease,
    deadline: Deadline,
    tell: oneshot::Sender<Settlement>,
}

impl LiveQueue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Writer {
    /// Whether it makes sense to try a write while its caller waits.
    pub(super) fn may_try_live(&self) -> bool {
        let room = self.crm.room(Urgency::Live);
        if self.is_stopping() || room.wait > self.policy.live_patience / 2 {
            return false;
        }
        let state = self.live.lock();
        let is_down = state.down_until.is_some_and(|until| Instant::now() < until);
        // In want of requests no more wait than the next one takes: the others would wait in vain.
        let most = if room.gather.is_zero() { QUEUE } else { self.policy.live_batch };
        state.waiting.len() < most && !is_down
    }

    /// Has a write tried in a task of its own, so that a caller who hangs up does not stop it half-way.
    ///
    /// What it came to is told before it is noted down: the note needs another fsync, and a process killed
    /// in between asks the CRM again and finds the same.
    pub(super) fn try_live(
        self: &Arc<Self>,
        lease: Lease,
        deadline: Deadline,
    ) -> oneshot::Receiver<Settlement> {
        let (tell, told) = oneshot::channel();
        let mut state = self.live.lock();
        state.waiting.push_back(Waiting { lease, deadline, tell });
        self.send_on(&mut state);
        told
    }

    /// Starts another request, now or when enough has gathered, unless enough are under way.
    fn send_on(self: &Arc<Self>, state: &mut State) {
        let most = self.policy.live_requests.max(1);
        // From half of them on, only several writes together are worth one more.
        let is_worth_it = state.requests * 2 < most || state.waiting.len() >= FEW;
        if state.waiting.is_empty() || state.requests >= most || !is_worth_it {
            return;
        }
        let room = self.crm.room(Urgency::Live);
        let pause = room.gather.max(room.wait);
        if room.wait > self.policy.live_patience / 2 {
            // Nobody shall wait for what is not to be had in time.
            self.give_back(mem::take(&mut state.waiting));
        } else if pause.is_zero() {
            state.requests += 1;
            tokio::spawn(self.clone().send());
        } else if !state.gathering {
            state.gathering = true;
            let now = Instant::now();
            let at = state.last_sent.map_or(now, |last| last + pause).max(now + room.wait);
            tokio::spawn(self.clone().send_at(at));
        }
    }

    /// Leaves writes to the background; whoever waits for them hears that they are being saved.
    fn give_back(self: &Arc<Self>, waiting: VecDeque<Waiting>) {
        let Some(under_way) = self.begin() else { return };
        let settlements = waiting.into_iter().map(|waiting| self.put_back(waiting.lease)).collect();
        self.settle(settlements, under_way);
    }

    async fn send_at(self: Arc<Self>, at: Instant) {
        tokio::time::sleep_until(at).await;
        {
            let mut state = self.live.lock();
            state.gathering = false;
            state.requests += 1;
        }
        self.send().await;
    }

    /// Sends what waits, share after share, while no more have to gather first.
    async fn send(self: Arc<Self>) {
        loop {
            let Some(share) = self.next_share() else { return };
            // Whoever waits hears of it when the sender is dropped: the next process does it.
            let Some(under_way) = self.begin() else { continue };
            let (late, share): (Vec<_>, Vec<_>) =
                share.into_iter().partition(|waiting| waiting.deadline.remaining().is_zero());
            let mut settlements: Vec<_> =
                late.into_iter().map(|waiting| self.put_back(waiting.lease)).collect();
            settlements.extend(self.try_share(share).await);
            self.settle(settlements, under_way);
        }
    }

    /// Takes the writes for the next request; `None` when this task is not to send any more.
    fn next_share(self: &Arc<Self>) -> Option<Vec<Waiting>> {
        let mut state = self.live.lock();
        let room = self.crm.room(Urgency::Live);
        let due = state.last_sent.is_none_or(|last| last + room.gather <= Instant::now());
        if state.waiting.is_empty() || !room.wait.is_zero() || !due {
            state.requests -= 1;
            self.send_on(&mut state);
            return None;
        }
        state.last_sent = Some(Instant::now());
        // In want of requests all that waits goes together, as far as the requests reach; else each worker takes
        // its part.
        let fair = if room.gather.is_zero() {
            let free = self.policy.live_requests.saturating_sub(state.requests);
            state.waiting.len().div_ceil(free + 1).max(FEW)
        } else {
            room.calls.saturating_sub(1).saturating_mul(PER_REQUEST).max(FEW)
        };
        let size = state.waiting.len().min(fair).min(self.policy.live_batch.max(1));
        Some(state.waiting.drain(..size).collect())
    }

    async fn try_share(&self, share: Vec<Waiting>) -> Vec<(Lease, Settlement)> {
        let Some(deadline) = share.iter().map(|waiting| waiting.deadline).max() else { return Vec::new() };
        let (leases, tells): (Vec<_>, Vec<_>) =
            share.into_iter().map(|waiting| (waiting.lease, waiting.tell)).unzip();
        let trial = self.try_writes(leases, Urgency::Live, deadline).await;
        self.heard(trial.health);
        for (tell, (_, settlement)) in tells.into_iter().zip(&trial.settlements) {
            // Whoever has hung up does not hear it; it stands all the same.
            let _ = tell.send(settlement.clone());
        }
        trial.settlements
    }

    /// Remembers whether the CRM is there at all.
    pub(super) fn heard(&self, health: Health) {
        let mut state = self.live.lock();
        match health {
            Health::Down => {
                state.failures = state.failures.saturating_add(1);
                if state.failures >= DOWN {
                    state.down_until = Some(Instant::now() + RESPITE);
                }
            }
            Health::Well | Health::Mixed => (state.failures, state.down_until) = (0, None),
        }
    }

    /// Nobody waits for this one any more, and it was not sent.
    pub(super) fn put_back(&self, lease: Lease) -> (Lease, Settlement) {
        (lease, Settlement::Retry { at: self.clock.now(), may_exist: false })
    }
}
