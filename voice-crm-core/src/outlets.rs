//! Where writes go: text messages to the messenger, recordings to their keeper, all others to the CRM.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{
    FutureExt as _,
    future::{BoxFuture, join_all},
};

use crate::{
    crm::{
        AccountRecord, Attempt, CallerMatch, CaseRecord, CaseScope, Change, Crm, CrmError, Receipt, Room,
        Urgency,
    },
    deadline::Deadline,
    messenger::Messenger,
    phone::PhoneNumber,
    recording::Keeper,
};

/// Everything that takes writes. It is for the writer, which looks nothing up.
pub(crate) struct Outlets {
    pub(crate) crm: Arc<dyn Crm>,
    pub(crate) messenger: Option<Arc<dyn Messenger>>,
    pub(crate) keeper: Option<Keeper>,
}

impl Outlets {
    /// Brings a write to where it goes, if that is not the CRM.
    fn elsewhere<'a>(
        &'a self,
        Attempt { write, may_exist, .. }: &'a Attempt,
        deadline: Deadline,
    ) -> Option<BoxFuture<'a, Result<Receipt, CrmError>>> {
        match (&write.change, &self.messenger, &self.keeper) {
            (Change::SendText(text), Some(messenger), _) => Some(messenger.send(text, *may_exist, deadline)),
            (Change::KeepRecording(recording), _, Some(keeper)) => {
                Some(keeper.keep(write.key, recording, *may_exist).boxed())
            }
            _ => None,
        }
    }
}

#[async_trait]
impl Crm for Outlets {
    async fn apply(
        &self,
        attempts: &[Attempt],
        urgency: Urgency,
        deadline: Deadline,
    ) -> Vec<Result<Receipt, CrmError>> {
        let (mut elsewhere, mut records, mut goes_elsewhere) = (Vec::new(), Vec::new(), Vec::new());
        for attempt in attempts {
            let other = self.elsewhere(attempt, deadline);
            goes_elsewhere.push(other.is_some());
            match other {
                Some(other) => elsewhere.push(other),
                None => records.push(attempt.clone()),
            }
        }
        let written = async {
            if records.is_empty() { Vec::new() } else { self.crm.apply(&records, urgency, deadline).await }
        };
        let (elsewhere, written) = tokio::join!(join_all(elsewhere), written);
        let (mut elsewhere, mut written) = (elsewhere.into_iter(), written.into_iter());
        goes_elsewhere
            .into_iter()
            .map_while(|other| if other { elsewhere.next() } else { written.next() })
            .collect()
    }

    async fn find_caller(&self, phone: &PhoneNumber, deadline: Deadline) -> Result<CallerMatch, CrmError> {
        self.crm.find_caller(phone, deadline).await
    }

    async fn find_account(&self, number: &str, deadline: Deadline) -> Result<Vec<AccountRecord>, CrmError> {
        self.crm.find_account(number, deadline).await
    }

    async fn find_case(
        &self,
        number: &str,
        scope: &CaseScope,
        deadline: Deadline,
    ) -> Result<Option<CaseRecord>, CrmError> {
        self.crm.find_case(number, scope, deadline).await
    }

    fn room(&self, urgency: Urgency) -> Room {
        self.crm.room(urgency)
    }
}
