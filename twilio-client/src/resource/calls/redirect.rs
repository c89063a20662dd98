//! `POST /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}.json`

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use url::Url;

use super::instruction::NewInstruction;
use super::recording::seconds;
use super::{Call, ONE};
use crate::client::Client;
use crate::error::Result;
use crate::form::Form;
use crate::request::Request;
use crate::sid::CallSid;
use crate::word::CallbackMethod;

/// A call to be taken elsewhere, from [`Calls::redirect`](super::Calls::redirect); await it.
///
/// Awaiting gives the [`Call`]. The errors are those every request has;
/// [`Gone`](crate::error::ErrorKind::Gone) lost the race against a hang-up.
///
/// See Twilio's page "Modify calls in progress".
#[derive(Clone, Debug)]
#[must_use = "a call is not redirected until this is awaited"]
pub struct RedirectCall<'a> {
    client: &'a Client,
    call: CallSid,
    form: Form,
}

impl<'a> RedirectCall<'a> {
    pub(super) fn new(client: &'a Client, call: &CallSid, instruction: NewInstruction) -> Self {
        let mut form = Form::new();
        instruction.write(&mut form);
        Self { client, call: call.clone(), form }
    }

    /// Where to get `TwiML` from when the instruction fails.
    pub fn fallback(self, url: &Url, method: CallbackMethod) -> Self {
        self.with("FallbackUrl", url.as_str()).with("FallbackMethod", method.as_str())
    }

    /// Where to say how the call goes from now on.
    pub fn status_callback(self, url: &Url, method: CallbackMethod) -> Self {
        self.with("StatusCallback", url.as_str()).with("StatusCallbackMethod", method.as_str())
    }

    /// How long the whole call may last, in whole seconds.
    pub fn time_limit(self, time: Duration) -> Self {
        self.with("TimeLimit", seconds(time))
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

impl<'a> IntoFuture for RedirectCall<'a> {
    type Output = Result<Call>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<Call>> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        let request = Request::post(ONE, self.form).fill("CallSid", self.call.as_str());
        Box::pin(async move { self.client.execute(request).await?.json() })
    }
}
