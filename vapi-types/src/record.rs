//! What a message tells of its call, read from every place where Vapi has put it.
//!
//! Transcripts, summaries and recordings have moved over the years: they stood beside the message's other fields,
//! then in `artifact` and `analysis`, and the same objects come inside `call`. Each place may be empty while another
//! one is filled.

use std::fmt;

use jiff::Timestamp;

use crate::{
    ServerMessage,
    call::{Call, CallStatus},
    ended_reason::EndedReason,
};

mod outputs;
mod places;
mod recordings;
mod said;

pub use outputs::Output;
pub use recordings::Recordings;

use places::Places;

/// What a message tells of its call. An empty text, list or object is taken for absent.
///
/// `Debug` shows nothing of what was said, and no URL.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct CallRecord {
    /// Whether it says that the call is over.
    pub over: bool,
    /// Why the call ended.
    pub ended_reason: Option<EndedReason>,
    /// When the talk began.
    pub started_at: Option<Timestamp>,
    /// When the call ended.
    pub ended_at: Option<Timestamp>,
    /// Its length in seconds, as told or else from start to end.
    pub seconds: Option<f64>,
    /// What was said: the longest text, or else put together from the messages.
    pub transcript: Option<String>,
    /// What it was about: the longest text.
    pub summary: Option<String>,
    /// Where its recordings lie.
    pub recordings: Recordings,
    /// What it cost, in US dollars.
    pub cost: Option<f64>,
    /// The verdict by the assistant's rubric: `true`, `8`, `Good`.
    pub success: Option<String>,
    /// Structured outputs and structured data, by name.
    pub outputs: Vec<Output>,
}

impl CallRecord {
    /// What a message tells.
    pub fn of(message: &ServerMessage) -> Self {
        // The written form has every field where it came, the unnamed ones among them.
        let Ok(written) = serde_json::to_value(message) else { return Self::default() };
        let places = Places::of(&written);
        let (started_at, ended_at) = (places.time("startedAt"), places.time("endedAt"));
        let measured = started_at.zip(ended_at).map(|(from, to)| to.duration_since(from).as_secs_f64());
        Self {
            over: message.tells_end(),
            ended_reason: places.text("endedReason").map(EndedReason::from),
            started_at,
            ended_at,
            seconds: places.seconds().or(measured.filter(|seconds| *seconds >= 0.0)),
            transcript: said::transcript(&places, message),
            summary: places.longest("summary").map(str::to_owned),
            recordings: Recordings::of(&places),
            cost: places.cost(),
            success: places.plain("successEvaluation"),
            outputs: outputs::outputs(&places),
        }
    }

    /// Whether it tells nothing at all of the call: neither why or when it ended, nor what was said or recorded.
    pub fn is_empty(&self) -> bool {
        *self == Self { over: self.over, ..Self::default() }
    }
}

impl ServerMessage {
    /// Whether the message says that its call is over: as the report of it, as a status, or by what it says of the call
    /// beside something else. The deletion of a call tells of its record, and not of the call.
    pub fn tells_end(&self) -> bool {
        match self {
            Self::EndOfCallReport(_) => true,
            Self::CallDeleted(_) | Self::CallDeleteFailed(_) => false,
            Self::StatusUpdate(update) if update.status == Some(CallStatus::Ended) => true,
            other => is_over(&other.read_context().call),
        }
    }
}

fn is_over(call: &Call) -> bool {
    call.status == Some(CallStatus::Ended)
        || call.ended_at.is_some_and(places::is_plausible)
        || call.ended_reason.as_ref().is_some_and(|reason| !reason.as_str().trim().is_empty())
}

impl fmt::Debug for CallRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallRecord")
            .field("over", &self.over)
            .field("ended_reason", &self.ended_reason)
            .field("seconds", &self.seconds)
            .field("has_transcript", &self.transcript.is_some())
            .field("has_summary", &self.summary.is_some())
            .field("outputs", &self.outputs.len())
            .finish_non_exhaustive()
    }
}
