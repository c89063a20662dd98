//! `PushTopic`s: queries whose records are told of when they change.
//!
//! See Salesforce, "`PushTopic` (Object Reference)" and "Event Notification Rules (Streaming API)".

use serde_json::{Value, json};

use super::{BlindSpots, Change, Notice, precise};
use crate::{
    engine::{Draft, Engine, Operation, Row},
    error::{ApiError, Code},
    schema::column,
    soql::Watch,
};

/// The messages of one write, one for each topic that hears of it.
pub(super) fn notices(engine: &Engine, change: &Change) -> Vec<Notice> {
    let Some(topics) = engine.schema.find("PushTopic") else { return Vec::new() };
    engine.store.live(topics).filter_map(|(_, topic)| notice(engine, topics, topic, change)).collect()
}

/// The active topic of this name, whose case matters.
pub(super) fn find(engine: &Engine, name: &str) -> Option<u32> {
    let topics = engine.schema.find("PushTopic")?;
    let read = |row: &Row, field: &str| text(engine, topics, row, field);
    let active = |row: &Row| flag(engine, topics, row, "IsActive");
    engine
        .store
        .live(topics)
        .find(|(_, row)| active(row) && read(row, "Name").as_deref() == Some(name))
        .map(|(serial, _)| serial)
}

/// Whether a user can listen to a topic: who sees its object, and the fields that it filters by.
pub(super) fn is_open(engine: &Engine, name: &str, spots: &BlindSpots) -> bool {
    let topic = engine.schema.find("PushTopic").zip(find(engine, name));
    let row = topic.and_then(|(topics, serial)| Some((topics, engine.store.row(topics, serial)?)));
    let query = row.and_then(|(topics, row)| text(engine, topics, row, "Query"));
    let Some(watch) = query.and_then(|query| Watch::new(engine, &query).ok()) else { return false };
    let object = watch.object();
    let fields = &engine.schema.object(object).fields;
    let filters_unseen = watch.filtered().into_iter().any(|at| spots.hides_field(object, &fields[at].name));
    !spots.hides(object) && !filters_unseen
}

/// Refuses a topic that could never tell of anything.
pub(super) fn check(engine: &Engine, draft: &Draft<'_>) -> Result<(), ApiError> {
    let query = draft.text("Query").unwrap_or_default();
    let watch = Watch::new(engine, query)
        .map_err(|error| ApiError::on_field(Code::InvalidField, error.message, "Query"))?;
    if watch.selected().contains(&column::ID) {
        return Ok(());
    }
    Err(ApiError::on_field(Code::InvalidField, "The Id field must be included in the query", "Query"))
}

fn notice(engine: &Engine, topics: usize, topic: &Row, change: &Change) -> Option<Notice> {
    let flag = |field: &str| flag(engine, topics, topic, field);
    if !flag("IsActive") {
        return None;
    }
    let (operation, word, record) = match change.operation {
        Operation::Insert => ("NotifyForOperationCreate", "created", change.after.as_ref()?),
        Operation::Update => ("NotifyForOperationUpdate", "updated", change.after.as_ref()?),
        Operation::Delete => ("NotifyForOperationDelete", "deleted", change.before.as_ref()?),
    };
    if !flag(operation) {
        return None;
    }
    let watch = Watch::new(engine, &text(engine, topics, topic, "Query")?).ok()?;
    if watch.object() != change.object || !watch.holds(engine, record) {
        return None;
    }
    let rule = text(engine, topics, topic, "NotifyForFields");
    if change.operation == Operation::Update && !concerns(&watch, rule.as_deref(), change) {
        return None;
    }
    let sobject = match change.operation {
        Operation::Delete => json!({ "Id": record.values[column::ID] }),
        _ => watch.record(engine, record),
    };
    let event = json!({ "type": word, "createdDate": precise(engine.now()) });
    let name = text(engine, topics, topic, "Name")?;
    let mut data = json!({ "event": event, "sobject": sobject });
    // Nobody is told of a field that the writer does not see.
    engine.blind_spots(engine.actor).cover(change.object, &mut data);
    Some(Notice { channel: format!("/topic/{name}"), data, about: Some(change.object) })
}

/// Whether one of the fields that the topic's rule names has changed.
fn concerns(watch: &Watch, rule: Option<&str>, change: &Change) -> bool {
    let (Some(before), Some(after)) = (&change.before, &change.after) else { return true };
    let changed =
        |columns: &[usize]| columns.iter().any(|at| before.values.get(*at) != after.values.get(*at));
    match rule {
        Some("All") => true,
        Some("Select") => changed(&watch.selected()),
        Some("Where") => changed(&watch.filtered()),
        _ => changed(&watch.selected()) || changed(&watch.filtered()),
    }
}

fn value(engine: &Engine, object: usize, row: &Row, field: &str) -> Value {
    let column = engine.schema.object(object).field(field);
    column.and_then(|column| row.values.get(column)).cloned().unwrap_or_default()
}

fn text(engine: &Engine, object: usize, row: &Row, field: &str) -> Option<String> {
    value(engine, object, row, field).as_str().map(str::to_owned)
}

fn flag(engine: &Engine, object: usize, row: &Row, field: &str) -> bool {
    value(engine, object, row, field) == true
}
