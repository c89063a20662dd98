//! What is shown of one call.

use std::{
    collections::{BTreeSet, VecDeque},
    fmt,
    sync::Arc,
};

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    call::{Direction, PlatformId, ToolCallId},
    crm::RecordRef,
    phone::PhoneNumber,
};

/// The id of a card. When two cards turn out to be one call, the younger card is removed.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct CardId(pub(super) u64);

impl CardId {
    /// The id as a number.
    pub fn get(self) -> u64 {
        self.0
    }
}

/// The state of a call.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CallState {
    /// Its state is not known yet.
    #[default]
    Unknown,
    /// It rings.
    Ringing,
    /// Somebody or something has answered.
    Answered,
    /// The caller is on hold.
    OnHold,
    /// It is over.
    Ended,
}

/// What is shown of one call.
#[derive(Clone, Serialize)]
#[non_exhaustive]
pub struct CallCard {
    /// The id of the card.
    pub id: CardId,
    /// What platforms call the call.
    pub ids: BTreeSet<PlatformId>,
    /// Where the call stands.
    pub state: CallState,
    /// Which way it went.
    pub direction: Direction,
    /// The number at the far end.
    pub number: Option<PhoneNumber>,
    /// Who calls, where there is no doubt.
    pub caller: Option<CardCaller>,
    /// The agent or user that it is for.
    pub owner: Option<Arc<str>>,
    /// When it came to its states.
    pub since: Since,
    /// Where it was transferred to, in words.
    pub transferred_to: Option<String>,
    /// Who is speaking.
    pub speaking: Speaking,
    /// What was said, in order: the last lines of it.
    pub lines: VecDeque<Arc<Line>>,
    /// How many earlier lines are not here any more.
    pub earlier_lines: u64,
    /// The functions that were called, in the order in which they came to an outcome: the last of them.
    pub functions: VecDeque<FunctionCalled>,
    /// The records that belong to the call.
    pub records: Vec<RecordLink>,
    /// Why it ended, in the platform's word.
    pub ended_because: Option<String>,
}

/// When a call came to its states.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Since {
    /// When it was first heard of.
    pub first: Timestamp,
    /// When it first rang.
    pub ringing: Option<Timestamp>,
    /// When it was answered.
    pub answered: Option<Timestamp>,
    /// When it was last put on hold.
    pub held: Option<Timestamp>,
    /// When it was last taken off hold.
    pub resumed: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
}

/// Who is speaking.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Speaking {
    /// The caller.
    pub caller: bool,
    /// Whoever answered.
    pub agent: bool,
}

/// Who calls.
#[derive(Clone, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CardCaller {
    /// The name.
    pub name: String,
    /// The record.
    pub record: Option<RecordRef>,
}

/// A line of the transcript.
#[derive(Clone, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Line {
    /// When it was said.
    pub at: Timestamp,
    /// Whether it was the caller.
    pub by_caller: bool,
    /// What was said.
    pub text: String,
}

/// A function that was called, and what it came to.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FunctionCalled {
    /// The platform's id of the function call.
    pub tool_call: ToolCallId,
    /// The function.
    pub function: &'static str,
    /// What it came to: `answered`, `asked`, or the kind of failure.
    pub outcome: &'static str,
    /// When it came to it.
    pub at: Timestamp,
}

/// A record of the CRM that belongs to a call.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RecordLink {
    /// What it is.
    pub kind: RecordKind,
    /// The record.
    pub record: RecordRef,
    /// The function that wrote it, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written_by: Option<&'static str>,
}

/// What a record is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RecordKind {
    /// The contact who calls.
    Contact,
    /// The lead who calls.
    Lead,
    /// The account of who calls.
    Account,
    /// An open case of who calls.
    Case,
    /// What a function wrote on the call.
    Written,
}

impl RecordLink {
    pub(super) fn new(kind: RecordKind, record: RecordRef) -> Self {
        Self { kind, record, written_by: None }
    }
}

impl fmt::Debug for CallCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallCard")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("lines", &self.lines.len())
            .field("functions", &self.functions.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for CardCaller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardCaller").field("record", &self.record).finish_non_exhaustive()
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").field("by_caller", &self.by_caller).finish_non_exhaustive()
    }
}
