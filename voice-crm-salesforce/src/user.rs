//! An integration user of the org: one login, and the budget of API calls that goes with it.

use std::{sync::Arc, time::Duration};

use salesforce_client::{AttemptEnd, Client, Gate};
use voice_crm_core::{
    crm::{Room, Urgency},
    journal::SharedBudget,
};

use crate::budget::{Budget, CallEnd, DayUsage, Purse};

/// A user's client, once for callers and once for what can wait; both spend from one budget.
#[derive(Clone)]
pub(crate) struct User {
    live: Client,
    background: Client,
    purse: Purse,
}

impl User {
    pub(crate) fn new(client: &Client, budget: Budget) -> Self {
        Self::spending(client, Purse::new(budget))
    }

    /// One whose budget is shared with other replicas, under this name.
    pub(crate) async fn sharing(
        client: &Client,
        budget: Budget,
        among: Arc<dyn SharedBudget>,
        name: String,
    ) -> Self {
        Self::spending(client, Purse::shared(budget, among, name).await)
    }

    fn spending(client: &Client, purse: Purse) -> Self {
        let gated = |urgency| client.gated(Arc::new(BudgetGate { purse: purse.clone(), urgency }));
        Self { live: gated(Urgency::Live), background: gated(Urgency::Background), purse }
    }

    pub(crate) fn client(&self, urgency: Urgency) -> &Client {
        match urgency {
            Urgency::Live => &self.live,
            Urgency::Background => &self.background,
        }
    }

    pub(crate) fn room(&self, urgency: Urgency) -> Room {
        self.purse.room(urgency)
    }

    /// How far this user is from being the one to ask: how long it has to wait, and what it has spent.
    pub(crate) fn load(&self, urgency: Urgency) -> (Duration, std::cmp::Reverse<usize>, usize) {
        let room = self.room(urgency);
        (room.wait, std::cmp::Reverse(room.calls), self.purse.under_way())
    }
}

/// The budget, before each attempt of a client.
struct BudgetGate {
    purse: Purse,
    urgency: Urgency,
}

impl Gate for BudgetGate {
    fn admit(&self) -> Result<(), Duration> {
        self.purse.admit(self.urgency)
    }

    fn ended(&self, end: &AttemptEnd) {
        self.purse.ended(&CallEnd {
            answered: end.answered,
            limited: end.limit.is_some(),
            retry_after: end.retry_after,
            usage: end.usage.map(|usage| DayUsage { used: usage.used, allowed: usage.max }),
        });
    }
}
