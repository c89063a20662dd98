//! What the org tells of its writes: which channels hear of them, and in what words.
//!
//! Writes are noted as they are made, forgotten when they are rolled back, and told of once they stay.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{BlindSpots, Draft, Engine, Operation, Row};
use crate::{error::ApiError, id::RecordId};

mod change_event;
mod push_topic;

/// Writes on their way to the channels.
#[derive(Default)]
pub(crate) struct Feed {
    /// The objects whose changes are tracked.
    tracked: HashSet<usize>,
    written: Vec<Change>,
    notices: Vec<Notice>,
    /// Transactions so far, which change events tell apart.
    commits: u64,
}

/// One write that may be told of.
struct Change {
    object: usize,
    operation: Operation,
    /// The record before it, unless it was made by it.
    before: Option<Row>,
    /// The record after it, unless it was deleted by it.
    after: Option<Row>,
}

/// A message for a channel, without its place in it.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub(crate) channel: String,
    pub(crate) data: Value,
    /// The object that it tells of a record of.
    pub(crate) about: Option<usize>,
}

impl Feed {
    pub(crate) fn track(&mut self, object: usize) {
        self.tracked.insert(object);
    }

    pub(crate) fn tracks(&self, object: usize) -> bool {
        self.tracked.contains(&object)
    }

    /// How much has been noted, to come back to.
    pub(super) fn savepoint(&self) -> (usize, usize) {
        (self.written.len(), self.notices.len())
    }

    pub(super) fn roll_back(&mut self, (written, notices): (usize, usize)) {
        self.written.truncate(written);
        self.notices.truncate(notices);
    }
}

impl Engine {
    /// Notes a write; the store still holds the record as it was.
    pub(super) fn note_write(&mut self, object: usize, serial: u32, draft: &Draft<'_>, operation: Operation) {
        let heard = self.feed.tracks(object)
            || self.schema.find("PushTopic").is_some_and(|topics| self.store.live_count(topics) > 0);
        if !heard {
            return;
        }
        let before = match operation {
            Operation::Insert => None,
            _ => self.store.row(object, serial).cloned(),
        };
        let after =
            (operation != Operation::Delete).then(|| Row { values: draft.values.clone(), deleted: false });
        self.feed.written.push(Change { object, operation, before, after });
    }

    /// Turns the writes that stay into messages.
    pub(super) fn tell(&mut self) {
        let written = std::mem::take(&mut self.feed.written);
        if written.is_empty() {
            return;
        }
        self.feed.commits += 1;
        // What the writer does not see, others may.
        let notices = self.seeing_everything(|engine| {
            let mut notices = Vec::new();
            for (number, change) in (1_u64..).zip(&written) {
                notices.extend(push_topic::notices(engine, change));
                if engine.feed.tracks(change.object) {
                    notices.extend(change_event::notices(engine, change, engine.feed.commits, number));
                }
            }
            notices
        });
        self.feed.notices.extend(notices);
    }

    /// Takes the messages that are due.
    pub(crate) fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.feed.notices)
    }

    /// Publishes a platform event. It is no record: nothing of it is stored.
    ///
    /// See Salesforce, "Platform Events Developer Guide".
    pub(super) fn publish_event(&mut self, object: usize, draft: &Draft<'_>) -> RecordId {
        let number = self.auto_numbers.entry(object).or_insert(1);
        let serial = u32::try_from(*number).unwrap_or(u32::MAX);
        *number += 1;
        let mut payload = json!({
            "CreatedDate": precise(self.now()),
            "CreatedById": self.actor.to_string(),
        });
        for (field, value) in draft.object.fields.iter().zip(&draft.values) {
            if field.is_custom() {
                payload[&field.name] = value.clone();
            }
        }
        let data = json!({ "schema": schema_id(&draft.object.name), "payload": payload, "event": {} });
        let channel = format!("/event/{}", draft.object.name);
        self.feed.notices.push(Notice { channel, data, about: Some(object) });
        self.id(object, serial)
    }

    /// Pushes a text into a generic channel.
    pub(crate) fn push_text(&mut self, channel: &str, text: &str) {
        let data = json!({ "payload": text, "event": { "createdDate": precise(self.now()) } });
        self.feed.notices.push(Notice { channel: channel.to_owned(), data, about: None });
    }

    /// What a user who listens to a channel must not be told of it; nothing if there is no channel of this name,
    /// which is without its filter, or the user may not listen to it.
    pub(crate) fn channel(&self, name: &str, user: RecordId) -> Option<BlindSpots> {
        let (root, leaf) = name.strip_prefix('/')?.split_once('/')?;
        let spots = self.blind_spots(user);
        let is_open = match root {
            "topic" => push_topic::is_open(self, leaf, &spots),
            "event" => self.schema.find(leaf).is_some_and(|object| {
                let known = self.schema.object(object);
                known.is_event() && known.name == leaf && !spots.hides(object)
            }),
            // Who listens to all objects is told of those that the user sees.
            "data" if leaf == change_event::ALL => true,
            "data" => change_event::object_of(self, leaf).is_some_and(|object| !spots.hides(object)),
            "u" => !leaf.is_empty() && !leaf.contains('*'),
            _ => false,
        };
        is_open.then_some(spots)
    }

    /// Refuses a `PushTopic` whose query cannot be watched.
    pub(super) fn check_topic(&self, draft: &Draft<'_>) -> Result<(), ApiError> {
        if draft.object.name == "PushTopic" { push_topic::check(self, draft) } else { Ok(()) }
    }
}

/// An instant as messages write it.
fn precise(at: jiff::Timestamp) -> String {
    at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// A name for the shape of a message: the same for the same object.
fn schema_id(name: &str) -> String {
    use base64::Engine as _;
    let digest = <sha2::Sha256 as sha2::Digest>::digest(name.as_bytes());
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&digest[..16])
}
