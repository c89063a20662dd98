//! Copies of a call's audio, to a WebSocket or by SIPREC.
//!
//! - `POST /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Streams.json`
//! - `POST /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Siprec.json`

use jiff::Timestamp;
use url::Url;

use crate::ask::asks;
use crate::described::described;
use crate::form::Form;
use crate::open_word::open_words;
use crate::request::Request;
use crate::sid::CallSid;
use crate::word::{CallbackMethod, Track};

described! {
    /// A copy of a call's audio.
    Fork {
        /// Its identifier: `MZ..` of a stream, `SR..` of a fork by SIPREC.
        sid: String,
        /// Whether it goes on.
        status: ForkStatus,
        ;
        /// The call it is of.
        call_sid: CallSid,
        /// The name to stop it by.
        name: String,
        /// When it last changed.
        date_updated: Timestamp,
    } shows [sid, status]
}

open_words! {
    /// Whether a copy of a call's audio goes on.
    ForkStatus {
        /// It does.
        InProgress = "in-progress",
        /// It does not.
        Stopped = "stopped",
    }
}

asks! {
    /// A stream to be begun, from [`LiveCall::start_stream`](super::LiveCall::start_stream); await it.
    StartStream -> Fork {
        /// The name to stop it by.
        name: &str = "Name",
        /// Which side to send; what Twilio hears unless set.
        track: &Track = "Track",
        /// Where to say how it goes.
        status_callback: &Url = "StatusCallback",
        /// The method of the callback.
        status_callback_method: CallbackMethod = "StatusCallbackMethod",
    }

    /// A fork to be begun, from [`LiveCall::start_siprec`](super::LiveCall::start_siprec); await it.
    StartSiprec -> Fork {
        /// The name to stop it by.
        name: &str = "Name",
        /// The connector it goes through.
        connector: &str = "ConnectorName",
        /// Which side to send; what Twilio hears unless set.
        track: &Track = "Track",
        /// Where to say how it goes.
        status_callback: &Url = "StatusCallback",
        /// The method of the callback.
        status_callback_method: CallbackMethod = "StatusCallbackMethod",
    }
}

impl StartStream<'_> {
    /// Values passed along, 99 at most; the query of the address is not.
    pub fn parameters<'p>(mut self, pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> Self {
        numbered(&mut self.request, pairs);
        self
    }
}

impl StartSiprec<'_> {
    /// Values passed along, 99 at most.
    pub fn parameters<'p>(mut self, pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> Self {
        numbered(&mut self.request, pairs);
        self
    }
}

fn numbered<'p>(request: &mut Request, pairs: impl IntoIterator<Item = (&'p str, &'p str)>) {
    let mut numbered = Form::new();
    numbered.numbered("Parameter", pairs);
    // Twilio reads the first 99 and says nothing of the others.
    if numbered.pairs().count() > 2 * 99 {
        *request = request.clone().refuse("there are more than 99 parameters");
    }
    request.parameters().set_all(&numbered);
}

pub(super) const STREAMS: &str = "/2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Streams.json";
pub(super) const STREAM: &str = "/2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Streams/{StreamSid}.json";
pub(super) const SIPRECS: &str = "/2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Siprec.json";
pub(super) const SIPREC: &str = "/2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Siprec/{SiprecSid}.json";
