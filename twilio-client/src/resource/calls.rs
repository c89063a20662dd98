//! Calls: placing them, looking at them, taking them elsewhere, ending them.
//!
//! - `POST /2010-04-01/Accounts/{AccountSid}/Calls.json`
//! - `GET /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}.json`
//! - `POST /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}.json`
//! - `DELETE /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}.json`
//!
//! See Twilio's page "Call resource".

mod call;
mod create;
mod instruction;
mod list;
mod machine_detection;
mod recording;
mod redirect;

pub use self::call::Call;
pub use self::create::CreateCall;
pub use self::instruction::{Instruction, NewInstruction};
pub use self::list::ListCalls;
pub use self::machine_detection::MachineDetection;
pub use self::recording::CallRecording;
pub use self::redirect::RedirectCall;
pub use crate::word::{
    AnsweredBy, CallStatus, CallbackMethod, Direction, RecordingChannels, RecordingEvent, RecordingTrack,
    StatusCallbackEvent,
};

use jiff::Timestamp;

use crate::ask;
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::{ErrorKind, Result};
use crate::form::Form;
use crate::request::Request;
use crate::sid::CallSid;

/// The calls of an account, from [`Client::calls`].
#[derive(Clone, Copy, Debug)]
pub struct Calls<'a> {
    client: &'a Client,
}

impl<'a> Calls<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Places a call to `to`, showing `from`, and does as instructed once it is answered.
    ///
    /// A call that may have been placed is never placed again: when Twilio's answer is lost, the error is
    /// [`Ambiguous`](crate::error::ErrorKind::Ambiguous).
    ///
    /// See Twilio's page "Make outbound phone calls".
    pub fn create(
        self,
        to: impl Into<Endpoint>,
        from: impl Into<Endpoint>,
        instruction: impl Into<Instruction>,
    ) -> CreateCall<'a> {
        CreateCall::new(self.client, &to.into(), &from.into(), instruction.into())
    }

    /// Reads a call.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is no such call in this account and region,
    /// and the kinds every request has.
    pub async fn fetch(self, call: &CallSid) -> Result<Call> {
        self.client.execute(Request::get(ONE).fill("CallSid", call.as_str())).await?.json()
    }

    /// Takes a call in progress to other instructions: from the voice agent to a person, say.
    ///
    /// When the caller has hung up in the meantime, the error is [`Gone`](ErrorKind::Gone).
    ///
    /// See Twilio's page "Modify calls in progress".
    pub fn redirect(self, call: &CallSid, instruction: impl Into<NewInstruction>) -> RedirectCall<'a> {
        RedirectCall::new(self.client, call, instruction.into())
    }

    /// Ends a call, whether it is still queued, ringing or in progress.
    ///
    /// Ending it twice does no harm, so the client repeats this when it is not known whether it arrived.
    ///
    /// # Errors
    ///
    /// The kinds every request has; a call that is over already is no error but [`HungUp::WasOver`], also when it is so
    /// long over that Twilio does not find it any more.
    pub async fn hang_up(self, call: &CallSid) -> Result<HungUp> {
        self.end(call, CallStatus::Completed).await
    }

    /// Withdraws a call that is queued or ringing, and leaves one that has been answered alone.
    ///
    /// # Errors
    ///
    /// As for [`hang_up`](Self::hang_up).
    pub async fn cancel(self, call: &CallSid) -> Result<HungUp> {
        self.end(call, CallStatus::Canceled).await
    }

    async fn end(self, call: &CallSid, status: CallStatus) -> Result<HungUp> {
        let mut form = Form::new();
        form.set("Status", status.as_str());
        let request = Request::post(ONE, form).fill("CallSid", call.as_str()).repeatable();
        match self.client.execute(request).await {
            Ok(response) => Ok(HungUp::Now(Box::new(response.json()?))),
            Err(error) if error.kind() == ErrorKind::Gone => Ok(HungUp::WasOver),
            Err(error) => Err(error),
        }
    }

    /// Deletes the record of a call that is over, as a caller may ask for.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::error::ErrorKind::NotFound) when there is no such call, and the kinds every
    /// request has.
    pub async fn delete(self, call: &CallSid) -> Result<()> {
        ask::delete(self.client, Request::delete(ONE).fill("CallSid", call.as_str())).await
    }

    /// Lists calls, the newest first.
    ///
    /// See Twilio's page "Call resource", "Retrieve a list of calls".
    pub fn list(self) -> ListCalls<'a> {
        ListCalls::new(self.client, Request::get(ALL))
    }

    /// Looks for calls that an [`Ambiguous`](crate::error::ErrorKind::Ambiguous) request may have placed: from
    /// `from` to `to`, and asked for at `since` or later. Take `since` before the request.
    ///
    /// None means that there is none yet. Twilio may still be about to place one for a while after the request:
    /// wait before placing another.
    ///
    /// # Errors
    ///
    /// The kinds every request has.
    pub async fn reconcile(
        self,
        to: impl Into<Endpoint>,
        from: impl Into<Endpoint>,
        since: Timestamp,
    ) -> Result<Vec<Call>> {
        // Twilio's dates have whole seconds.
        let since = Timestamp::from_second(since.as_second()).unwrap_or(since);
        let mut pages = self.list().to(&to.into()).from(&from.into()).pages();
        let mut found = Vec::new();
        while let Some(page) = pages.next_page().await? {
            let older = |call: &Call| call.date_created.is_some_and(|created| created < since);
            let done = page.iter().any(older);
            found.extend(page.into_iter().filter(|call| !older(call)));
            if done {
                break;
            }
        }
        Ok(found)
    }
}

/// What became of a request to end a call.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum HungUp {
    /// Twilio took it, and this is the call.
    Now(Box<Call>),
    /// There was nothing left to end.
    WasOver,
}

const ALL: &str = "/2010-04-01/Accounts/{AccountSid}/Calls.json";
const ONE: &str = "/2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}.json";
