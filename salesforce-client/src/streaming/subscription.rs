//! One channel of a session: where it stands, and what has been seen of it.

use std::collections::VecDeque;

use serde_json::Value;

use super::{Channel, Event, ReplayFrom, ReplayId};

/// A channel that is listened to.
#[derive(Debug)]
pub(super) struct Subscription {
    pub(super) channel: Channel,
    /// Where to begin when the session is begun anew.
    from: ReplayFrom,
    /// Whether the server has accepted it in this session.
    pub(super) accepted: bool,
    /// Whether it was accepted in any session.
    ever_accepted: bool,
    /// Whether the consumer must be told that events may be missing.
    gap: bool,
    /// The latest places seen, so that a repeat is known.
    seen: VecDeque<ReplayId>,
}

impl Subscription {
    pub(super) fn new(channel: Channel, from: ReplayFrom) -> Self {
        Self { channel, from, accepted: false, ever_accepted: false, gap: false, seen: VecDeque::new() }
    }

    /// The place to ask the server for: -1 for what comes, -2 for all that is kept, or the one before.
    pub(super) fn replay(&self) -> i64 {
        match self.from {
            ReplayFrom::Latest => -1,
            ReplayFrom::Earliest => -2,
            ReplayFrom::After(place) => place.number(),
        }
    }

    /// Whether it goes on from a place, which the server may not know.
    pub(super) fn has_place(&self) -> bool {
        matches!(self.from, ReplayFrom::After(_))
    }

    /// The session is gone, and the subscription with it.
    pub(super) fn drop_session(&mut self) {
        self.accepted = false;
    }

    /// The server does not know the place: begin elsewhere.
    pub(super) fn begin_at(&mut self, from: ReplayFrom) {
        self.from = from;
        self.gap = true;
    }

    /// The server has accepted it; the notice that is due then, if one is.
    pub(super) fn accept(&mut self) -> Option<Event> {
        // Nobody knows what happened between two sessions that both began with "from now on".
        let blind = self.ever_accepted && !self.accepted && self.from == ReplayFrom::Latest;
        self.accepted = true;
        self.ever_accepted = true;
        (std::mem::take(&mut self.gap) || blind).then(|| Event::missed(&self.channel))
    }

    /// The event that a message carries, unless it is a repeat.
    pub(super) fn receive(&mut self, data: Value) -> Option<Event> {
        let event = Event::read(&self.channel, data);
        if let Some(place) = event.replay_id {
            // Places are compared one by one: after an org has moved, they begin anew.
            if self.seen.contains(&place) {
                return None;
            }
            if self.seen.len() == REMEMBERED {
                self.seen.pop_front();
            }
            self.seen.push_back(place);
            self.from = ReplayFrom::After(place);
        }
        Some(event)
    }
}

/// More than any answer can repeat.
const REMEMBERED: usize = 2_048;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn subscription(from: ReplayFrom) -> Subscription {
        Subscription::new(Channel::changes("Case").unwrap(), from)
    }

    fn data(place: i64) -> Value {
        json!({"payload": {}, "event": {"replayId": place}})
    }

    #[test]
    fn it_goes_on_after_the_last_event_and_knows_a_repeat() {
        let mut cases = subscription(ReplayFrom::Latest);
        assert_eq!(cases.replay(), -1);
        assert!(cases.receive(data(7)).is_some() && cases.receive(data(9)).is_some());
        assert_eq!(cases.replay(), 9);
        assert!(cases.receive(data(7)).is_none() && cases.receive(data(9)).is_none());
        assert!(cases.receive(data(3)).is_some(), "places begin anew after an org has moved");
    }

    #[test]
    fn a_gap_is_told_only_where_nobody_can_know() {
        let mut latest = subscription(ReplayFrom::Latest);
        assert!(latest.accept().is_none(), "nothing can be missed before the first session");
        latest.drop_session();
        assert!(latest.accept().is_some(), "nothing had come from which to go on");
        latest.drop_session();
        latest.receive(data(1));
        assert!(latest.accept().is_none(), "there is a place to go on from");

        let mut earliest = subscription(ReplayFrom::Earliest);
        assert!(earliest.accept().is_none());
        earliest.drop_session();
        assert!(earliest.accept().is_none(), "all that is kept comes again");

        let mut stale = subscription(ReplayFrom::After(ReplayId::new(5)));
        stale.begin_at(ReplayFrom::Earliest);
        assert!(stale.accept().is_some() && stale.accept().is_none());
    }
}
