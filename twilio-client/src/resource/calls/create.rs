//! `POST /2010-04-01/Accounts/{AccountSid}/Calls.json`

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use url::Url;

use super::instruction::Instruction;
use super::machine_detection::MachineDetection;
use super::recording::{CallRecording, seconds};
use super::{ALL, Call};
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::form::Form;
use crate::request::Request;
use crate::sid::ByocSid;
use crate::word::CallbackMethod;
use crate::word::StatusCallbackEvent;

/// A call to be placed, from [`Calls::create`](super::Calls::create); await it.
///
/// Awaiting gives the [`Call`] as Twilio queued it. The errors are those every request has, and
/// [`Ambiguous`](crate::error::ErrorKind::Ambiguous) when it is not known whether the call was placed.
///
/// See Twilio's page "Call resource".
#[derive(Clone, Debug)]
#[must_use = "a call is not placed until this is awaited"]
pub struct CreateCall<'a> {
    client: &'a Client,
    form: Form,
}

impl<'a> CreateCall<'a> {
    pub(super) fn new(client: &'a Client, to: &Endpoint, from: &Endpoint, instruction: Instruction) -> Self {
        let mut form = Form::new();
        form.set("To", to.as_str());
        form.set("From", from.as_str());
        instruction.write(&mut form);
        Self { client, form }
    }

    /// Where to get `TwiML` from when the instruction fails.
    pub fn fallback(self, url: &Url, method: CallbackMethod) -> Self {
        self.with("FallbackUrl", url.as_str()).with("FallbackMethod", method.as_str())
    }

    /// Where to say how the call goes.
    pub fn status_callback(self, url: &Url, method: CallbackMethod) -> Self {
        self.with("StatusCallback", url.as_str()).with("StatusCallbackMethod", method.as_str())
    }

    /// Which steps to say it at; only `completed` unless set.
    pub fn status_callback_events(mut self, events: impl IntoIterator<Item = StatusCallbackEvent>) -> Self {
        self.form.replace("StatusCallbackEvent", events.into_iter().map(|event| event.as_str().to_owned()));
        self
    }

    /// How long to let it ring, in whole seconds; 60 s unless set, 600 s at most.
    pub fn ring_for(self, time: Duration) -> Self {
        self.with("Timeout", seconds(time))
    }

    /// How long the call may last, in whole seconds.
    pub fn time_limit(self, time: Duration) -> Self {
        self.with("TimeLimit", seconds(time))
    }

    /// Keys to press once connected: digits, `*`, `#`, and `w` for half a second of waiting.
    pub fn send_digits(self, digits: impl Into<String>) -> Self {
        self.with("SendDigits", digits)
    }

    /// Finds out whether a machine answers.
    pub fn machine_detection(mut self, detection: &MachineDetection) -> Self {
        detection.write(&mut self.form);
        self
    }

    /// Records the call.
    pub fn record(mut self, recording: &CallRecording) -> Self {
        recording.write(&mut self.form);
        self
    }

    /// Who is shown as the caller, where it is not `from`.
    pub fn caller_id(self, caller: impl Into<Endpoint>) -> Self {
        self.with("CallerId", caller.into().as_str())
    }

    /// Why we call, shown on phones that support branded calls.
    pub fn reason(self, reason: impl Into<String>) -> Self {
        self.with("CallReason", reason)
    }

    /// The token of the call that is being forwarded, so that it keeps its caller and its attestation.
    pub fn call_token(self, token: impl Into<String>) -> Self {
        self.with("CallToken", token)
    }

    /// The trunk of a carrier of your own to place it through.
    pub fn byoc(self, trunk: &ByocSid) -> Self {
        self.with("Byoc", trunk.as_str())
    }

    /// What to log in to a SIP address with.
    pub fn sip_auth(self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.with("SipAuthUsername", user).with("SipAuthPassword", password)
    }

    /// Where to say that the call is coming, for a Voice SDK client that is asleep.
    pub fn client_notification(self, url: &Url) -> Self {
        self.with("ClientNotificationUrl", url.as_str())
    }

    /// Any other parameter of Twilio's; the same key may be given again.
    pub fn extra(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.form.push(key, value);
        self
    }

    fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.form.set(key, value);
        self
    }
}

impl<'a> IntoFuture for CreateCall<'a> {
    type Output = Result<Call>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<Call>> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.client.execute(Request::post(ALL, self.form).paced()).await?.json() })
    }
}
