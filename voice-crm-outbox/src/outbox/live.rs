//! Jobs that people wait for: each at once while the sink has capacity, and several in one request when it has not.

use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::oneshot, time::Instant};

use super::{pace::Health, worker::Worker};
use crate::{
    Urgency,
    deadline::Deadline,
    journal::{Lease, Outcome},
};

/// How many jobs may wait for a request; beyond it people hear at once that the job is pending.
const QUEUE: usize = 4_096;
/// How many requests begin at once while the sink is far away.
const EAGER: usize = 8;
/// How many begin at once while it is near: it is this machine that is busy then, and several jobs to a request cost it
/// less.
const EAGER_NEARBY: usize = 1;
/// How many may be under way before the sink has shown that it answers; with each answer, one more may be. A sink that
/// hangs has no more than these on its hands.
const UNPROVEN: usize = 16;
/// How long a job waits for one of the eager requests before it gets a request beyond them.
const EAGER_WAIT: Duration = Duration::from_millis(5);
/// How many jobs share a request before so many wait that larger shares are worth their time.
const FEW: usize = 32;
/// How many jobs one request of many takes; what they point to is looked up in one more.
const PER_REQUEST: usize = 200;
/// So many requests in a row that the sink did not take mean that it is down.
const DOWN: u32 = 8;
/// How long people then hear at once that the job is pending, before one of them finds out again.
const DOWN_TIME: Duration = Duration::from_secs(2);
/// A sink whose requests take longer than this is far away: waiting for others costs a person more than a request costs
/// the sink.
const FAR: Duration = Duration::from_millis(20);

/// What waits, and what is under way.
#[derive(Default)]
pub(super) struct LiveQueue(Mutex<State>);

#[derive(Default)]
struct State {
    waiting: VecDeque<Waiting>,
    requests: usize,
    /// How many requests more than [`UNPROVEN`] may be under way.
    proven: usize,
    /// Whether a task waits for more jobs to gather.
    gathering: bool,
    last_sent: Option<Instant>,
    /// How long a request takes at least, of late.
    latency: Duration,
    failures: u32,
    down_until: Option<Instant>,
}

struct Waiting {
    lease: Lease,
    since: Instant,
    deadline: Deadline,
    tell: oneshot::Sender<Outcome>,
}

impl LiveQueue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The sink takes jobs.
    fn is_there(&mut self) {
        (self.failures, self.down_until) = (0, None);
    }

    fn is_down(&self, now: Instant) -> bool {
        self.down_until.is_some_and(|until| now < until)
    }

    /// Whether requests to the sink take long. As long as nobody knows, they do not: the first request after a start finds
    /// out, and those behind it share the next.
    fn is_far(&self) -> bool {
        self.latency > FAR
    }

    /// How many requests may be under way.
    fn most(&self, most: usize) -> usize {
        most.clamp(1, UNPROVEN + self.proven)
    }

    /// How many requests begin at once.
    fn eager(&self) -> usize {
        if self.is_far() { EAGER } else { EAGER_NEARBY }
    }

    /// How many jobs the next request takes, while requests are ample: each its own where the way is long, and all that
    /// wait where it is short.
    fn share(&self, most: usize) -> usize {
        let (waiting, free) = (self.waiting.len(), most.saturating_sub(self.requests));
        match (self.is_far(), waiting <= free) {
            (false, _) => waiting,
            (true, true) => 1,
            (true, false) => waiting.div_ceil(free + 1).max(FEW),
        }
    }

    /// Remembers whether the sink is there at all, and how long it takes to answer.
    fn learn(&mut self, health: Health, took: Duration, now: Instant, most: usize) {
        match health {
            Health::Failing => {
                (self.failures, self.proven) = (self.failures.saturating_add(1), 0);
                if self.failures >= DOWN {
                    self.down_until = Some(now + DOWN_TIME);
                }
            }
            Health::Healthy | Health::Mixed => {
                self.is_there();
                self.proven = (self.proven + 1).min(most);
                // The shortest of late: a longer one may have waited for this machine and not for the sink.
                let drifted = self.latency + self.latency / 32;
                self.latency = if self.latency.is_zero() { took } else { took.min(drifted) };
            }
            Health::Unknown => {}
        }
    }
}

/// The place of a request among those under way, for as long as its task runs.
struct Place<'a>(&'a Arc<Worker>);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.0.live.lock();
        state.requests -= 1;
        // What made this task panic may do so again.
        if !std::thread::panicking() {
            self.0.send_on(&mut state);
        }
    }
}

impl Worker {
    /// Whether it makes sense to try a job while somebody waits.
    pub(super) fn may_try_live(&self) -> bool {
        self.takes_live(&self.live.lock())
    }

    fn takes_live(&self, state: &State) -> bool {
        let capacity = self.sink.capacity(Urgency::Live);
        if self.shared.is_stopping() || capacity.wait > self.policy.live_timeout / 2 {
            return false;
        }
        // What the background finds may be due to its jobs alone, so one person at a time still finds out.
        let is_found_out = self.is_outage() && (state.requests > 0 || !state.waiting.is_empty());
        let most = self.most_waiting(capacity.linger);
        state.waiting.len() < most && !state.is_down(Instant::now()) && !is_found_out
    }

    /// How many may wait. While requests are scarce no more do than the next ones take in time: the others would wait in
    /// vain.
    fn most_waiting(&self, linger: Duration) -> usize {
        if linger.is_zero() {
            return QUEUE;
        }
        let requests = (self.policy.live_timeout / 2).as_nanos() / linger.as_nanos();
        let requests = usize::try_from(requests).unwrap_or(usize::MAX).max(1);
        self.policy.live_batch.saturating_mul(requests).min(QUEUE)
    }

    /// Has a job tried in a task of its own, so that whoever hangs up does not stop it half-way.
    ///
    /// What became of it is told before it is noted down: the note needs another fsync, and a process killed in between
    /// asks the sink again and finds the same.
    pub(super) fn try_live(self: &Arc<Self>, lease: Lease, deadline: Deadline) -> oneshot::Receiver<Outcome> {
        let (tell, told) = oneshot::channel();
        let mut state = self.live.lock();
        // Others may have come while the journal took this one in.
        if !self.takes_live(&state) {
            self.give_back([lease]);
            return told;
        }
        self.shared.in_flight.begin(lease.key());
        state.waiting.push_back(Waiting { lease, since: Instant::now(), deadline, tell });
        self.send_on(&mut state);
        told
    }

    /// Starts another request, now or when enough has gathered, unless enough are under way.
    fn send_on(self: &Arc<Self>, state: &mut State) {
        let most = state.most(self.policy.live_requests);
        let Some(first) = state.waiting.front() else { return };
        if state.requests >= most {
            return;
        }
        let capacity = self.sink.capacity(Urgency::Live);
        if capacity.wait > self.policy.live_timeout / 2 {
            // The sink has no capacity in time, so nobody waits for it.
            return self.give_back(mem::take(&mut state.waiting).into_iter().map(|waiting| waiting.lease));
        }
        let now = Instant::now();
        let pause = capacity.linger.max(capacity.wait);
        let at = if !pause.is_zero() {
            state.last_sent.map_or(now, |last| last + pause).max(now + capacity.wait)
        } else if state.requests < state.eager().min(most) || state.waiting.len() >= FEW {
            now
        } else {
            // As long as a request would be under way to a sink that is far.
            first.since + if state.is_far() { EAGER_WAIT } else { FAR }
        };
        if at <= now && pause.is_zero() {
            state.requests += 1;
            tokio::spawn(self.clone().send());
        } else if !state.gathering {
            state.gathering = true;
            tokio::spawn(self.clone().send_at(at));
        }
    }

    /// Leaves jobs to the background; whoever waits for them hears that they are pending.
    fn give_back(&self, leases: impl IntoIterator<Item = Lease>) {
        let Some(under_way) = self.shared.begin() else { return };
        let snoozed = self.snoozed(leases);
        self.shared.settle(snoozed, &under_way, &self.wake);
    }

    async fn send_at(self: Arc<Self>, at: Instant) {
        tokio::time::sleep_until(at).await;
        {
            let mut state = self.live.lock();
            state.gathering = false;
            if state.requests >= state.most(self.policy.live_requests) {
                // The next that ends goes on with what waits.
                return;
            }
            state.requests += 1;
        }
        self.send().await;
    }

    /// Sends what waits, share after share, while no more have to gather first.
    async fn send(self: Arc<Self>) {
        let _place = Place(&self);
        while let Some(share) = self.next_share() {
            // Whoever waits hears of it when the sender is dropped: the next process does it.
            let Some(under_way) = self.shared.begin() else { continue };
            let (late, share): (Vec<_>, Vec<_>) =
                share.into_iter().partition(|waiting| waiting.deadline.remaining().is_zero());
            let snoozed = self.snoozed(late.into_iter().map(|waiting| waiting.lease));
            self.shared.settle(snoozed, &under_way, &self.wake);
            let Some(deadline) = share.iter().map(|waiting| waiting.deadline).max() else { continue };
            let (leases, mut tells): (Vec<_>, Vec<_>) =
                share.into_iter().map(|waiting| (waiting.lease, Some(waiting.tell))).unzip();
            let begun = Instant::now();
            let settled = |outcomes: Vec<(Lease, Outcome)>| {
                for (lease, outcome) in &outcomes {
                    self.shared.in_flight.heard(lease.key(), outcome);
                    let place = leases.iter().position(|known| known.key() == lease.key());
                    if let Some(tell) = place.and_then(|place| tells.get_mut(place)?.take()) {
                        // Whoever has hung up does not hear it; it stands all the same.
                        let _ = tell.send(outcome.clone());
                    }
                }
                self.shared.settle(outcomes, &under_way, &self.wake);
            };
            let health = self.attempt(&leases, Urgency::Live, deadline, settled).await;
            self.learn_live(health, begun.elapsed());
        }
    }

    /// Takes the jobs for the next request; `None` when this task has nothing more to send.
    fn next_share(self: &Arc<Self>) -> Option<Vec<Waiting>> {
        let mut state = self.live.lock();
        let capacity = self.sink.capacity(Urgency::Live);
        let due = state.last_sent.is_none_or(|last| last + capacity.linger <= Instant::now());
        if state.waiting.is_empty() || !capacity.wait.is_zero() || !due {
            return None;
        }
        state.last_sent = Some(Instant::now());
        // While requests are scarce all that waits goes together, as far as the requests reach; else each goes alone or
        // each worker takes its part.
        let share = if capacity.linger.is_zero() {
            state.share(state.most(self.policy.live_requests))
        } else {
            capacity.requests.saturating_sub(1).saturating_mul(PER_REQUEST).max(FEW)
        };
        let size = state.waiting.len().min(share).min(self.policy.live_batch.max(1));
        let share = state.waiting.drain(..size).collect();
        self.send_on(&mut state);
        Some(share)
    }

    fn learn_live(&self, health: Health, took: Duration) {
        self.live.lock().learn(health, took, Instant::now(), self.policy.live_requests);
        if matches!(health, Health::Healthy | Health::Mixed) && self.is_outage() {
            self.taken_live.notify_one();
        }
    }

    /// The background has found out that the sink is there. That it finds it to be down says less: all its jobs may have
    /// failed for reasons of their own.
    pub(super) fn learn_from_background(&self, health: Health) {
        if matches!(health, Health::Healthy | Health::Mixed) {
            self.live.lock().is_there();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Job, JobKey, Lane, SinkName, journal::LeasedJob};

    const MOST: usize = 64;
    const QUICK: Duration = Duration::from_millis(2);
    const SLOW: Duration = Duration::from_millis(50);

    fn waiting(number: u8) -> Waiting {
        let lane = Lane::new(&SinkName::new("sink").unwrap(), "lane");
        let job = Job::new(JobKey::from_bytes([number; 16]), lane, "kind", "body");
        let lease = Lease::new((1, 1), LeasedJob::first(&job, Vec::new(), None, jiff::Timestamp::UNIX_EPOCH));
        let (tell, _) = oneshot::channel();
        Waiting { lease, since: Instant::now(), deadline: Deadline::after(SLOW), tell }
    }

    fn learnt(answers: usize, took: Duration) -> State {
        let mut state = State::default();
        (0..answers).for_each(|_| state.learn(Health::Healthy, took, Instant::now(), MOST));
        state
    }

    #[test]
    fn a_sink_gets_sixteen_requests_until_it_answers_one_more_with_each_answer_and_sixteen_after_a_failure() {
        assert_eq!(State::default().most(MOST), UNPROVEN);
        assert_eq!(learnt(10, SLOW).most(MOST), UNPROVEN + 10);
        let mut state = learnt(200, SLOW);
        assert_eq!((state.most(MOST), state.most(0)), (MOST, 1));
        state.learn(Health::Failing, SLOW, Instant::now(), MOST);
        assert_eq!(state.most(MOST), UNPROVEN);
    }

    #[test]
    fn jobs_go_alone_to_a_far_sink_that_has_room_and_together_to_a_near_one() {
        for (took, waits, under_way, share) in
            [(SLOW, 10, 0, 1), (SLOW, 10, 60, FEW), (SLOW, 250, 60, 50), (QUICK, 250, 0, 250)]
        {
            let mut state = learnt(100, took);
            state.waiting.extend((0..waits).map(waiting));
            state.requests = under_way;
            assert_eq!(state.share(MOST), share, "{waits} wait, {under_way} are under way, {took:?}");
        }
        assert!(!State::default().is_far(), "nobody knows yet");
    }

    #[test]
    fn a_failure_says_nothing_of_how_far_the_sink_is() {
        let mut state = learnt(3, SLOW);
        state.learn(Health::Failing, Duration::from_micros(100), Instant::now(), MOST);
        assert!(state.is_far());
        // One slow answer does not make a near one far.
        let mut state = learnt(3, QUICK);
        state.learn(Health::Healthy, SLOW, Instant::now(), MOST);
        assert!(!state.is_far());
    }

    #[test]
    fn eight_failures_in_a_row_are_a_pause_and_one_answer_ends_it() {
        let (mut state, now) = (State::default(), Instant::now());
        for failures in 1..=DOWN {
            assert!(!state.is_down(now), "after {} failures", failures - 1);
            state.learn(Health::Failing, QUICK, now, MOST);
        }
        assert!(state.is_down(now) && !state.is_down(now + DOWN_TIME));
        state.learn(Health::Mixed, QUICK, now, MOST);
        assert!(!state.is_down(now));
    }
}
