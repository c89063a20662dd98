//! One card with what it is worked out from: it takes in all news of its call, in any order.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    bounds::LiveBounds,
    card::{
        CallCard, CallState, CardCaller, CardId, FunctionCalled, Line, RecordKind, RecordLink, Since,
        Speaking,
    },
    entry::LiveChange,
};
use crate::{
    call::{Call, Direction, Happening},
    caller::Attestation,
    crm::{CallerMatch, RecordRef},
};

/// How many functions and records a card shows.
const MOST_SHOWN: usize = 100;

/// Something that is to be shown.
pub(super) struct Update<'a> {
    pub(super) call: &'a Call,
    pub(super) at: Timestamp,
    /// Who calls, where that is known without asking.
    pub(super) caller: Option<&'a CallerMatch>,
    pub(super) owner: Option<Arc<str>>,
    pub(super) what: What<'a>,
}

/// What is to be shown.
pub(super) enum What<'a> {
    /// A call comes in.
    Arrived,
    /// A call moves on.
    Moved,
    /// Something happened on it.
    Happened(&'a Happening),
    /// A function came to an outcome, and wrote these records.
    Settled(FunctionCalled, Vec<RecordRef>),
}

/// What an update changed.
pub(super) enum Effect {
    Nothing,
    Part(LiveChange),
    Whole,
}

/// One card.
pub(super) struct Kept {
    pub(super) card: CallCard,
    /// When it may leave.
    pub(super) leaves_at: Instant,
    /// The number of the next change at the time of the last update.
    pub(super) touched: u64,
    /// The bytes of its lines.
    bytes: usize,
    /// Whether the platform that carries the call has told that it goes on.
    carrier_tells: bool,
    /// Whether that platform has told that it is over.
    carrier_ended: bool,
    ended_at: Option<Timestamp>,
    /// The network says that the number is not the caller's, so nobody is named by it.
    denied: bool,
}

impl Kept {
    pub(super) fn new(id: CardId, first: Timestamp, leaves_at: Instant) -> Self {
        let since = Since { first, ringing: None, answered: None, held: None, resumed: None, ended: None };
        let card = CallCard {
            id,
            ids: std::collections::BTreeSet::new(),
            state: CallState::Unknown,
            direction: Direction::Inbound,
            number: None,
            caller: None,
            owner: None,
            since,
            transferred_to: None,
            speaking: Speaking::default(),
            lines: std::collections::VecDeque::new(),
            earlier_lines: 0,
            functions: std::collections::VecDeque::new(),
            records: Vec::new(),
            ended_because: None,
        };
        Self {
            card,
            leaves_at,
            touched: 0,
            bytes: 0,
            carrier_tells: false,
            carrier_ended: false,
            ended_at: None,
            denied: false,
        }
    }

    /// Whether the call is over. The voice agent may leave a call that goes on with somebody else; then only the
    /// platform that carries it knows its end.
    pub(super) fn is_over(&self) -> bool {
        self.carrier_ended || (self.ended_at.is_some() && !self.carrier_tells)
    }

    /// Takes in an update.
    pub(super) fn take(&mut self, update: Update<'_>, bounds: &LiveBounds) -> Effect {
        let before = self.card.since;
        let mut whole = self.identify(&update);
        let part = match update.what {
            What::Arrived => {
                self.card.since.ringing = earliest(self.card.since.ringing, update.at);
                Effect::Nothing
            }
            What::Moved => Effect::Nothing,
            What::Happened(what) => {
                let by_carrier = update.call.identity.is_told_by_carrier();
                self.happened(what, by_carrier, update.at, bounds)
            }
            What::Settled(function, written) => self.settled(function, written),
        };
        whole |= self.work_out() || self.card.since != before;
        if whole { Effect::Whole } else { part }
    }

    /// What is known of the call itself; true if that is more than before.
    fn identify(&mut self, Update { call, caller, owner, .. }: &Update<'_>) -> bool {
        let card = &mut self.card;
        let mut more = false;
        if let Some(number) = call.caller.number().filter(|_| card.number.is_none()) {
            card.number = Some(number.clone());
            more = true;
        }
        if call.direction == Direction::Outbound && card.direction != Direction::Outbound {
            card.direction = Direction::Outbound;
            more = true;
        }
        let owner = owner.as_ref().or(call.owner.as_ref());
        if owner.is_some() && card.owner.as_ref() != owner {
            card.owner = owner.cloned();
            more = true;
        }
        if call.attestation == Attestation::Failed && !self.denied {
            self.deny();
            more = true;
        }
        let Some(known) = caller.and_then(CallerMatch::one).filter(|_| !self.denied) else { return more };
        let named = CardCaller { name: known.name.line(255), record: known.record().cloned() };
        if self.card.caller.as_ref() != Some(&named) {
            self.card.caller = Some(named);
            more = true;
        }
        let account = known.account.as_ref().map(|account| &account.account);
        let parties = [
            (RecordKind::Contact, known.contact.as_ref()),
            (RecordKind::Lead, known.lead.as_ref()),
            (RecordKind::Account, account),
        ];
        let cases = known.open_cases.iter().map(|case| (RecordKind::Case, Some(&case.case)));
        for (kind, record) in parties.into_iter().chain(cases) {
            if let Some(record) = record {
                more |= self.link(RecordLink::new(kind, record.clone()));
            }
        }
        more
    }

    fn happened(&mut self, what: &Happening, by_carrier: bool, at: Timestamp, bounds: &LiveBounds) -> Effect {
        let since = &mut self.card.since;
        match what {
            Happening::Ringing => since.ringing = earliest(since.ringing, at),
            Happening::Answered(_) => since.answered = earliest(since.answered, at),
            Happening::Held => since.held = since.held.max(Some(at)),
            Happening::Resumed => since.resumed = since.resumed.max(Some(at)),
            Happening::Transferred(to) => {
                let before = self.card.transferred_to.replace(to.describe());
                return if before == self.card.transferred_to { Effect::Nothing } else { Effect::Whole };
            }
            Happening::Said { by_caller, text } => {
                let line =
                    Line { at, by_caller: *by_caller, text: clip(text.trim(), bounds.transcript_bytes) };
                // Lines of its age have left already: it may be one of them, and would leave at once.
                let is_too_old = self.card.lines.front().is_some_and(|first| line.at < first.at);
                if self.card.earlier_lines > 0 && is_too_old {
                    return Effect::Nothing;
                }
                return self.said(Arc::new(line), bounds);
            }
            Happening::Speaking { by_caller, began } => {
                let mut speaking = self.card.speaking;
                *(if *by_caller { &mut speaking.caller } else { &mut speaking.agent }) = *began;
                let changed = speaking != self.card.speaking && !self.is_over();
                return if changed { self.speaks(speaking) } else { Effect::Nothing };
            }
            Happening::Ended(ended) => {
                self.ended_at = self.ended_at.max(Some(ended.ended_at.unwrap_or(at)));
                // The platform that only carried the call knows less of why, and more of whether.
                if ended.knowledge > 1 || self.card.ended_because.is_none() {
                    self.card.ended_because = Some(ended.reason.clone());
                }
                self.carrier_ended |= by_carrier;
                return Effect::Nothing;
            }
            _ => return Effect::Nothing,
        }
        self.carrier_tells |= by_carrier;
        Effect::Nothing
    }

    fn speaks(&mut self, speaking: Speaking) -> Effect {
        self.card.speaking = speaking;
        Effect::Part(LiveChange::Speaking(speaking))
    }

    /// Adds a line in the order of time, once.
    fn said(&mut self, line: Arc<Line>, bounds: &LiveBounds) -> Effect {
        let lines = &mut self.card.lines;
        if line.text.is_empty() || lines.contains(&line) {
            return Effect::Nothing;
        }
        let place = lines.iter().rposition(|earlier| earlier.at <= line.at).map_or(0, |place| place + 1);
        self.bytes += line.text.len();
        lines.insert(place, line.clone());
        while lines.len() > bounds.lines || self.bytes > bounds.transcript_bytes {
            let Some(oldest) = lines.pop_front() else { break };
            self.bytes -= oldest.text.len();
            self.card.earlier_lines += 1;
        }
        Effect::Part(LiveChange::Said(line))
    }

    fn settled(&mut self, function: FunctionCalled, written: Vec<RecordRef>) -> Effect {
        let mut records = Vec::new();
        for record in written {
            let written_by = Some(function.function);
            let link = RecordLink { kind: RecordKind::Written, record, written_by };
            if self.link(link.clone()) {
                records.push(link);
            }
        }
        let functions = &mut self.card.functions;
        let same = |known: &&mut FunctionCalled| {
            known.tool_call == function.tool_call && known.function == function.function
        };
        match functions.iter_mut().find(same) {
            // Delivered again, it came to the same.
            Some(known) if known.outcome == function.outcome && records.is_empty() => return Effect::Nothing,
            Some(known) => *known = function.clone(),
            None => functions.push_back(function.clone()),
        }
        if functions.len() > MOST_SHOWN {
            functions.pop_front();
        }
        Effect::Part(LiveChange::Called { function, records })
    }

    fn link(&mut self, link: RecordLink) -> bool {
        let known = self.card.records.iter().any(|known| known.record == link.record);
        let new = !known && self.card.records.len() < MOST_SHOWN;
        if new {
            self.card.records.push(link);
        }
        new
    }

    /// Works the state out from all that is known; true if it is another one.
    fn work_out(&mut self) -> bool {
        let over = self.is_over();
        let card = &mut self.card;
        card.since.ended = if over { self.ended_at } else { None };
        let began = card.since.answered.is_some() || !card.lines.is_empty() || !card.functions.is_empty();
        let state = if over {
            card.speaking = Speaking::default();
            CallState::Ended
        } else if card.since.held > card.since.resumed {
            CallState::OnHold
        } else if began {
            CallState::Answered
        } else if card.since.ringing.is_some() {
            CallState::Ringing
        } else {
            CallState::Unknown
        };
        std::mem::replace(&mut card.state, state) != state
    }

    /// Takes in the card of what turns out to be the same call, but for its ids.
    pub(super) fn merge(&mut self, other: Self, bounds: &LiveBounds) {
        let (mine, theirs) = (&mut self.card, other.card);
        if theirs.direction == Direction::Outbound {
            mine.direction = Direction::Outbound;
        }
        mine.number = mine.number.take().or(theirs.number);
        mine.caller = mine.caller.take().or(theirs.caller);
        mine.owner = mine.owner.take().or(theirs.owner);
        mine.transferred_to = mine.transferred_to.take().or(theirs.transferred_to);
        mine.ended_because = mine.ended_because.take().or(theirs.ended_because);
        mine.speaking.caller |= theirs.speaking.caller;
        mine.speaking.agent |= theirs.speaking.agent;
        mine.earlier_lines += theirs.earlier_lines;
        let (since, other_since) = (&mut mine.since, theirs.since);
        since.first = since.first.min(other_since.first);
        since.ringing = either(since.ringing, other_since.ringing);
        since.answered = either(since.answered, other_since.answered);
        since.held = since.held.max(other_since.held);
        since.resumed = since.resumed.max(other_since.resumed);
        self.carrier_tells |= other.carrier_tells;
        self.carrier_ended |= other.carrier_ended;
        self.ended_at = self.ended_at.max(other.ended_at);
        for line in theirs.lines {
            self.said(line, bounds);
        }
        for function in theirs.functions {
            self.settled(function, Vec::new());
        }
        for link in theirs.records {
            self.link(link);
        }
        if self.denied || other.denied {
            self.deny();
        }
        self.work_out();
    }

    /// Takes back who was named by the number.
    fn deny(&mut self) {
        self.denied = true;
        self.card.caller = None;
        self.card.records.retain(|link| link.kind == RecordKind::Written);
    }
}

fn earliest(known: Option<Timestamp>, at: Timestamp) -> Option<Timestamp> {
    either(known, Some(at))
}

fn either(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// A text that is not longer than so many bytes.
fn clip(text: &str, most: usize) -> String {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
