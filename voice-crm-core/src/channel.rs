//! Voice platforms: how a webhook is proved genuine, read, and answered.

use std::fmt;

use bytes::Bytes;
use jiff::Timestamp;

use crate::{
    call::{Call, CallEvent, CallId},
    crm::{CallerMatch, RecordRef},
    function::{Manifest, Outcome},
    phone::Region,
    phrase::{Language, Phrasebook},
    routing::Route,
};

pub mod data_dip;
mod reply;
mod shared;
mod tool_call;
#[cfg(feature = "twilio")]
pub mod twilio;
pub mod vapi;
mod verdict;

pub use data_dip::DataDip;
pub(crate) use reply::After;
pub use reply::Reply;
pub use tool_call::{ToolBatch, ToolCall};
#[cfg(feature = "twilio")]
pub use twilio::Twilio;
pub use vapi::Vapi;
pub use verdict::{Verdict, VerifyError};

/// One HTTP request of a platform, before anything of it is believed.
pub struct WebhookRequest<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The URL as the platform called it, or its path where the host is not known.
    pub url: &'a str,
    /// Looks a header up by its name, in any case.
    pub header: &'a (dyn Fn(&str) -> Option<&'a [u8]> + Sync),
    /// The body, as it came.
    pub body: Bytes,
}

/// The head of an HTTP request: what is known of it before its body is read.
#[derive(Clone, Copy)]
pub struct WebhookHead<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The URL as the platform called it, or its path where the host is not known.
    pub url: &'a str,
    /// Looks a header up by its name, in any case.
    pub header: &'a (dyn Fn(&str) -> Option<&'a [u8]> + Sync),
}

impl<'a> WebhookRequest<'a> {
    /// The request without its body.
    pub fn head(&self) -> WebhookHead<'a> {
        WebhookHead { method: self.method, url: self.url, header: self.header }
    }
}

impl fmt::Debug for WebhookHead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A URL may carry a secret in its query.
        f.debug_struct("WebhookHead").field("method", &self.method).finish_non_exhaustive()
    }
}

impl fmt::Debug for WebhookRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A URL may carry a secret in its query, and the body carries the call.
        f.debug_struct("WebhookRequest")
            .field("method", &self.method)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// One voice platform.
pub trait Channel: Send + Sync + 'static {
    /// The platform's name, as it stands in write keys and metrics; never changed once in use.
    fn name(&self) -> &'static str;

    /// Whether it takes requests with this method at this path, told as what stands below its own: empty, or
    /// beginning with a slash. POST to its own path unless said. A slash at the end of the path is left out.
    fn takes(&self, method: &str, below: &str) -> bool {
        method == "POST" && below.is_empty()
    }

    /// Refuses by its head alone a request that cannot be genuine whatever its body is, so that the body need not be
    /// read: one without a signature, or with a time that is over. Nothing unless said.
    ///
    /// It only spares work. What it lets through is judged by [`verify`](Channel::verify), and so is a request that was
    /// never screened; a head that this refuses is one that `verify` refuses.
    ///
    /// # Errors
    /// [`VerifyError`] when the request is not genuine.
    fn screen(&self, _head: &WebhookHead<'_>, _now: Timestamp) -> Result<(), VerifyError> {
        Ok(())
    }

    /// Proves the request genuine, on its raw bytes and before anything is parsed.
    ///
    /// The verdict is given at once, as `result.into()`, or by [`Verdict::later`] where another system has to be
    /// asked; that may take 4 s. The reason of a [`VerifyError`] goes to a counter and to nobody else.
    fn verify<'a>(&'a self, request: &'a WebhookRequest<'_>, now: Timestamp) -> Verdict<'a>;

    /// The headers in which the proof of a request is looked for. The log names them when a request is refused. None
    /// unless said.
    fn proof_headers(&self) -> Vec<&str> {
        Vec::new()
    }

    /// The answer to a request that was not proved genuine. By default 401 without a body, or 503 when it could not
    /// be decided.
    fn reject(&self, error: &VerifyError) -> Reply {
        Reply::empty(if error.undecided { 503 } else { 401 })
    }

    /// Reads a proven request, and remembers of it what its answer will need.
    ///
    /// # Errors
    /// [`DecodeError`] when the body is not a message of this platform.
    fn decode(&self, request: &WebhookRequest<'_>, home: Region) -> Result<Decoded, DecodeError>;
}

/// Writes the answer that the platform expects for one request.
///
/// It is made from the request, so that the ids and the order of an answer cannot be wrong.
pub type Render = Box<dyn FnOnce(Answered<'_>) -> Reply + Send>;

/// A webhook that was read.
pub struct Decoded {
    /// What it asks or tells.
    pub incoming: Incoming,
    /// How to answer it.
    pub render: Render,
}

impl Decoded {
    /// A webhook, and how to answer it.
    pub fn new(incoming: Incoming, render: impl FnOnce(Answered<'_>) -> Reply + Send + 'static) -> Self {
        Self { incoming, render: Box::new(render) }
    }
}

impl fmt::Debug for Decoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoded").field("incoming", &self.incoming).finish_non_exhaustive()
    }
}

/// The request is genuine, but no message.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{sentence}")]
pub struct DecodeError {
    /// What is wrong and where, for the sender; it quotes no value.
    pub sentence: String,
}

/// What a webhook asks or tells.
#[derive(Debug)]
#[non_exhaustive]
pub enum Incoming {
    /// The voice model calls functions.
    ToolCalls(ToolBatch),
    /// A call comes in, and the platform asks who is to speak.
    AssistantRequest(Call),
    /// A call is to be transferred, and the platform asks where.
    TransferRequest(Call),
    /// A flow asks who calls.
    CallerQuery(Call),
    /// A flow leaves a comment on a case.
    Comment {
        /// The call on which it was made.
        call: CallId,
        /// The case.
        case: RecordRef,
        /// What it says.
        text: String,
    },
    /// Something happened on a call.
    Event(CallEvent),
    /// A request that nobody here serves, in the platform's word. It gets an answer that does no harm, and the operator
    /// hears of it.
    Unserved(&'static str),
    /// Nothing that the bridge acts on; the platform's word for it.
    Ignored(String),
}

/// What the bridge has to say to a webhook.
#[derive(Debug)]
#[non_exhaustive]
pub enum Answered<'a> {
    /// One outcome for each function call, in their order.
    Tools(&'a [Outcome]),
    /// Who is to speak on a call that comes in, and about what.
    Assistant(Arrival<'a>),
    /// Where a call goes.
    Transfer(Arrival<'a>),
    /// Who calls.
    Caller(Arrival<'a>),
    /// Taken note of.
    Noted,
}

/// What is known of a call when it comes in or moves on.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Arrival<'a> {
    /// The call.
    pub call: &'a Call,
    /// The functions that a voice agent may call.
    pub manifest: &'a Manifest,
    /// Who calls.
    pub caller: &'a CallerMatch,
    /// Where the call goes.
    pub route: &'a Route,
    /// Whether the CRM could be asked in time.
    pub looked_up: bool,
    /// The book of what is said.
    pub book: &'a Phrasebook,
    /// The language of the call.
    pub language: Language,
}
