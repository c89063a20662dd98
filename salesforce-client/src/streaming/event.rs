//! `Event`: one thing that happened, and its place in its channel.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Channel;
use crate::error::{Error, ErrorKind, Result};

/// The place of an event in its channel. Later events have higher ones; there are gaps between them.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ReplayId(i64);

impl ReplayId {
    /// A place as it was kept.
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number to keep.
    pub const fn number(self) -> i64 {
        self.0
    }
}

/// What an event says has happened.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum EventKind {
    /// A record was created.
    Created,
    /// A record was changed.
    Updated,
    /// A record was deleted.
    Deleted,
    /// A record was taken out of the recycle bin.
    Undeleted,
    /// Somebody published a platform event, or pushed text into a generic channel.
    Published,
    /// Records changed in a way the org does not tell of in detail: read them again.
    Gap,
    /// Events of this channel may have been missed here; the event says nothing else. Read again what
    /// matters. It is told when a position was no longer known to the org, and when a session was lost
    /// before the first event of a channel that is listened to from now on.
    Missed,
    /// A word this crate does not know.
    Unknown(String),
}

/// One event.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// The channel, as it was subscribed to.
    pub channel: Channel,
    /// Its place in the channel; none where the server keeps no places.
    pub replay_id: Option<ReplayId>,
    /// What happened.
    pub kind: EventKind,
    /// The record, the platform event's fields, or the text pushed. Of changes, the
    /// `ChangeEventHeader` and the fields that changed.
    pub payload: Value,
}

impl Event {
    /// The payload as `T`.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] when it does not fit.
    pub fn payload_as<T: DeserializeOwned>(&self) -> Result<T> {
        // The parser's words can quote the payload.
        T::deserialize(&self.payload)
            .map_err(|_| Error::new(ErrorKind::Decode, "the event's payload does not fit the expected type"))
    }

    /// The ids of the records that changed, as the org wrote them: of a change event all of them, else
    /// the record's own.
    pub fn record_ids(&self) -> Vec<&str> {
        match self.payload["ChangeEventHeader"]["recordIds"].as_array() {
            Some(ids) => ids.iter().filter_map(Value::as_str).collect(),
            None => self.payload["Id"].as_str().into_iter().collect(),
        }
    }

    /// Reads what a message of a channel carries.
    pub(super) fn read(channel: &Channel, data: Value) -> Self {
        let replay_id = data["event"]["replayId"].as_i64().map(ReplayId::new);
        let word = data["event"]["type"].as_str().map(str::to_owned);
        let part = ["sobject", "payload"].into_iter().find(|part| data.get(part).is_some());
        let payload = match (data, part) {
            (Value::Object(mut parts), Some(part)) => parts.remove(part).unwrap_or_default(),
            (whole, _) => whole,
        };
        let word = word.or_else(|| payload["ChangeEventHeader"]["changeType"].as_str().map(str::to_owned));
        let kind = word.map_or(EventKind::Published, EventKind::named);
        Self { channel: channel.clone(), replay_id, kind, payload }
    }

    pub(super) fn missed(channel: &Channel) -> Self {
        Self { channel: channel.clone(), replay_id: None, kind: EventKind::Missed, payload: Value::Null }
    }
}

impl EventKind {
    fn named(word: String) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "created" | "create" => Self::Created,
            "updated" | "update" => Self::Updated,
            "deleted" | "delete" => Self::Deleted,
            "undeleted" | "undelete" => Self::Undeleted,
            gap if gap.starts_with("gap_") => Self::Gap,
            _ => Self::Unknown(word),
        }
    }
}

/// Without the payload, which is customers' data.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("channel", &self.channel)
            .field("replay_id", &self.replay_id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(channel: &str, data: Value) -> Event {
        Event::read(&Channel::parse(channel).unwrap(), data)
    }

    #[test]
    fn each_sort_of_message_gives_its_kind_its_place_and_its_payload() {
        let topic =
            json!({"event": {"type": "updated", "replayId": 7}, "sobject": {"Id": "500000000000001"}});
        let topic = read("/topic/Calls", topic);
        assert_eq!((&topic.kind, topic.replay_id), (&EventKind::Updated, Some(ReplayId::new(7))));
        assert_eq!(topic.record_ids(), ["500000000000001"]);

        let published = json!({"schema": "s", "payload": {"Key__c": "k"}, "event": {"replayId": 8}});
        let published = read("/event/Call_Ended__e", published);
        assert_eq!((published.kind, &published.payload["Key__c"]), (EventKind::Published, &json!("k")));

        let header = json!({"changeType": "GAP_UPDATE", "recordIds": ["a", "b"]});
        let change = json!({"payload": {"ChangeEventHeader": header}, "event": {"replayId": 9}});
        let change = read("/data/CaseChangeEvent", change);
        assert_eq!((&change.kind, change.record_ids()), (&EventKind::Gap, vec!["a", "b"]));

        let text = read("/u/Notices", json!({"payload": "hello", "event": {"replayId": 1}}));
        assert_eq!((text.kind, text.payload), (EventKind::Published, json!("hello")));
    }

    #[test]
    fn a_message_of_no_known_shape_is_kept_whole() {
        let odd = read("/x/y", json!(["anything"]));
        assert_eq!((odd.kind, odd.replay_id, odd.payload), (EventKind::Published, None, json!(["anything"])));
    }

    #[test]
    fn what_an_event_shows_is_not_its_payload() {
        let event = read("/u/Notices", json!({"payload": "+14155550142"}));
        assert!(!format!("{event:?}").contains("4155550142"));
        assert!(!event.payload_as::<u32>().unwrap_err().to_string().contains("4155550142"));
    }
}
