//! The budget of one user as it stands, alone or shared with other replicas.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use voice_crm_core::{
    crm::{Room, Urgency},
    journal::{ShareRequest, SharedBudget},
};

use crate::budget::{Budget, CallEnd, ledger::Ledger, share::Share};

/// How long the first agreement is waited for before work begins without one.
const FIRST_WORD: Duration = Duration::from_secs(5);

/// The budget of one user, as it stands; clones spend from the same.
#[derive(Clone)]
pub(crate) struct Purse(Arc<Mutex<Account>>);

struct Account {
    ledger: Ledger,
    /// Where others spend from the same budget.
    share: Option<Share>,
}

/// What replicas agree by, and under which name.
struct Circle {
    among: Arc<dyn SharedBudget>,
    budget: String,
    replica: [u8; 16],
}

impl Purse {
    pub(crate) fn new(budget: Budget) -> Self {
        let ledger = Ledger::new(budget.calls, budget.window);
        Self(Arc::new(Mutex::new(Account { ledger, share: None })))
    }

    /// A purse that spends only from its share of what all replicas have together. It has one when this returns,
    /// unless nothing could be agreed on so soon.
    pub(crate) async fn shared(budget: Budget, among: Arc<dyn SharedBudget>, name: String) -> Self {
        let purse = Self::new(budget);
        let Some(calls) = budget.calls else { return purse };
        purse.account().share = Some(Share::new(calls, budget.window));
        let mut circle = Circle { among, budget: name, replica: [0; 16] };
        fastrand::fill(&mut circle.replica);
        // Without a word there is no share yet, and the task below goes on asking for one.
        let _ = tokio::time::timeout(FIRST_WORD, purse.agree(&circle)).await;
        tokio::spawn(keep_agreeing(Arc::downgrade(&purse.0), circle));
        purse
    }

    /// Lets a call through, or says how long until one may pass.
    pub(crate) fn admit(&self, urgency: Urgency) -> Result<(), Duration> {
        self.up_to_date(now()).ledger.admit(urgency, now())
    }

    /// Notes that a call which was let through has ended.
    pub(crate) fn ended(&self, end: &CallEnd) {
        self.account().ledger.ended(end, now());
    }

    pub(crate) fn room(&self, urgency: Urgency) -> Room {
        let mut account = self.up_to_date(now());
        let mut room = account.ledger.room(urgency, now());
        if let (Some(share), Urgency::Background) = (&account.share, urgency) {
            // The share may have grown by then.
            room.wait = room.wait.min(share.interval());
        }
        room
    }

    /// How many calls are under way.
    pub(crate) fn under_way(&self) -> usize {
        self.account().ledger.under_way()
    }

    /// Agrees with the others once; says when to do so again.
    async fn agree(&self, circle: &Circle) -> Duration {
        let begun = now();
        let Some((request, interval)) = self.request(circle, begun) else { return FIRST_WORD };
        match circle.among.agree(&request).await {
            Ok(granted) => {
                let mut account = self.account();
                let in_use = account.ledger.in_use(now());
                if let Some(share) = &mut account.share {
                    share.agreed(granted, in_use, begun + request.lease);
                }
            }
            Err(error) => tracing::warn!(%error, "replicas cannot agree on their shares of the budget"),
        }
        interval
    }

    fn request<'a>(&self, circle: &'a Circle, now: Instant) -> Option<(ShareRequest<'a>, Duration)> {
        let mut account = self.account();
        let in_use = account.ledger.in_use(now);
        let share = account.share.as_mut()?;
        Some((share.request(&circle.budget, circle.replica, in_use, now), share.interval()))
    }

    /// The account, with as many calls as the share holds now.
    fn up_to_date(&self, now: Instant) -> MutexGuard<'_, Account> {
        let mut account = self.account();
        if let Some(limit) = account.share.as_mut().map(|share| share.limit(now)) {
            account.ledger.allot(limit);
        }
        account
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Agrees again and again, until nobody has the purse any more.
async fn keep_agreeing(account: Weak<Mutex<Account>>, circle: Circle) {
    while let Some(purse) = account.upgrade().map(Purse) {
        let interval = purse.agree(&circle).await;
        drop(purse);
        tokio::time::sleep(interval).await;
    }
}

/// Tokio's clock, so that a test with paused time moves the window along.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

impl fmt::Debug for Purse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Purse").finish_non_exhaustive()
    }
}
