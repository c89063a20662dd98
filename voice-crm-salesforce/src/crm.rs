//! Salesforce as the CRM: reads for callers, and writes that share requests.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use salesforce_client::{Client, ClientPool, Soql};
use serde::de::DeserializeOwned;
use voice_crm_core::{
    crm::{
        AccountRecord, Attempt, AttemptAnswer, CallTag, CallerMatch, Capacity, CaseRecord, CaseScope,
        ChangeKind, Crm, CrmError, CrmErrorKind, FindAccounts, FindCallers, FindCases, FindPeople, FindTasks,
        JobKey, KeepRecordings, NewRecording, PeopleQuery, PersonRecord, Proofs, ReadOptions, Receipt,
        RecordRef, TaskRecord, Urgency,
    },
    deadline::Deadline,
    outbox::{budget_share::SharedBudget, store::Store},
    phone::{PhoneNumber, Region},
    recording::RecordingSource,
};

use crate::{
    after_call::AfterCall,
    budget::Budget,
    call_reads, exchange,
    reads::{
        self, Lookup, LookupReach,
        questions::{Asked, Questions},
    },
    user::User,
    writes::{self, CallLogs, KnownCallers, Rounds, Shared},
};

/// How many rounds a write may take. The longest is a case: look, write, write without the unmatched account, write
/// without stale references, read the number.
const ROUNDS: usize = 5;
/// How long the answer to a query of a function is remembered.
const QUERY_MEMORY: Duration = Duration::from_secs(10);

/// A Salesforce org.
#[derive(Clone)]
pub struct SalesforceCrm {
    users: Arc<[User]>,
    budget: Budget,
    key_field: String,
    lookup: Lookup,
    known_callers: KnownCallers,
    after_call: Arc<AfterCall>,
    questions: Questions,
}

impl SalesforceCrm {
    /// The org behind a client.
    ///
    /// Every object that the bridge writes needs a unique external-id field of text, `Voice_Key__c` unless
    /// said otherwise: on Case, Task and `ContentVersion`, on objects of your own, and on Contact or Lead where
    /// [`AfterCall::unknown_caller`] makes one.
    pub fn new(client: Client) -> Self {
        Self::with_clients(std::iter::once(client))
    }

    /// The same org behind several integration users: each has its own budget, and each piece of work goes to
    /// the one that has most left.
    pub fn pool(users: &ClientPool) -> Self {
        Self::with_clients(users.clients().cloned())
    }

    fn with_clients(clients: impl Iterator<Item = Client>) -> Self {
        let budget = Budget::default();
        Self {
            users: clients.map(|client| User::new(client, budget)).collect(),
            budget,
            key_field: "Voice_Key__c".to_owned(),
            lookup: Lookup::new(),
            known_callers: writes::known_callers(),
            after_call: Arc::default(),
            questions: Questions::new(QUERY_MEMORY),
        }
    }

    /// With another budget of API calls for each user than 100 in 20 seconds.
    #[must_use]
    pub fn budget(mut self, budget: Budget) -> Self {
        self.users = self.users.iter().map(|user| user.with_budget(budget)).collect();
        self.budget = budget;
        self
    }

    /// With a budget that outlives the process: what was spent of it is written down in the small durable store beside
    /// the journal, so that a process that starts again knows how far the window is used up. For one process; several
    /// share theirs by [`SalesforceCrm::shared_budget`]. The users of a pool stand in the same order in each process.
    /// Comes after [`SalesforceCrm::budget`], and runs on Tokio.
    #[must_use]
    pub async fn saved_budget(self, store: Arc<dyn Store>) -> Self {
        let users = self.users.iter().enumerate().map(async |(number, user)| {
            user.with_saved_budget(self.budget, store.clone(), &format!("salesforce {number}")).await
        });
        let users = futures_util::future::join_all(users).await.into();
        Self { users, ..self }
    }

    /// With a budget that several replicas share: together they send no more than each user may. The users of a pool
    /// stand in the same order on all replicas. Comes after [`SalesforceCrm::budget`], and runs on Tokio.
    ///
    /// While nothing can be agreed on, a replica goes on with what it was granted, and after half a window with its
    /// even part of the budget at most.
    #[must_use]
    pub async fn shared_budget(self, among: Arc<dyn SharedBudget>) -> Self {
        let users = self.users.iter().enumerate().map(|(number, user)| {
            user.with_shared_budget(self.budget, among.clone(), format!("salesforce {number}"))
        });
        let users = futures_util::future::join_all(users).await.into();
        Self { users, ..self }
    }

    /// With another name for the external-id field.
    #[must_use]
    pub fn key_field(mut self, name: impl Into<String>) -> Self {
        self.key_field = name.into();
        self
    }

    /// The country whose numbers stand in records that say no country, neither in the number nor in the address.
    /// The United States unless said.
    #[must_use]
    pub fn home(mut self, region: Region) -> Self {
        self.lookup.home = region;
        self
    }

    /// How callers are looked up.
    #[must_use]
    pub fn lookup(mut self, reach: LookupReach) -> Self {
        self.lookup.reach = reach;
        self
    }

    /// What the org keeps of a call beside its task.
    #[must_use]
    pub fn after_call(mut self, rules: AfterCall) -> Self {
        self.after_call = Arc::new(rules);
        self
    }

    /// The org keeps people as accounts (person accounts): callers are looked up in their fields as well.
    #[must_use]
    pub fn person_accounts(mut self) -> Self {
        self.lookup.person_accounts = true;
        self
    }

    /// How long the answer to a query of a function is remembered, unless something is written meanwhile. 10 s unless said;
    /// with zero each question is asked anew, and only those that are asked at the same moment are one.
    #[must_use]
    pub fn query_memory(mut self, span: Duration) -> Self {
        self.questions = Questions::new(span);
        self
    }

    /// The rows that a query finds, each as `T`; functions ask by [`OrgOfCall::salesforce`](crate::OrgOfCall::salesforce).
    ///
    /// It is one API call out of the budget, and out of the share of the call in `options`. The same query asked by
    /// several at once is one, its answer is remembered for [a moment](Self::query_memory), and while API calls are scarce
    /// up to five different queries share one. A write through this bridge makes it forget what was answered before.
    ///
    /// # Errors
    /// [`CrmErrorKind::Late`] at the deadline, [`CrmErrorKind::Throttled`] when the budget is used up, other kinds as the
    /// org answers; [`CrmErrorKind::Refused`] with code `TOO_MANY_ROWS` when the result is more than a page, and with
    /// `ROW_DOES_NOT_FIT` when a row is no `T`.
    pub async fn query<T: DeserializeOwned>(
        &self,
        soql: Soql,
        options: ReadOptions,
    ) -> Result<Vec<T>, CrmError> {
        let org = Arc::new(Users(self.users.clone()));
        call_reads::typed(&self.questions.ask(&org, soql, options).await?)
    }

    /// Waits until background work may send something, so that what was begun is brought to its end.
    async fn wait_for_room(&self, deadline: Deadline) {
        loop {
            let wait = self.capacity(Urgency::Background).wait;
            if wait.is_zero() || wait >= deadline.remaining() {
                return;
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// The user that has most left to spend.
    fn client(&self, urgency: Urgency, call: Option<CallTag>) -> Client {
        client(&self.users, urgency, call)
    }
}

/// The client of the user that has most left to spend.
fn client(users: &[User], urgency: Urgency, call: Option<CallTag>) -> Client {
    // There is one at least: a pool is never empty.
    let first = &users[0];
    let user = if users.len() == 1 {
        first
    } else {
        users.iter().min_by_key(|user| user.load(urgency)).unwrap_or(first)
    };
    user.client(urgency, call)
}

fn capacity(users: &[User], urgency: Urgency) -> Capacity {
    let capacities = users.iter().map(|user| user.capacity(urgency));
    capacities.reduce(Capacity::with).unwrap_or(Capacity::AMPLE)
}

/// The users, as the questions of functions know them.
struct Users(Arc<[User]>);

impl Asked for Users {
    fn client(&self, call: Option<CallTag>) -> Client {
        client(&self.0, Urgency::Live, call)
    }

    fn capacity(&self) -> Capacity {
        capacity(&self.0, Urgency::Live)
    }
}

impl fmt::Debug for SalesforceCrm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SalesforceCrm").field("key_field", &self.key_field).finish_non_exhaustive()
    }
}

#[async_trait]
impl FindCallers for SalesforceCrm {
    async fn find_caller(&self, phone: &PhoneNumber, options: ReadOptions) -> Result<CallerMatch, CrmError> {
        self.lookup.find(&self.client(Urgency::Live, options.call), phone, options).await
    }

    async fn find_callers(
        &self,
        phones: &[PhoneNumber],
        options: ReadOptions,
    ) -> Vec<Result<CallerMatch, CrmError>> {
        self.lookup.find_several(&self.client(Urgency::Live, options.call), phones, options).await
    }
}

#[async_trait]
impl FindAccounts for SalesforceCrm {
    async fn find_account(&self, number: &str, options: ReadOptions) -> Result<Vec<AccountRecord>, CrmError> {
        reads::find_account(&self.client(Urgency::Live, options.call), number, options).await
    }
}

#[async_trait]
impl FindCases for SalesforceCrm {
    async fn find_case(
        &self,
        number: &str,
        scope: &CaseScope,
        options: ReadOptions,
    ) -> Result<Option<CaseRecord>, CrmError> {
        reads::find_case(&self.client(Urgency::Live, options.call), number, scope, options).await
    }

    async fn open_cases(&self, scope: &CaseScope, options: ReadOptions) -> Result<Vec<CaseRecord>, CrmError> {
        reads::open_cases(&self.client(Urgency::Live, options.call), scope, options).await
    }
}

#[async_trait]
impl FindPeople for SalesforceCrm {
    async fn find_people(
        &self,
        query: &PeopleQuery,
        options: ReadOptions,
    ) -> Result<Vec<PersonRecord>, CrmError> {
        reads::find_people(&self.client(Urgency::Live, options.call), query, options).await
    }

    async fn proofs(&self, contact: &RecordRef, options: ReadOptions) -> Result<Option<Proofs>, CrmError> {
        reads::proofs(&self.client(Urgency::Live, options.call), contact, options).await
    }
}

#[async_trait]
impl FindTasks for SalesforceCrm {
    async fn open_task(&self, subject: &str, options: ReadOptions) -> Result<Option<TaskRecord>, CrmError> {
        reads::open_task(&self.client(Urgency::Live, options.call), subject, options).await
    }
}

#[async_trait]
impl KeepRecordings for SalesforceCrm {
    async fn keep_recording(
        &self,
        key: JobKey,
        recording: &NewRecording,
        source: &dyn RecordingSource,
        may_have_applied: bool,
    ) -> Result<Receipt, CrmError> {
        let client = self.client(Urgency::Background, None);
        writes::keep_recording(&client, &self.key_field, key, recording, source, may_have_applied).await
    }
}

#[async_trait]
impl Crm for SalesforceCrm {
    fn accounts(&self) -> Option<&dyn FindAccounts> {
        Some(self)
    }

    fn cases(&self) -> Option<&dyn FindCases> {
        Some(self)
    }

    fn people(&self) -> Option<&dyn FindPeople> {
        Some(self)
    }

    fn tasks(&self) -> Option<&dyn FindTasks> {
        Some(self)
    }

    fn recordings(&self) -> Option<&dyn KeepRecordings> {
        Some(self)
    }

    fn takes(&self, _: ChangeKind) -> bool {
        true
    }

    /// Each write asks the org in rounds; what all writes ask in one round shares requests.
    async fn apply(&self, writes: Vec<(Attempt, AttemptAnswer)>, urgency: Urgency, deadline: Deadline) {
        let (attempts, mut answers): (Vec<_>, Vec<_>) =
            writes.into_iter().map(|(attempt, answer)| (attempt, Some(answer))).unzip();
        self.make(&attempts, urgency, deadline, |place, result| {
            if let Some(answer) = answers.get_mut(place).and_then(Option::take) {
                if result.as_ref().map_or_else(CrmError::may_have_applied, |_| true) {
                    // Before anybody hears of it, so that who asks then sees it.
                    self.questions.forget();
                }
                answer.give(result);
            }
        })
        .await;
    }

    fn capacity(&self, urgency: Urgency) -> Capacity {
        capacity(&self.users, urgency)
    }
}

impl SalesforceCrm {
    /// Makes writes in rounds that all of them share, and calls `ended` with the place and the result of each write as
    /// soon as it is known.
    async fn make(
        &self,
        attempts: &[Attempt],
        urgency: Urgency,
        deadline: Deadline,
        mut ended: impl FnMut(usize, Result<Receipt, CrmError>) + Send,
    ) {
        let logs = CallLogs { lookup: self.lookup, known: &self.known_callers, rules: &self.after_call };
        let shared = match (attempts.len(), urgency) {
            (..=1, _) => Shared::No,
            (_, Urgency::Live) => Shared::WhilePeopleWait,
            (_, Urgency::Background) => Shared::InTheBackground,
        };
        let begin = |org, attempt| writes::make(org, attempt, logs, shared);
        let mut rounds = Rounds::of(attempts, &self.key_field, begin);
        for _ in 0..ROUNDS {
            let questions = rounds.advance(&mut ended);
            if questions.is_empty() {
                return;
            }
            if urgency == Urgency::Background {
                self.wait_for_room(deadline).await;
            }
            // Chosen after the wait, which is for whichever user has room.
            let client = self.client(urgency, None);
            rounds.answer(exchange::run(&client, &self.key_field, questions, deadline).await);
        }
        rounds.advance(&mut ended);
        rounds.stop(endless, &mut ended);
    }
}

fn endless() -> CrmError {
    CrmError::new(CrmErrorKind::Unavailable, "the org kept changing under the write")
        .that_may_have_applied(true)
}
