//! Messages: the case number by SMS, after the call.
//!
//! - `POST /2010-04-01/Accounts/{AccountSid}/Messages.json`
//! - `GET /2010-04-01/Accounts/{AccountSid}/Messages.json`
//! - `GET /2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}.json`
//! - `POST /2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}.json`
//! - `DELETE /2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}.json`
//!
//! See Twilio's page "Messages resource".

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;
use url::Url;

use crate::ask::{self, asks, lists};
use crate::client::Client;
use crate::described::described;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::form::Form;
use crate::phone::E164;
use crate::request::Request;
use crate::sid::{AccountSid, ApplicationSid, MessageSid, MessagingServiceSid};
use crate::word::{Direction, MessageStatus};

/// The messages of an account, from [`Client::messages`].
#[derive(Clone, Copy, Debug)]
pub struct Messages<'a> {
    client: &'a Client,
}

/// Who a message is from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Sender {
    /// A number, a short code, or an address of another channel such as `whatsapp:`.
    Address(Endpoint),
    /// A messaging service, which chooses one of its numbers.
    Service(MessagingServiceSid),
}

impl From<E164> for Sender {
    fn from(number: E164) -> Self {
        Self::Address(number.into())
    }
}

impl From<&str> for Sender {
    fn from(address: &str) -> Self {
        Self::Address(address.into())
    }
}

impl From<MessagingServiceSid> for Sender {
    fn from(service: MessagingServiceSid) -> Self {
        Self::Service(service)
    }
}

impl<'a> Messages<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Sends a message. One that may have been sent is not sent again: when Twilio's answer is lost, the error
    /// is [`Ambiguous`](crate::error::ErrorKind::Ambiguous), and [`reconcile`](Self::reconcile) looks for it.
    pub fn send(self, to: impl Into<Endpoint>, from: impl Into<Sender>) -> SendMessage<'a> {
        let mut form = Form::new();
        form.set("To", to.into().as_str());
        match from.into() {
            Sender::Address(address) => form.set("From", address.as_str()),
            Sender::Service(service) => form.set("MessagingServiceSid", service.as_str()),
        }
        SendMessage::new(self.client, Request::post(ALL, form))
    }

    /// Reads a message.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn fetch(self, message: &MessageSid) -> Result<Message> {
        ask::read(self.client, Request::get(ONE).fill("MessageSid", message.as_str())).await
    }

    /// Lists messages, the newest first.
    pub fn list(self) -> ListMessages<'a> {
        ListMessages::new(self.client, Request::get(ALL))
    }

    /// Looks for messages that an [`Ambiguous`](crate::error::ErrorKind::Ambiguous) request may have sent: to
    /// `to`, and asked for at `since` or later. Take `since` before the request.
    ///
    /// # Errors
    ///
    /// The kinds every request has.
    pub async fn reconcile(self, to: impl Into<Endpoint>, since: Timestamp) -> Result<Vec<Message>> {
        let since = Timestamp::from_second(since.as_second()).unwrap_or(since);
        let mut pages = self.list().to(&to.into()).pages();
        let mut found = Vec::new();
        while let Some(page) = pages.next_page().await? {
            let older = |message: &Message| message.date_created.is_some_and(|created| created < since);
            let done = page.iter().any(older);
            found.extend(page.into_iter().filter(|message| !older(message)));
            if done {
                break;
            }
        }
        Ok(found)
    }

    /// Blanks the text of a message that was sent, as a person may ask for.
    ///
    /// # Errors
    ///
    /// The kinds every request has.
    pub async fn redact(self, message: &MessageSid) -> Result<Message> {
        self.change(message, "Body", "").await
    }

    /// Withdraws a message that is to be sent later.
    ///
    /// # Errors
    ///
    /// The kinds every request has.
    pub async fn cancel(self, message: &MessageSid) -> Result<Message> {
        self.change(message, "Status", "canceled").await
    }

    /// Deletes a message.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is none, and the kinds every request has.
    pub async fn delete(self, message: &MessageSid) -> Result<()> {
        ask::delete(self.client, Request::delete(ONE).fill("MessageSid", message.as_str())).await
    }

    async fn change(self, message: &MessageSid, key: &'static str, value: &str) -> Result<Message> {
        let mut form = Form::new();
        form.set(key, value);
        let request = Request::post(ONE, form).fill("MessageSid", message.as_str()).repeatable();
        ask::read(self.client, request).await
    }
}

described! {
    /// A message.
    Message {
        /// The identifier of the message.
        sid: MessageSid,
        /// How far it has come.
        status: MessageStatus,
        ;
        /// The account it belongs to.
        account_sid: AccountSid,
        /// The service that sent it.
        messaging_service_sid: MessagingServiceSid,
        /// Who gets it.
        to: Endpoint,
        /// Who sent it.
        from: Endpoint,
        /// Its text.
        body: String,
        /// Who began it.
        direction: Direction,
        /// How many parts it was sent in.
        num_segments: u64,
        /// How many files it has.
        num_media: u64,
        /// When it was asked for.
        date_created: Timestamp,
        /// When it last changed.
        date_updated: Timestamp,
        /// When it was sent.
        date_sent: Timestamp,
        /// What went wrong, as one of Twilio's codes.
        error_code: u64,
        /// What went wrong, in Twilio's words.
        error_message: String,
        /// What it cost, as decimal text and usually negative.
        price: String,
        /// The currency of the price.
        price_unit: String,
    } shows [sid, status, error_code]
}

asks! {
    /// A message to be sent, from [`Messages::send`]; await it.
    SendMessage -> Message {
        /// Its text, 1600 characters at most.
        body: &str = "Body",
        /// Files to send with it, by their addresses.
        media: &[Url] = "MediaUrl",
        /// A text from the Content editor, in place of the body.
        content: &str = "ContentSid",
        /// What to put into that text.
        content_variables: &Value = "ContentVariables",
        /// Where to say how it goes.
        status_callback: &Url = "StatusCallback",
        /// An application whose webhooks are told.
        application: &ApplicationSid = "ApplicationSid",
        /// When to send it; needs a messaging service and [`schedule`](Self::schedule) `fixed`.
        send_at: Timestamp = "SendAt",
        /// How it is scheduled: `fixed`.
        schedule: &str = "ScheduleType",
        /// How long it may wait to be sent, in whole seconds.
        validity: Duration = "ValidityPeriod",
        /// How many attempts were made before, counted by us.
        attempt: u32 = "Attempt",
        /// What it may cost in US dollars, as decimal text.
        max_price: &str = "MaxPrice",
        /// Whether we will tell Twilio that it arrived.
        provide_feedback: bool = "ProvideFeedback",
        /// Whether to send it also to a number that looks wrong.
        force_delivery: bool = "ForceDelivery",
        /// Whether its text is kept: `retain` or `discard`.
        content_retention: &str = "ContentRetention",
        /// Whether its numbers are kept: `retain` or `obfuscate`.
        address_retention: &str = "AddressRetention",
        /// Whether characters that make it longer are replaced.
        smart_encoded: bool = "SmartEncoded",
        /// Actions of other channels.
        persistent_actions: &[&str] = "PersistentAction",
        /// Whether links in it are shortened.
        shorten_urls: bool = "ShortenUrls",
        /// Whether it is sent as MMS whatever it has.
        as_mms: bool = "SendAsMms",
        /// Whether it is checked for fraud: `enable` or `disable`.
        risk_check: &str = "RiskCheck",
        /// What kind of traffic it is.
        traffic_type: &str = "TrafficType",
        /// Who it is from where the first choice cannot send it.
        fallback_from: &Endpoint = "FallbackFrom",
    }
}

lists! {
    /// Messages of the account, from [`Messages::list`].
    ListMessages of Message {
        /// Those to this end.
        to: &Endpoint = "To",
        /// Those from this end.
        from: &Endpoint = "From",
        /// Those sent at this time.
        sent_on: Date = "DateSent",
        /// Those sent before.
        sent_before: Timestamp = "DateSent<",
        /// Those sent at this time or after.
        sent_after: Timestamp = "DateSent>",
    }
}

const ALL: &str = "/2010-04-01/Accounts/{AccountSid}/Messages.json";
const ONE: &str = "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}.json";
