//! A sink whose far end does what a test says, and remembers what it was asked.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use voice_crm_outbox::{
    Attempt, Capacity, JobKey, Receipt, Sink, SinkError, SinkErrorKind, Urgency, deadline::Deadline,
};

/// What becomes of an attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Act {
    Take,
    Fail(SinkErrorKind),
    /// It takes effect, and the answer is lost.
    Lose,
    /// Nothing is heard of it.
    Hang,
    /// Its attempt is dropped.
    Drop,
    Panic,
}

/// A request that the sink was asked.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) urgency: Urgency,
    pub(super) jobs: Vec<JobKey>,
}

type Decide = Box<dyn Fn(&Attempt) -> Act + Send + Sync>;
type DecideAll = Box<dyn Fn(&[Attempt]) -> Option<Act> + Send + Sync>;

/// What the far end knows.
pub(super) struct FarEnd {
    each: Decide,
    all: DecideAll,
    /// How long a request takes.
    latency: Duration,
    /// Whether no request may be sent now.
    is_closed: AtomicBool,
    requests: Mutex<Vec<Request>>,
    /// The jobs that took effect, in their order.
    effects: Mutex<Vec<(String, JobKey)>>,
    marked: Mutex<Vec<JobKey>>,
}

impl FarEnd {
    /// A far end that decides on each attempt by itself.
    pub(super) fn each(each: impl Fn(&Attempt) -> Act + Send + Sync + 'static) -> Arc<Self> {
        Self::new(each, |_| None, Duration::from_millis(2))
    }

    /// A far end at which a whole request may come to the same end, and each attempt to its own otherwise.
    pub(super) fn new(
        each: impl Fn(&Attempt) -> Act + Send + Sync + 'static,
        all: impl Fn(&[Attempt]) -> Option<Act> + Send + Sync + 'static,
        latency: Duration,
    ) -> Arc<Self> {
        let (each, all) = (Box::new(each), Box::new(all));
        let (requests, effects, marked) = (Mutex::default(), Mutex::default(), Mutex::default());
        let is_closed = AtomicBool::new(false);
        Arc::new(Self { each, all, latency, is_closed, requests, effects, marked })
    }

    /// Lets no more requests be sent, or lets them be sent again.
    pub(super) fn close(&self, is_closed: bool) {
        self.is_closed.store(is_closed, Ordering::Relaxed);
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// How many attempts were made, of all jobs together.
    pub(super) fn attempts(&self) -> usize {
        self.requests.lock().unwrap().iter().map(|request| request.jobs.len()).sum()
    }

    /// How often a job was tried, and with which urgency.
    pub(super) fn tries(&self, key: JobKey) -> Vec<Urgency> {
        let requests = self.requests.lock().unwrap();
        let tried = requests.iter().filter(|request| request.jobs.contains(&key));
        tried.map(|request| request.urgency).collect()
    }

    /// The jobs that took effect, in their order, with their lanes.
    pub(super) fn effects(&self) -> Vec<(String, JobKey)> {
        self.effects.lock().unwrap().clone()
    }

    /// How often jobs took effect.
    pub(super) fn counts(&self) -> HashMap<JobKey, usize> {
        let mut counts = HashMap::new();
        for (_, key) in self.effects() {
            *counts.entry(key).or_default() += 1;
        }
        counts
    }

    /// Whether an attempt at a job was marked as one that may have been applied.
    pub(super) fn was_marked(&self, key: JobKey) -> bool {
        self.marked.lock().unwrap().contains(&key)
    }

    fn take_effect(&self, attempt: &Attempt) {
        let mut effects = self.effects.lock().unwrap();
        // Whoever is told that it may have been applied looks first; whoever is not told does it.
        if !attempt.may_have_applied() || effects.iter().all(|(_, key)| *key != attempt.key()) {
            effects.push((attempt.lane().as_str().to_owned(), attempt.key()));
        }
    }
}

pub(super) fn receipt(key: JobKey) -> Receipt {
    Receipt::new(format!("receipt of {key}"))
}

#[async_trait]
impl Sink for FarEnd {
    async fn apply(&self, attempts: Vec<Attempt>, urgency: Urgency, _deadline: Deadline) {
        let jobs = attempts.iter().map(Attempt::key).collect();
        self.requests.lock().unwrap().push(Request { urgency, jobs });
        let marked = attempts.iter().filter(|attempt| attempt.may_have_applied()).map(Attempt::key);
        self.marked.lock().unwrap().extend(marked);
        tokio::time::sleep(self.latency).await;
        let (mut hanging, all) = (Vec::new(), (self.all)(&attempts));
        for attempt in attempts {
            match all.unwrap_or_else(|| (self.each)(&attempt)) {
                Act::Take => {
                    self.take_effect(&attempt);
                    let receipt = receipt(attempt.key());
                    attempt.answer(Ok(receipt));
                }
                Act::Fail(kind) => attempt.answer(Err(SinkError::new(kind, "it fails"))),
                Act::Lose => {
                    self.take_effect(&attempt);
                    let late = SinkError::new(SinkErrorKind::Late, "the answer was lost");
                    attempt.answer(Err(late.that_may_have_applied(true)));
                }
                Act::Hang => hanging.push(attempt),
                Act::Drop => drop(attempt),
                Act::Panic => panic!("the sink panics, as the test wants it"),
            }
        }
        if !hanging.is_empty() {
            std::future::pending::<()>().await;
        }
    }

    fn capacity(&self, _urgency: Urgency) -> Capacity {
        if self.is_closed.load(Ordering::Relaxed) {
            Capacity::new(Duration::from_millis(50), 0, Duration::ZERO)
        } else {
            Capacity::AMPLE
        }
    }
}
