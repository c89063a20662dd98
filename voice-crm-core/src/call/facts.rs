//! What is known of a call: facts that are put together in any order and come to the same.
//!
//! Each event is a few facts. Putting facts together is commutative, associative and changes nothing the second
//! time, so neither the order nor the repetition of events matters, and an event that is lost takes away its own
//! facts only. That is the whole state machine of a call, and it needs no memory of its own: the journal keeps the
//! facts of each event in the lane of the call, on whichever replica it came in.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    AnsweredBy, CallEvent, CallLinks, Direction, EndedCall, Fault, Happening, Longest, PlatformId, Recording,
    Tracks, TransferTarget,
};
use crate::phone::PhoneNumber;

/// What is known of a call.
#[derive(Clone, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CallFacts {
    /// The ids that platforms gave the call.
    pub ids: BTreeSet<PlatformId>,
    /// Which of the ids are known to name the same call.
    pub links: CallLinks,
    /// We rang the customer. Not doing so is what is assumed of a call of which only its end is known.
    pub outbound: bool,
    /// The number at the far end.
    pub phone: Option<PhoneNumber>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// When its end was first told of, by the platform's clock: what dates a call of which nobody says when it was over.
    pub end_told_at: Option<Timestamp>,
    /// Its length in whole seconds: the longest that anybody told.
    pub seconds: Option<u32>,
    /// Who answered, as far as anybody told.
    pub answered_by: AnsweredBy,
    /// Why it ended, in the word of the platform that knows best.
    pub outcome: Option<Outcome>,
    /// Where it was transferred to, and when.
    pub transfers: BTreeSet<(Option<Timestamp>, TransferTarget)>,
    /// When the caller was put on hold.
    pub holds: BTreeSet<Timestamp>,
    /// The recordings.
    pub recordings: BTreeMap<String, RecordingFacts>,
    /// Those recordings that are messages of the caller, left with nobody at the other end.
    pub messages: BTreeSet<String>,
    /// What failed.
    pub faults: BTreeSet<Fault>,
    /// The notes, by their names.
    pub notes: BTreeMap<String, Longest>,
    /// What was said: the longest that anybody told.
    pub transcript: Option<Longest>,
    /// What it was about: the longest that anybody told.
    pub summary: Option<Longest>,
    /// The caller's mood, in the platform's word.
    pub sentiment: Option<Longest>,
    /// Whether it reached its aim, in the platform's word.
    pub success: Option<Longest>,
    /// Its cost in millionths of a US dollar: the highest that anybody told.
    pub cost: Option<u64>,
    /// What else was found out of it, each a JSON text under the name that the operator gave it.
    pub outputs: BTreeMap<String, Longest>,
    /// It is over.
    pub over: bool,
}

/// What is known of a recording beside its address.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RecordingFacts {
    /// Its length in whole seconds: the longest that anybody told.
    pub seconds: Option<u32>,
    /// Whom it has.
    pub tracks: Tracks,
}

/// Why a call ended. The platform that spoke with the caller knows better than the one that carried the call.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
pub struct Outcome {
    /// How well the platform knows.
    pub knowledge: u8,
    /// The platform's word.
    pub word: String,
}

impl CallFacts {
    /// Everything that both know.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.ids.extend(other.ids);
        self.links.extend(other.links);
        self.outbound |= other.outbound;
        self.phone = self.phone.max(other.phone);
        self.started_at = earliest(self.started_at, other.started_at);
        self.ended_at = self.ended_at.max(other.ended_at);
        self.end_told_at = earliest(self.end_told_at, other.end_told_at);
        self.seconds = self.seconds.max(other.seconds);
        self.answered_by = self.answered_by.max(other.answered_by);
        self.outcome = self.outcome.max(other.outcome);
        self.transfers.extend(other.transfers);
        self.holds.extend(other.holds);
        for (url, told) in other.recordings {
            let known = self.recordings.entry(url).or_insert(told);
            known.seconds = known.seconds.max(told.seconds);
            known.tracks = known.tracks.min(told.tracks);
        }
        self.messages.extend(other.messages);
        self.faults.extend(other.faults);
        longest_of_each(&mut self.notes, other.notes);
        longest_of_each(&mut self.outputs, other.outputs);
        self.transcript = Longest::of_two(self.transcript, other.transcript);
        self.summary = Longest::of_two(self.summary, other.summary);
        self.sentiment = Longest::of_two(self.sentiment, other.sentiment);
        self.success = Longest::of_two(self.success, other.success);
        self.cost = self.cost.max(other.cost);
        self.over |= other.over;
        self
    }

    /// The same without what was said, written or noted, and without numbers: what later facts can still be merged with
    /// when the record of the call is made.
    #[must_use]
    pub fn without_content(mut self) -> Self {
        self.phone = None;
        self.transfers = self.transfers.into_iter().map(|(at, to)| (at, to.without_address())).collect();
        let without_texts = |named: BTreeMap<String, Longest>| {
            named.into_iter().map(|(name, text)| (name, text.without_text())).collect()
        };
        self.notes = without_texts(self.notes);
        self.outputs = without_texts(self.outputs);
        self.transcript = self.transcript.map(Longest::without_text);
        self.summary = self.summary.map(Longest::without_text);
        self.sentiment = self.sentiment.map(Longest::without_text);
        self.success = self.success.map(Longest::without_text);
        self
    }

    /// Which way it went.
    pub fn direction(&self) -> Direction {
        if self.outbound { Direction::Outbound } else { Direction::Inbound }
    }

    /// The name by which people know the call: of several ids the first in the alphabet.
    pub fn name(&self) -> &str {
        self.ids.iter().map(|known| known.id.as_str()).min().unwrap_or_default()
    }

    /// The ids by the calls that they name, as far as the links say: one set where all of it is one call.
    pub fn calls(&self) -> Vec<BTreeSet<&PlatformId>> {
        self.links.calls(&self.ids)
    }

    /// The recording that is best to listen to.
    pub fn best_recording(&self) -> Option<&str> {
        let best = self.recordings.iter().min_by_key(|(_, known)| known.tracks);
        best.map(|(url, _)| url.as_str())
    }

    /// Whether there is anything in it that a record of the call would show.
    pub(crate) fn is_worth_keeping(&self) -> bool {
        let bare = Self {
            ids: self.ids.clone(),
            links: self.links.clone(),
            outbound: self.outbound,
            phone: self.phone.clone(),
            ..Self::default()
        };
        *self != bare
    }

    /// Whether there is anything in it but ids, of which none is linked to another.
    pub(crate) fn tells_more_than_ids(&self) -> bool {
        *self != Self { ids: self.ids.clone(), ..Self::default() }
    }

    fn reported(&mut self, ended: &EndedCall) {
        self.started_at = ended.started_at;
        self.ended_at = ended.ended_at;
        self.seconds = ended.seconds;
        let is_told = !ended.reason.trim().is_empty();
        self.outcome = is_told.then(|| Outcome { knowledge: ended.knowledge, word: ended.reason.clone() });
        self.answered_by = ended.answered_by;
        self.transcript = ended.transcript.as_deref().and_then(Longest::new);
        self.summary = ended.summary.as_deref().and_then(Longest::new);
        self.sentiment = ended.sentiment.as_deref().and_then(Longest::new);
        self.success = ended.success.as_deref().and_then(Longest::new);
        self.cost = ended.cost;
        let outputs = ended.outputs.iter();
        self.outputs = outputs.filter_map(|(name, json)| Some((name.clone(), Longest::new(json)?))).collect();
        for recording in &ended.recordings {
            self.recorded(recording);
        }
        self.faults.extend(ended.fault.clone());
    }

    /// A recording without an address is none.
    fn recorded(&mut self, recording: &Recording) {
        let Recording { url, seconds, tracks } = recording;
        if !url.trim().is_empty() {
            self.recordings.insert(url.clone(), RecordingFacts { seconds: *seconds, tracks: *tracks });
        }
    }
}

impl From<&CallEvent> for CallFacts {
    fn from(event: &CallEvent) -> Self {
        let call = &event.call;
        let mut facts = Self {
            ids: call.identity.all().cloned().collect(),
            links: CallLinks::from(&call.identity),
            outbound: call.direction == Direction::Outbound,
            phone: call.caller.number().cloned(),
            ..Self::default()
        };
        match &event.what {
            Happening::Answered(by) => {
                facts.answered_by = *by;
                facts.started_at = event.at;
            }
            Happening::Held => facts.holds.extend(event.at),
            Happening::Transferred(to) => {
                facts.transfers.insert((event.at, to.clone()));
            }
            Happening::Failed(fault) => {
                facts.faults.insert(fault.clone());
            }
            Happening::Recorded(recording) => facts.recorded(recording),
            Happening::LeftMessage(recording) => {
                facts.recorded(recording);
                facts.messages.insert(recording.url.clone());
            }
            Happening::Noted { name, text } => {
                facts.notes.extend(Longest::new(text).map(|note| (name.clone(), note)));
            }
            Happening::Reported(told) => facts.reported(told),
            Happening::Ended(ended) => {
                facts.reported(ended);
                facts.over = true;
                facts.end_told_at = event.at;
            }
            Happening::Ringing
            | Happening::Resumed
            | Happening::Entered(_)
            | Happening::Said { .. }
            | Happening::Speaking { .. }
            | Happening::Identified
            | Happening::Progressed(_) => {}
        }
        facts
    }
}

/// Of each name the text that stands.
fn longest_of_each(known: &mut BTreeMap<String, Longest>, told: BTreeMap<String, Longest>) {
    for (name, text) in told {
        let text = Longest::of_two(known.remove(&name), Some(text));
        known.extend(text.map(|text| (name, text)));
    }
}

fn earliest(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

impl fmt::Debug for CallFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallFacts")
            .field("ids", &self.ids)
            .field("over", &self.over)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}
