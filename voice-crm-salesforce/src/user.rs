//! An integration user of the org: one login, and the budget of API calls that goes with it.

use std::{sync::Arc, time::Duration};

use salesforce_client::{AttemptEnd, Client, Gate};
use voice_crm_core::{
    clock::SystemClock,
    crm::{CallTag, Capacity, Urgency},
    outbox::{budget_share::SharedBudget, store::Store},
};

use crate::budget::{Budget, BudgetHandle, CallEnd, DayUsage};

/// A user's client and budget.
#[derive(Clone)]
pub(crate) struct User {
    client: Client,
    budget: BudgetHandle,
}

impl User {
    pub(crate) fn new(client: Client, budget: Budget) -> Self {
        Self { client, budget: BudgetHandle::new(budget) }
    }

    /// The user with another budget.
    pub(crate) fn with_budget(&self, budget: Budget) -> Self {
        Self::new(self.client.clone(), budget)
    }

    /// The user with a budget whose spending is saved under this name.
    pub(crate) async fn with_saved_budget(&self, budget: Budget, store: Arc<dyn Store>, name: &str) -> Self {
        Self {
            client: self.client.clone(),
            budget: BudgetHandle::saved(budget, store, Arc::new(SystemClock), name).await,
        }
    }

    /// The user with a budget that is shared with other replicas, under this name.
    pub(crate) async fn with_shared_budget(
        &self,
        budget: Budget,
        among: Arc<dyn SharedBudget>,
        name: String,
    ) -> Self {
        Self { client: self.client.clone(), budget: BudgetHandle::shared(budget, among, name).await }
    }

    /// The client whose requests spend from the budget, and where they are for a telephone call, from its share.
    pub(crate) fn client(&self, urgency: Urgency, call: Option<CallTag>) -> Client {
        self.client.gated(Arc::new(BudgetGate { budget: self.budget.clone(), urgency, call }))
    }

    pub(crate) fn capacity(&self, urgency: Urgency) -> Capacity {
        self.budget.capacity(urgency)
    }

    /// How far this user is from being the one to ask: how long it has to wait, and what it has spent.
    pub(crate) fn load(&self, urgency: Urgency) -> (Duration, std::cmp::Reverse<usize>, usize) {
        let capacity = self.capacity(urgency);
        (capacity.wait, std::cmp::Reverse(capacity.requests), self.budget.under_way())
    }
}

/// The budget, before each attempt of a client.
struct BudgetGate {
    budget: BudgetHandle,
    urgency: Urgency,
    call: Option<CallTag>,
}

impl Gate for BudgetGate {
    fn admit(&self) -> Result<(), Duration> {
        self.budget.admit(self.urgency, self.call)
    }

    fn ended(&self, end: &AttemptEnd) {
        self.budget.ended(&CallEnd {
            answered: end.answered,
            limit: end.limit,
            retry_after: end.retry_after,
            usage: end.usage.map(|usage| DayUsage { used: usage.used, allowed: usage.max }),
        });
    }
}
