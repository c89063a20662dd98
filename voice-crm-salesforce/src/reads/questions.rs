//! Questions of functions to the org: the same one is asked once, answers are remembered for a moment, and different ones
//! share a request while requests are scarce.

use std::{
    fmt, mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use moka::future::Cache;
use salesforce_client::{Client, Composite, ErrorKind, Page, Soql};
use serde_json::value::RawValue;
use tokio::{sync::oneshot, time::Instant};
use voice_crm_core::crm::{CallTag, Capacity, CrmError, CrmErrorKind, ReadOptions};

use crate::failure::classify;

/// How many requests are under way at once; what is asked meanwhile shares the next.
const REQUESTS: usize = 8;
/// How many queries one composite request takes ("Composite", REST API Developer Guide).
const SHARE: usize = 5;
/// How much text of answers is remembered, in bytes.
const MEMORY: u64 = 16 * 1024 * 1024;

/// The rows of an answer.
pub(crate) type RawRows = Arc<[Box<RawValue>]>;

/// Whom the questions go to.
pub(crate) trait Asked: Send + Sync + 'static {
    /// The client for a read of this call.
    fn client(&self, call: Option<CallTag>) -> Client;

    /// How much may be asked now.
    fn capacity(&self) -> Capacity;
}

/// The questions of functions.
#[derive(Clone)]
pub(crate) struct Questions {
    state: Arc<Mutex<State>>,
    /// By the number of the last write, and the whole text of the query.
    answers: Cache<String, RawRows>,
    writes: Arc<AtomicU64>,
}

#[derive(Default)]
struct State {
    waiting: Vec<Waiting>,
    requests: usize,
    last_sent: Option<Instant>,
}

struct Waiting {
    soql: Soql,
    options: ReadOptions,
    answer: oneshot::Sender<Result<RawRows, CrmError>>,
}

impl Questions {
    /// Remembers each answer for `memory`.
    pub(crate) fn new(memory: Duration) -> Self {
        let weigh = |text: &String, rows: &RawRows| {
            let bytes = text.len() + rows.iter().map(|row| row.get().len()).sum::<usize>();
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        let answers = Cache::builder().max_capacity(MEMORY).weigher(weigh).time_to_live(memory);
        Self { state: Arc::default(), answers: answers.build(), writes: Arc::default() }
    }

    /// Forgets all answers: something was written.
    pub(crate) fn forget(&self) {
        // What is being asked now may be answered from before the write, so it is not found any more either.
        self.writes.fetch_add(1, Ordering::AcqRel);
    }

    /// The rows that a query finds.
    pub(crate) async fn ask(
        &self,
        org: &Arc<impl Asked>,
        soql: Soql,
        options: ReadOptions,
    ) -> Result<RawRows, CrmError> {
        let text = soql.render().map_err(classify)?;
        loop {
            let key = format!("{} {text}", self.writes.load(Ordering::Acquire));
            let asked = self.answers.try_get_with(key, self.send(org, soql.clone(), options));
            let late = || CrmError::new(CrmErrorKind::Late, "the org did not answer by the deadline");
            let asked = tokio::time::timeout_at(options.deadline.instant().into(), asked);
            let answer = asked.await.map_err(|_| late())?;
            match answer {
                // It was somebody else's deadline; there is still time.
                Err(error)
                    if error.kind() == CrmErrorKind::Late && !options.deadline.remaining().is_zero() => {}
                answer => return answer.map_err(|shared: Arc<CrmError>| shared.again()),
            }
        }
    }

    async fn send(
        &self,
        org: &Arc<impl Asked>,
        soql: Soql,
        options: ReadOptions,
    ) -> Result<RawRows, CrmError> {
        let (answer, answered) = oneshot::channel();
        {
            let mut state = self.state();
            state.waiting.push(Waiting { soql, options, answer });
            if state.requests < most(org.as_ref()) {
                state.requests += 1;
                tokio::spawn(self.clone().work(org.clone()));
            }
        }
        let unheard = || CrmError::new(CrmErrorKind::Unavailable, "the query ended without an answer");
        answered.await.unwrap_or_else(|_| Err(unheard()))
    }

    /// Asks until nobody waits; in a task of its own, so that who hangs up takes no other's answer along.
    async fn work(self, org: Arc<impl Asked>) {
        let _end = End { questions: &self, org: &org };
        loop {
            tokio::time::sleep_until(self.due(org.as_ref())).await;
            let mut share = {
                let mut state = self.state();
                if state.waiting.is_empty() {
                    return;
                }
                let some = share_of(state.waiting.len(), &org.capacity());
                let rest = state.waiting.split_off(some);
                state.last_sent = Some(Instant::now());
                mem::replace(&mut state.waiting, rest)
            };
            share.retain(|waiting| !waiting.answer.is_closed());
            let Some(options) = shared_options(&share) else { continue };
            let client = org.client(options.call);
            let queries: Vec<Soql> = share.iter().map(|waiting| waiting.soql.clone()).collect();
            for (waiting, found) in share.into_iter().zip(run(&client, queries, options).await) {
                // Whoever has hung up does not hear it.
                let _ = waiting.answer.send(found);
            }
        }
    }

    /// When the next request may be sent: at once, unless requests are scarce.
    fn due(&self, org: &impl Asked) -> Instant {
        let linger = org.capacity().linger;
        let now = Instant::now();
        if linger.is_zero() { now } else { self.state().last_sent.map_or(now, |last| last + linger) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many requests may be under way. In want of requests it is one at a time.
fn most(org: &impl Asked) -> usize {
    let capacity = org.capacity();
    if capacity.linger.is_zero() { REQUESTS.min(for_questions(&capacity)) } else { 1 }
}

/// How many of those that wait the next request takes: one alone is sooner answered, so that nobody shares while requests
/// are ample.
fn share_of(waiting: usize, capacity: &Capacity) -> usize {
    let share = if capacity.linger.is_zero() { waiting.div_ceil(for_questions(capacity)) } else { SHARE };
    waiting.min(share.clamp(1, SHARE))
}

/// How many of the free requests questions may take: a part, so that they leave some for writes.
fn for_questions(capacity: &Capacity) -> usize {
    (capacity.requests / 4).max(1)
}

/// One task less asks, however it ended.
struct End<'a, O: Asked> {
    questions: &'a Questions,
    org: &'a Arc<O>,
}

impl<O: Asked> Drop for End<'_, O> {
    fn drop(&mut self) {
        let mut state = self.questions.state();
        state.requests -= 1;
        if !state.waiting.is_empty() && state.requests < most(self.org.as_ref()) {
            state.requests += 1;
            tokio::spawn(self.questions.clone().work(self.org.clone()));
        }
    }
}

/// The options of the request that these share: the last of their deadlines, and their call if all have the same one.
fn shared_options(share: &[Waiting]) -> Option<ReadOptions> {
    let (first, rest) = share.split_first()?;
    Some(rest.iter().fold(first.options, |mut shared, waiting| {
        shared.deadline = shared.deadline.max(waiting.options.deadline);
        shared.call = shared.call.filter(|call| waiting.options.call == Some(*call));
        shared
    }))
}

/// Runs queries in one request where they can share one; gives an answer for each.
async fn run(client: &Client, queries: Vec<Soql>, options: ReadOptions) -> Vec<Result<RawRows, CrmError>> {
    let mut composite = Composite::new();
    // One that cannot be part of a composite request is sent by itself.
    let parts: Vec<_> = queries
        .iter()
        .enumerate()
        .map(|(place, soql)| composite.query::<Box<RawValue>>(&format!("q{place}"), soql.clone()).ok())
        .collect();
    let answers = if composite.len() > 1 {
        Some(client.composite(composite).deadline(options.deadline.instant()).await)
    } else {
        None
    };
    let mut found = Vec::with_capacity(queries.len());
    for (soql, part) in queries.into_iter().zip(parts) {
        found.push(match (&answers, part) {
            (Some(Ok(answers)), Some(part)) => whole(answers.get(&part)),
            // One of them spoilt the request for the others.
            (Some(Err(error)), Some(_)) if !is_of_one(error) => Err(classify(error.clone())),
            _ => whole(client.query(soql).deadline(options.deadline.instant()).await),
        });
    }
    found
}

/// Whether the org, or the client, refuses a request for what is in it.
fn is_of_one(error: &salesforce_client::Error) -> bool {
    matches!(error.kind(), ErrorKind::Rejected | ErrorKind::InvalidRequest)
}

/// A result that is a page is told whole; of a longer one nothing is told, since what is left out would be taken for
/// absent.
fn whole(page: salesforce_client::Result<Page<Box<RawValue>>>) -> Result<RawRows, CrmError> {
    let page = page.map_err(classify)?;
    if page.done {
        return Ok(page.records.into());
    }
    let detail = "the query finds more rows than a page holds: put a LIMIT into it";
    Err(CrmError::new(CrmErrorKind::Refused, detail).with_code("TOO_MANY_ROWS"))
}

impl fmt::Debug for Questions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Questions").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_share_requests_as_soon_as_there_are_too_few_for_all() {
        let free = |requests| Capacity::new(Duration::ZERO, requests, Duration::ZERO);
        assert_eq!(share_of(12, &Capacity::AMPLE), 1);
        assert_eq!(share_of(12, &free(100)), 1);
        assert_eq!(share_of(12, &free(16)), 3);
        assert_eq!(share_of(12, &free(4)), 5);
        assert_eq!(share_of(2, &free(0)), 2);
        let scarce = Capacity::new(Duration::ZERO, 100, Duration::from_millis(50));
        assert_eq!((share_of(12, &scarce), share_of(3, &scarce)), (5, 3));
    }
}
