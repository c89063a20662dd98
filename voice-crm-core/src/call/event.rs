//! What happens on a call, in words that belong to no platform.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Call, EndedCall, Fault, Recording};

/// Something that happened on a call.
///
/// Events may come in any order, more than once, or not at all; see [`CallFacts`](super::CallFacts).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CallEvent {
    /// The call.
    pub call: Call,
    /// When it happened, by the platform's clock.
    pub at: Option<Timestamp>,
    /// What happened.
    pub what: Happening,
}

/// What happened on a call.
#[derive(Clone)]
#[non_exhaustive]
pub enum Happening {
    /// Another id of the call became known, or an id of what was taken for another call. The ids are those of
    /// [`Call::identity`].
    Identified,
    /// It rings.
    Ringing,
    /// Somebody or something answered.
    Answered(AnsweredBy),
    /// The caller was put on hold.
    Held,
    /// The caller was taken off hold.
    Resumed,
    /// It went on with somebody else.
    Transferred(TransferTarget),
    /// Something failed.
    Failed(Fault),
    /// A recording is there.
    Recorded(Recording),
    /// The caller has left a message, with nobody at the other end.
    LeftMessage(Recording),
    /// The caller pressed keys or said something that was asked for.
    Entered(String),
    /// Somebody said something, while the call goes on. It is for those who watch; the whole comes at the end.
    Said {
        /// Whether it was the caller.
        by_caller: bool,
        /// What was said.
        text: String,
    },
    /// Somebody began or stopped speaking. It is for those who watch, and is not kept.
    Speaking {
        /// Whether it is the caller.
        by_caller: bool,
        /// Whether it began; else it stopped.
        began: bool,
    },
    /// Somebody adds a note, under a name by which a repeat is known.
    Noted {
        /// The name of the note.
        name: String,
        /// Its text.
        text: String,
    },
    /// Something is told of the call as a whole, apart from its end.
    Reported(Box<EndedCall>),
    /// It came to a stage that the bridge does not act on, in the platform's word.
    Progressed(String),
    /// It is over.
    Ended(Box<EndedCall>),
}

/// Who or what answered a call. Ordered by how much it says.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AnsweredBy {
    /// Nobody knows.
    #[default]
    Unknown,
    /// A voice agent.
    Agent,
    /// A person.
    Person,
    /// An answering machine.
    Machine,
    /// A fax.
    Fax,
}

impl AnsweredBy {
    /// The answer in one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Agent => "agent",
            Self::Person => "person",
            Self::Machine => "machine",
            Self::Fax => "fax",
        }
    }
}

/// Where a call was transferred to.
#[derive(Clone, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TransferTarget {
    /// A telephone number or SIP address.
    Address(String),
    /// A queue.
    Queue(String),
    /// Another voice agent.
    Assistant(String),
    /// Not told.
    Unknown,
}

impl TransferTarget {
    /// The same, but for a number or address, of which nothing is left.
    pub(crate) fn without_address(self) -> Self {
        match self {
            Self::Address(_) => Self::Address(String::new()),
            other => other,
        }
    }

    /// The kind of target and, where that names nobody, which one.
    pub fn describe(&self) -> String {
        match self {
            Self::Address(_) => "another number".to_owned(),
            Self::Queue(name) => format!("the queue {name}"),
            Self::Assistant(name) => format!("the assistant {name}"),
            Self::Unknown => "somebody else".to_owned(),
        }
    }
}

impl fmt::Debug for TransferTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Address(_) => "Address(..)",
            Self::Queue(_) => "Queue(..)",
            Self::Assistant(_) => "Assistant(..)",
            Self::Unknown => "Unknown",
        })
    }
}

impl CallEvent {
    /// Something that happened on a call.
    pub fn new(call: Call, what: Happening) -> Self {
        Self { call, at: None, what }
    }

    /// With the moment at which it happened.
    #[must_use]
    pub fn at(mut self, at: Option<Timestamp>) -> Self {
        self.at = at;
        self
    }
}

impl Happening {
    /// One word for it, for a log line.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Identified => "identified",
            Self::Ringing => "ringing",
            Self::Answered(_) => "answered",
            Self::Held => "held",
            Self::Resumed => "resumed",
            Self::Transferred(_) => "transferred",
            Self::Failed(_) => "failed",
            Self::Recorded(_) => "recorded",
            Self::LeftMessage(_) => "left_message",
            Self::Entered(_) => "entered",
            Self::Said { .. } => "said",
            Self::Speaking { .. } => "speaking",
            Self::Noted { .. } => "noted",
            Self::Reported(_) => "reported",
            Self::Progressed(_) => "progressed",
            Self::Ended(_) => "ended",
        }
    }
}

impl fmt::Debug for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}
