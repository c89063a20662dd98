//! The budget of one user as it stands: of one process, saved for the next one, or shared with others.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use tokio::sync::watch;
use voice_crm_core::{
    clock::Clock,
    crm::{CallTag, Capacity, Urgency},
    outbox::{
        budget_share::{ShareRequest, SharedBudget},
        store::Store,
    },
};

use crate::budget::{Budget, CallEnd, ledger::Ledger, saved::SavedSpending, share::Share};

/// How long the first agreement is waited for before work begins without one.
const FIRST_WORD: Duration = Duration::from_secs(5);
/// How often what was spent is written down at most. What a process spends in its last moments is not known to the next.
const SAVE_INTERVAL: Duration = Duration::from_millis(50);
/// How often in a window it is written down anew while a call is under way, which takes its place until it has ended.
const REFRESHES: u32 = 4;

/// The budget of one user, as it stands; clones spend from the same.
#[derive(Clone)]
pub(crate) struct BudgetHandle(Arc<Mutex<State>>);

struct State {
    ledger: Ledger,
    /// Where others spend from the same budget.
    share: Option<Share>,
    /// Tells that something was spent, where that is written down.
    spending: Option<watch::Sender<()>>,
}

impl State {
    fn tell_spending(&self) {
        if let Some(spending) = &self.spending {
            spending.send_replace(());
        }
    }
}

/// What replicas agree by, and under which name.
struct Agreement {
    among: Arc<dyn SharedBudget>,
    budget: String,
    replica: [u8; 16],
}

impl BudgetHandle {
    pub(crate) fn new(budget: Budget) -> Self {
        let ledger = Ledger::new(budget.calls, budget.window);
        Self(Arc::new(Mutex::new(State { ledger, share: None, spending: None })))
    }

    /// A handle that begins with what the process before it had spent, and writes down what it spends.
    pub(crate) async fn saved(
        budget: Budget,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        name: &str,
    ) -> Self {
        let handle = Self::new(budget);
        if budget.calls.is_none() {
            return handle;
        }
        let saved = SavedSpending::new(store, clock, name, budget.window);
        let spent_before = saved.read().await;
        handle.state().ledger.take(&spent_before, now());
        let (spending, spent) = watch::channel(());
        handle.state().spending = Some(spending);
        tokio::spawn(keep_saving(Arc::downgrade(&handle.0), spent, saved, budget.window / REFRESHES));
        handle
    }

    /// A handle that spends only from its share of what all replicas have together. It has one when this returns,
    /// unless nothing could be agreed on so soon.
    pub(crate) async fn shared(budget: Budget, among: Arc<dyn SharedBudget>, name: String) -> Self {
        let handle = Self::new(budget);
        let Some(calls) = budget.calls else { return handle };
        handle.state().share = Some(Share::new(calls, budget.window));
        let mut agreement = Agreement { among, budget: name, replica: [0; 16] };
        fastrand::fill(&mut agreement.replica);
        // Without a word there is no share yet, and the task below goes on asking for one.
        let _ = tokio::time::timeout(FIRST_WORD, handle.agree(&agreement)).await;
        tokio::spawn(keep_agreeing(Arc::downgrade(&handle.0), agreement));
        handle
    }

    /// Lets a request through, for a telephone call if it is for one, or says how long until it may pass.
    pub(crate) fn admit(&self, urgency: Urgency, call: Option<CallTag>) -> Result<(), Duration> {
        let mut state = self.up_to_date(now());
        state.ledger.admit(urgency, call, now())?;
        state.tell_spending();
        Ok(())
    }

    /// Notes that a call which was let through has ended.
    pub(crate) fn ended(&self, end: &CallEnd) {
        let mut state = self.state();
        state.ledger.ended(end, now());
        state.tell_spending();
    }

    pub(crate) fn capacity(&self, urgency: Urgency) -> Capacity {
        let mut state = self.up_to_date(now());
        let mut capacity = state.ledger.capacity(urgency, now());
        if let (Some(share), Urgency::Background) = (&state.share, urgency) {
            // The share may have grown by then.
            capacity.wait = capacity.wait.min(share.interval());
        }
        capacity
    }

    /// How many calls are under way.
    pub(crate) fn under_way(&self) -> usize {
        self.state().ledger.under_way()
    }

    /// Agrees with the others once; says when to do so again.
    async fn agree(&self, agreement: &Agreement) -> Duration {
        let begun = now();
        let Some((request, interval)) = self.request(agreement, begun) else { return FIRST_WORD };
        match agreement.among.agree(&request).await {
            Ok(granted) => {
                let mut state = self.state();
                let in_use = state.ledger.in_use(now());
                if let Some(share) = &mut state.share {
                    share.agreed(granted, in_use, begun + request.lease);
                }
            }
            Err(error) => tracing::warn!(%error, "replicas cannot agree on their shares of the budget"),
        }
        interval
    }

    fn request<'a>(&self, agreement: &'a Agreement, now: Instant) -> Option<(ShareRequest<'a>, Duration)> {
        let mut state = self.state();
        let in_use = state.ledger.in_use(now);
        let share = state.share.as_mut()?;
        Some((share.request(&agreement.budget, agreement.replica, in_use, now), share.interval()))
    }

    /// The state, with as many calls as the share holds now.
    fn up_to_date(&self, now: Instant) -> MutexGuard<'_, State> {
        let mut state = self.state();
        if let Some(limit) = state.share.as_mut().map(|share| share.limit(now)) {
            state.ledger.allot(limit);
        }
        state
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Agrees again and again, until nobody has the handle any more.
async fn keep_agreeing(state: Weak<Mutex<State>>, agreement: Agreement) {
    while let Some(handle) = state.upgrade().map(BudgetHandle) {
        let interval = handle.agree(&agreement).await;
        drop(handle);
        tokio::time::sleep(interval).await;
    }
}

/// Writes down what was spent whenever that has changed, and now and then while a call is under way, until nobody has the
/// handle any more.
async fn keep_saving(
    state: Weak<Mutex<State>>,
    mut spent: watch::Receiver<()>,
    saved: SavedSpending,
    refresh: Duration,
) {
    let mut is_failing = false;
    loop {
        let Some(is_busy) = state.upgrade().map(|state| BudgetHandle(state).under_way() > 0) else { return };
        let changed = spent.changed();
        let told = if is_busy {
            tokio::time::timeout(refresh, changed).await.unwrap_or(Ok(()))
        } else {
            changed.await
        };
        let (Ok(()), Some(handle)) = (told, state.upgrade().map(BudgetHandle)) else { return };
        let taken = handle.state().ledger.spent(now());
        drop(handle);
        let written = saved.write(&taken).await;
        if let Err(error) = &written {
            // Once is enough for the operator: the journal beside it fails as well, and says more.
            if is_failing {
                tracing::debug!(%error, "what was spent of the budget is still not written down");
            } else {
                tracing::warn!(%error, "what was spent of the budget is not written down");
            }
        }
        is_failing = written.is_err();
        tokio::time::sleep(SAVE_INTERVAL).await;
    }
}

/// Tokio's clock, so that a test with paused time moves the window along.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

impl fmt::Debug for BudgetHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BudgetHandle").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use tokio::time::{Instant as TokioInstant, sleep};
    use voice_crm_core::outbox::store::MemoryStore;

    use super::*;

    const WINDOW: Duration = Duration::from_secs(20);

    /// A clock that goes with the paused time of a test.
    struct TestClock(TokioInstant);

    impl Clock for TestClock {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH.checked_add(self.0.elapsed()).unwrap()
        }
    }

    /// A call of 5 s, and one of 50 s: the next process knows of each as long as its place is taken.
    #[tokio::test(start_paused = true)]
    async fn a_place_is_taken_for_the_next_process_until_a_window_after_its_call_ended() {
        for lasting in [5, 50].map(Duration::from_secs) {
            let (store, clock) = (Arc::new(MemoryStore::new()), Arc::new(TestClock(TokioInstant::now())));
            let start = async || {
                BudgetHandle::saved(Budget::new(10, WINDOW), store.clone(), clock.clone(), "user").await
            };
            let free = |handle: &BudgetHandle| handle.capacity(Urgency::Live).requests;
            let handle = start().await;
            handle.admit(Urgency::Live, None).unwrap();
            sleep(lasting).await;
            assert_eq!(free(&start().await), 9, "it is under way");
            handle.ended(&CallEnd { answered: true, ..CallEnd::default() });
            sleep(Duration::from_millis(100)).await;
            drop(handle);
            sleep(WINDOW / 10 * 9).await;
            assert_eq!(free(&start().await), 9, "it is still in the window");
            sleep(WINDOW / 5).await;
            assert_eq!(free(&start().await), 10);
        }
    }
}
