//! One telephone call, in words that belong to no platform.

use std::{collections::BTreeMap, fmt, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    caller::{Attestation, Caller},
    phrase::Language,
};
pub use caller_turns::CallerTurns;
pub use event::{AnsweredBy, CallEvent, Happening, TransferTarget};
pub use facts::{CallFacts, Outcome, RecordingFacts};
pub use fault::{Fault, FaultCategory};
pub use identity::{CallIdentity, Platform, PlatformId};
pub use links::CallLinks;
pub use longest::Longest;
pub use recording::{Recording, Tracks};

mod caller_turns;
mod event;
mod facts;
mod fault;
mod identity;
mod links;
mod longest;
mod recording;

/// The platform's id of a call.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct CallId(Arc<str>);

/// The platform's id of one function call inside a call.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct ToolCallId(Arc<str>);

macro_rules! id {
    ($name:ident) => {
        impl $name {
            /// The id as the platform wrote it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(CallId);
id!(ToolCallId);

/// Which way a call went.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Direction {
    /// The customer rang us.
    #[default]
    Inbound,
    /// We rang the customer.
    Outbound,
}

/// A call as far as its webhooks have told.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Call {
    /// Every id that is known of it.
    pub identity: CallIdentity,
    /// The party at the far end.
    pub caller: Caller,
    /// Which way it went.
    pub direction: Direction,
    /// The language that is spoken, where the platform says so.
    pub language: Option<Language>,
    /// What the network says of the caller's number.
    pub attestation: Attestation,
    /// How often the caller has spoken, where the platform tells.
    pub caller_turns: Option<CallerTurns>,
    /// Whether the platform has queues to which the call can go.
    pub has_queues: bool,
    /// The agent or user that it is for, by the id that whoever watches calls knows that person by.
    pub owner: Option<Arc<str>>,
}

impl Call {
    /// A call of which no more is known than this.
    pub fn new(identity: impl Into<CallIdentity>, caller: Caller) -> Self {
        Self {
            identity: identity.into(),
            caller,
            direction: Direction::Inbound,
            language: None,
            attestation: Attestation::Absent,
            caller_turns: None,
            has_queues: true,
            owner: None,
        }
    }

    /// The id of the platform that tells of the call.
    pub fn id(&self) -> &CallId {
        &self.identity.own().id
    }
}

/// A finished call, or what is told of a call apart from its end.
#[derive(Clone)]
#[non_exhaustive]
pub struct EndedCall {
    /// The call.
    pub call: Call,
    /// Why it ended, in the platform's word; empty where it does not say.
    pub reason: String,
    /// When it was answered.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Its length in whole seconds.
    pub seconds: Option<u32>,
    /// What was said.
    pub transcript: Option<String>,
    /// What it was about, in a few sentences.
    pub summary: Option<String>,
    /// Where its recordings lie.
    pub recordings: Vec<Recording>,
    /// The caller's mood, in the platform's word.
    pub sentiment: Option<String>,
    /// Whether it reached its aim, in the platform's word.
    pub success: Option<String>,
    /// Its cost in millionths of a US dollar.
    pub cost: Option<u64>,
    /// What else was found out of it, each a JSON text under the name that the operator gave it.
    pub outputs: BTreeMap<String, String>,
    /// Who answered.
    pub answered_by: AnsweredBy,
    /// What failed, if it ended by a fault.
    pub fault: Option<Fault>,
    /// How well the platform knows why it ended: 1 if it only carried the call, 2 if it spoke with the caller and tells
    /// of the end in passing, 3 if this is its report of the call.
    pub knowledge: u8,
}

impl EndedCall {
    /// A call of which no more is known than that it is over, and why.
    pub fn new(call: Call, reason: impl Into<String>) -> Self {
        Self {
            call,
            reason: reason.into(),
            started_at: None,
            ended_at: None,
            seconds: None,
            transcript: None,
            summary: None,
            recordings: Vec::new(),
            sentiment: None,
            success: None,
            cost: None,
            outputs: BTreeMap::new(),
            answered_by: AnsweredBy::Unknown,
            fault: None,
            knowledge: 3,
        }
    }
}

impl fmt::Debug for EndedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndedCall")
            .field("call", &self.call)
            .field("reason", &self.reason)
            .field("seconds", &self.seconds)
            .field("has_transcript", &self.transcript.is_some())
            .field("recordings", &self.recordings.len())
            .finish_non_exhaustive()
    }
}
