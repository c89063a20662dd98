//! Text messages through Twilio, none of them twice.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use jiff::SignedDuration;
use twilio_client::{
    Client,
    resource::messages::{Message, Sender},
};

use super::Messenger;
use crate::{
    clock::{Clock as _, SystemClock},
    crm::{NewText, Receipt, RecordRef},
    deadline::Deadline,
    service_error::{
        Service, ServiceError, ServiceErrorKind,
        twilio::{classify, number},
    },
};

/// A request that was lost is carried out within this time, or never.
const SETTLED: Duration = Duration::from_secs(30);
/// How far our clock may be ahead of Twilio's.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// Sends text messages through Twilio.
#[derive(Clone)]
pub struct TwilioMessenger {
    client: Client,
    from: Sender,
}

impl TwilioMessenger {
    /// Messages from one of the account's numbers, or from a messaging service.
    pub fn new(client: Client, from: impl Into<Sender>) -> Self {
        Self { client, from: from.into() }
    }

    /// The message, if an earlier attempt has sent it.
    async fn sent(&self, client: &Client, text: &NewText) -> Result<Option<Receipt>, ServiceError> {
        let since = text.asked_at.checked_sub(SKEW).unwrap_or(text.asked_at);
        let messages = client
            .messages()
            .reconcile(number(Service::Texts, &text.to)?, since)
            .await
            .map_err(|error| classify(Service::Texts, error))?;
        let same = |message: &&Message| message.body.as_deref() == Some(text.body.as_str());
        Ok(messages.iter().find(same).map(receipt))
    }
}

#[async_trait]
impl Messenger for TwilioMessenger {
    async fn send(
        &self,
        text: &NewText,
        may_have_applied: bool,
        deadline: Deadline,
    ) -> Result<Receipt, ServiceError> {
        let client = self.client.with_deadline(deadline.instant());
        if may_have_applied {
            if let Some(receipt) = self.sent(&client, text).await? {
                return Ok(receipt);
            }
            let age = Duration::try_from(SystemClock.now().duration_since(text.asked_at)).unwrap_or_default();
            if age < SETTLED {
                // It may still be on its way there.
                return Err(ServiceError::new(
                    Service::Texts,
                    ServiceErrorKind::Unavailable,
                    "a text message may still be on its way",
                )
                .that_may_have_applied(true)
                .with_retry_after(Some(SETTLED.saturating_sub(age))));
            }
        }
        let send =
            client.messages().send(number(Service::Texts, &text.to)?, self.from.clone()).body(&text.body);
        send.await.map(|message| receipt(&message)).map_err(|error| classify(Service::Texts, error))
    }
}

impl fmt::Debug for TwilioMessenger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioMessenger").finish_non_exhaustive()
    }
}

fn receipt(message: &Message) -> Receipt {
    let (record, object) = (Some(RecordRef::new(message.sid.as_str())), Some("Message".to_owned()));
    Receipt { record, object, ..Receipt::default() }
}
