//! The live feed end to end: what Vapi's webhooks tell stands on a card, for whoever watches.

use std::time::Duration;

use serde_json::{Value, json};
use voice_crm_core::{
    journal::SqliteJournal,
    live::{CallCard, CallState, LiveBounds, LiveChange, LiveFilter, LiveMessage, RecordKind, Subscription},
};

use crate::stage::{NUMBER, Stage, builder, call_json, case, org, tool_calls};

async fn stage() -> Stage {
    Stage::with(org(), |builder| builder.live(LiveBounds::default())).await
}

fn message(kind: &str, more: &Value) -> Value {
    let mut message = json!({ "type": kind, "call": call_json("c") });
    for (name, value) in more.as_object().unwrap() {
        message[name] = value.clone();
    }
    message
}

fn said(role: &str, kind: &str, text: &str, at: u64) -> Value {
    message(
        "transcript",
        &json!({ "role": role, "transcriptType": kind, "transcript": text, "timestamp": 1_790_000_000_000_u64 + at }),
    )
}

async fn next(reader: &mut Subscription) -> LiveMessage {
    tokio::time::timeout(Duration::from_secs(5), reader.next()).await.unwrap().unwrap()
}

async fn next_change(reader: &mut Subscription) -> LiveChange {
    match next(reader).await {
        LiveMessage::Change(entry) => entry.change.clone(),
        other => panic!("{other:?}"),
    }
}

fn card(stage: &Stage) -> CallCard {
    let cards = stage.bridge.live().cards(&LiveFilter::all());
    assert_eq!(cards.len(), 1);
    CallCard::clone(&cards[0])
}

#[tokio::test]
async fn a_call_is_shown_from_its_first_ring_to_its_end() {
    let stage = stage().await;
    let mut reader = stage.bridge.live().subscribe(LiveFilter::all(), None);
    assert!(matches!(next(&mut reader).await, LiveMessage::Snapshot { cards, .. } if cards.is_empty()));

    stage.message(message("status-update", &json!({ "status": "ringing" }))).await;
    let LiveChange::Card(rings) = next_change(&mut reader).await else { panic!() };
    assert_eq!(rings.state, CallState::Ringing);
    assert_eq!(rings.number.as_ref().unwrap().as_e164(), "+14155550142");
    assert!(rings.caller.is_none(), "nobody has asked yet, and a card asks nobody");

    stage.message(message("status-update", &json!({ "status": "in-progress" }))).await;
    let LiveChange::Card(answered) = next_change(&mut reader).await else { panic!() };
    assert_eq!(answered.state, CallState::Answered);

    stage.message(message("speech-update", &json!({ "status": "started", "role": "user" }))).await;
    let LiveChange::Speaking(speaking) = next_change(&mut reader).await else { panic!() };
    assert!(speaking.caller && !speaking.agent);
    stage.message(said("user", "partial", "It smo", 1)).await;
    stage.message(said("user", "final", "It smokes.", 2)).await;
    let LiveChange::Said(line) = next_change(&mut reader).await else { panic!() };
    assert_eq!((line.by_caller, line.text.as_str()), (true, "It smokes."));
    stage.message(said("assistant", "final", "I see.", 3)).await;
    assert!(matches!(next_change(&mut reader).await, LiveChange::Said(line) if !line.by_caller));

    stage.tool("c", "1", "find_customer", json!({})).await;
    let LiveChange::Card(known) = next_change(&mut reader).await else { panic!() };
    let caller = known.caller.as_ref().unwrap();
    assert_eq!(
        (caller.name.as_str(), caller.record.as_ref().unwrap().as_str()),
        ("Ada Lovelace", stage.contact.as_str())
    );

    stage.message(tool_calls("c", &[("2", "create_case", case("It smokes."))])).await;
    let LiveChange::Called { function, records } = next_change(&mut reader).await else { panic!() };
    assert_eq!((function.function, function.outcome), ("create_case", "answered"));
    assert_eq!(records[0].record.as_str(), stage.only("Case")["Id"]);

    stage.end_call("c", "User: It smokes.").await;
    let LiveChange::Card(ended) = next_change(&mut reader).await else { panic!() };
    assert_eq!(ended.state, CallState::Ended);
    assert_eq!(ended.since.ended.unwrap().to_string(), "2026-11-20T10:03:04Z");
    assert_eq!(ended.ended_because.as_deref(), Some("customer-ended-call"));
    let kinds: Vec<_> = ended.records.iter().map(|link| link.kind).collect();
    assert_eq!(kinds, [RecordKind::Contact, RecordKind::Account, RecordKind::Written]);

    assert!(stage.bridge.shutdown(Duration::from_secs(5)).await);
    assert!(reader.next().await.is_none(), "the feed ends with the bridge");
}

#[tokio::test]
async fn the_same_webhook_again_shows_nothing_twice() {
    let stage = stage().await;
    for _ in 0..3 {
        stage.message(said("user", "final", "It smokes.", 2)).await;
        stage.message(tool_calls("c", &[("2", "create_case", case("It smokes."))])).await;
    }
    let card = card(&stage);
    let written = card.records.iter().filter(|link| link.kind == RecordKind::Written).count();
    assert_eq!((card.lines.len(), card.functions.len(), written), (1, 1, 1));
}

#[tokio::test]
async fn a_card_goes_out_as_json_and_its_debug_form_shows_nothing_of_a_person() {
    let stage = stage().await;
    stage.tool("c", "1", "find_customer", json!({})).await;
    stage.message(said("user", "final", "It smokes.", 2)).await;
    let mut reader = stage.bridge.live().subscribe(LiveFilter::all(), None);
    let snapshot = next(&mut reader).await;
    let written = serde_json::to_value(&snapshot).unwrap();
    let card = &written["cards"][0];
    assert_eq!(
        (&written["type"], &card["number"], &card["state"]),
        (&"snapshot".into(), &NUMBER.into(), &"answered".into())
    );
    assert_eq!(
        (&card["caller"]["name"], &card["lines"][0]["text"]),
        (&"Ada Lovelace".into(), &"It smokes.".into())
    );

    stage.message(said("user", "final", "It smokes again.", 5)).await;
    let change = next(&mut reader).await;
    assert_eq!(serde_json::to_value(&change).unwrap()["change"]["text"], "It smokes again.");
    let LiveMessage::Snapshot { cards, .. } = &snapshot else { panic!() };
    let shown = format!("{snapshot:?} {change:?} {:?} {:?} {:?}", cards[0], cards[0].caller, cards[0].lines);
    for secret in ["Lovelace", "smokes", "4155550142", NUMBER] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[tokio::test]
async fn what_is_not_durable_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    // A disk on which there is no room for a report as long as this one.
    let journal = SqliteJournal::options(folder.path().join("journal.db")).page_limit(16).open().unwrap();
    let org = org().start().await.unwrap();
    let bridge = builder(org.url(), journal).live(LiveBounds::default()).start().unwrap();
    let stage = Stage::of(org, bridge);
    assert_eq!(stage.end_call("c", &"User: hello".repeat(10_000)).await, 503);
    assert!(stage.bridge.live().cards(&LiveFilter::all()).is_empty());
}

#[tokio::test]
async fn nothing_is_shown_unless_it_was_switched_on() {
    let stage = Stage::set().await;
    stage.message(message("status-update", &json!({ "status": "ringing" }))).await;
    stage.tool("c", "1", "find_customer", json!({})).await;
    assert!(stage.bridge.live().cards(&LiveFilter::all()).is_empty());
    assert!(stage.bridge.live().subscribe(LiveFilter::all(), None).next().await.is_none());
}
