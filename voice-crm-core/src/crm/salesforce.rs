//! Salesforce as the CRM: each write an upsert by its key, many of them in one composite request.

use std::fmt;

use async_trait::async_trait;
use salesforce_client::Client;

use super::{
    AccountRecord, Attempt, CallerMatch, CaseRecord, CaseScope, Change, Crm, CrmError, CrmErrorKind,
    PeopleQuery, PersonRecord, Proofs, Receipt, RecordRef, TaskRecord,
};
use crate::{
    deadline::Deadline,
    phone::{PhoneNumber, Region},
};
use caller_lookup::Lookup;
pub use caller_lookup::LookupReach;
use step::{Next, Step};

mod call_log;
mod caller_lookup;
mod case;
mod comment;
mod contact;
mod exchange;
mod failure;
mod keyed;
mod no_messenger;
mod operation;
mod reads;
mod step;

/// How many rounds a write may take: look, write, mend, and one to spare.
const ROUNDS: usize = 5;

/// A Salesforce org.
#[derive(Clone)]
pub struct SalesforceCrm {
    client: Client,
    key_field: String,
    lookup: Lookup,
}

impl SalesforceCrm {
    /// The org behind a client.
    ///
    /// Every object that the bridge writes needs a unique external-id field of text, `Voice_Key__c` unless
    /// said otherwise: on Case, Task and `ContentVersion`, and on objects of one's own.
    pub fn new(client: Client) -> Self {
        Self { client, key_field: "Voice_Key__c".to_owned(), lookup: Lookup::new() }
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

    /// The org keeps people as accounts (person accounts): callers are looked up in their fields as well.
    #[must_use]
    pub fn person_accounts(mut self) -> Self {
        self.lookup.person_accounts = true;
        self
    }
}

impl fmt::Debug for SalesforceCrm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SalesforceCrm").field("key_field", &self.key_field).finish_non_exhaustive()
    }
}

#[async_trait]
impl Crm for SalesforceCrm {
    async fn find_caller(&self, phone: &PhoneNumber, deadline: Deadline) -> Result<CallerMatch, CrmError> {
        self.lookup.find(&self.client, phone, deadline).await
    }

    async fn find_account(&self, number: &str, deadline: Deadline) -> Result<Vec<AccountRecord>, CrmError> {
        reads::find_account(&self.client, number, deadline).await
    }

    async fn find_case(
        &self,
        number: &str,
        scope: &CaseScope,
        deadline: Deadline,
    ) -> Result<Option<CaseRecord>, CrmError> {
        reads::find_case(&self.client, number, scope, deadline).await
    }

    async fn open_cases(&self, scope: &CaseScope, deadline: Deadline) -> Result<Vec<CaseRecord>, CrmError> {
        reads::open_cases(&self.client, scope, deadline).await
    }

    async fn find_people(
        &self,
        query: &PeopleQuery,
        deadline: Deadline,
    ) -> Result<Vec<PersonRecord>, CrmError> {
        reads::find_people(&self.client, query, deadline).await
    }

    async fn proofs(&self, contact: &RecordRef, deadline: Deadline) -> Result<Option<Proofs>, CrmError> {
        reads::proofs(&self.client, contact, deadline).await
    }

    async fn open_task(&self, subject: &str, deadline: Deadline) -> Result<Option<TaskRecord>, CrmError> {
        reads::open_task(&self.client, subject, deadline).await
    }

    /// Each write takes its steps; the steps of all writes that stand at the same point share requests.
    async fn apply(&self, attempts: &[Attempt], deadline: Deadline) -> Vec<Result<Receipt, CrmError>> {
        let mut results: Vec<Result<Receipt, CrmError>> = attempts.iter().map(|_| Err(endless())).collect();
        let mut steps: Vec<(usize, Box<dyn Step>)> =
            attempts.iter().map(|attempt| self.first_step(attempt)).enumerate().collect();
        for _ in 0..ROUNDS {
            if steps.is_empty() {
                break;
            }
            let operations: Vec<_> = steps.iter().map(|(_, step)| step.operations(&self.key_field)).collect();
            let found = exchange::run(&self.client, &self.key_field, operations, deadline).await;
            let mut going_on = Vec::new();
            for ((place, step), found) in steps.into_iter().zip(found) {
                match step.next(found) {
                    Next::Done(result) => results[place] = result,
                    Next::Go(step) => going_on.push((place, step)),
                }
            }
            steps = going_on;
        }
        results
    }
}

impl SalesforceCrm {
    fn first_step(&self, attempt: &Attempt) -> Box<dyn Step> {
        match &attempt.write.change {
            Change::CreateCase(_) => Box::new(case::CaseStep::first(attempt)),
            Change::UpdateContact(_) => Box::new(contact::ContactStep::first(attempt)),
            Change::AddComment(_) => Box::new(comment::CommentStep::first(attempt)),
            Change::CreateTask(_) => Box::new(keyed::KeyedStep::task(attempt)),
            Change::SendText(_) => Box::new(no_messenger::NoMessenger),
            Change::LogCall(_) => Box::new(call_log::LogStep::first(attempt, self.lookup)),
            Change::SaveRecord(_) => Box::new(keyed::KeyedStep::own_record(attempt)),
        }
    }
}

fn endless() -> CrmError {
    CrmError::new(CrmErrorKind::Unavailable, "the org kept changing under the write")
        .that_may_have_applied(true)
}
