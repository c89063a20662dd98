//! Text messages: writes that a messenger takes and not the CRM.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::join_all;

use crate::{
    budget::{Room, Urgency},
    crm::{
        AccountRecord, Attempt, CallerMatch, CaseRecord, CaseScope, Change, Crm, CrmError, NewText, Receipt,
    },
    deadline::Deadline,
    phone::PhoneNumber,
};

#[cfg(feature = "twilio")]
pub(crate) mod twilio;

#[cfg(feature = "twilio")]
pub use twilio::TwilioMessenger;

/// Sends text messages.
#[async_trait]
pub trait Messenger: Send + Sync + 'static {
    /// Sends a message, and never a second one: with `may_exist` an earlier try may have sent it without our
    /// hearing of it, so it is looked for first.
    ///
    /// # Errors
    /// [`CrmError`] of the kinds a CRM has; the writer repeats it as it repeats a write.
    async fn send(&self, text: &NewText, may_exist: bool, deadline: Deadline) -> Result<Receipt, CrmError>;
}

/// Where writes go: text messages to the messenger, all others to the CRM. It is for the writer, which looks
/// nothing up.
pub(crate) struct Outlets {
    pub(crate) crm: Arc<dyn Crm>,
    pub(crate) messenger: Arc<dyn Messenger>,
}

#[async_trait]
impl Crm for Outlets {
    async fn apply(
        &self,
        attempts: &[Attempt],
        urgency: Urgency,
        deadline: Deadline,
    ) -> Vec<Result<Receipt, CrmError>> {
        let text = |attempt: &Attempt| match &attempt.write.change {
            Change::SendText(text) => Some(text.clone()),
            _ => None,
        };
        let records: Vec<Attempt> =
            attempts.iter().filter(|attempt| text(attempt).is_none()).cloned().collect();
        let texts = attempts.iter().filter_map(|attempt| Some((text(attempt)?, attempt.may_exist)));
        let sent =
            join_all(texts.map(|(text, may_exist)| async move {
                self.messenger.send(&text, may_exist, deadline).await
            }));
        let written = async {
            if records.is_empty() { Vec::new() } else { self.crm.apply(&records, urgency, deadline).await }
        };
        let (sent, written) = tokio::join!(sent, written);
        let (mut sent, mut written) = (sent.into_iter(), written.into_iter());
        let next = |attempt| if text(attempt).is_some() { sent.next() } else { written.next() };
        attempts.iter().map_while(next).collect()
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
