//! What changed since: conditional reads, changed and deleted records, duplicates.

use jiff::Timestamp;
use salesforce_client::{ErrorCode, RecordId};
use serde_json::{Value, json};

use crate::scripted::{Scripted, Step, client};

fn id() -> RecordId {
    "500000000000001".parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_record_that_is_as_it_was_is_not_read_again() {
    let transport = Scripted::new([Step::Answer(304, ""), Step::Answer(200, r#"{"Subject":"x"}"#)]);
    let client = client(&transport);
    let since = at("2026-11-20T10:00:05.9Z");
    let read = || client.records("Case").get::<Value>(&id()).fields(["Subject"]).if_modified_since(since);

    assert_eq!(read().await.unwrap(), None);
    assert_eq!(read().await.unwrap().unwrap()["Subject"], "x");
    assert_eq!(transport.header(0, "if-modified-since"), "Fri, 20 Nov 2026 10:00:05 GMT");
}

#[tokio::test]
async fn changed_and_deleted_records_come_with_the_moment_to_go_on_from() {
    let updated = r#"{"ids":["500000000000001"],"latestDateCovered":"2026-11-20T10:00:00.000+0000"}"#;
    let deleted = r#"{"deletedRecords":[{"id":"500000000000001","deletedDate":"2026-11-20T09:00:00.000+0000"}],
        "earliestDateAvailable":"2026-11-01T00:00:00.000+0000","latestDateCovered":"2026-11-20T10:00:00.000+0000"}"#;
    let transport = Scripted::new([Step::Answer(200, updated), Step::Answer(200, deleted)]);
    let client = client(&transport);
    let (start, end) = (at("2026-11-20T08:00:00Z"), at("2026-11-20T10:00:00Z"));

    let changes = client.records("Case").updated(start, end).await.unwrap();
    assert_eq!((changes.ids, changes.latest_date_covered), (vec![id()], end));
    let changes = client.records("Case").deleted(start, end).await.unwrap();
    assert_eq!(changes.deleted_records[0].deleted_date, at("2026-11-20T09:00:00Z"));
    assert!(transport.seen()[0].ends_with(
        "/sobjects/Case/updated?start=2026-11-20T08%3A00%3A00%2B00%3A00&end=2026-11-20T10%3A00%3A00%2B00%3A00"
    ));
}

#[tokio::test]
async fn a_duplicate_rule_names_the_records_it_found_and_can_be_overruled() {
    let found = r#"[{"errorCode":"DUPLICATES_DETECTED","message":"m","duplicateResult":{"matchResults":[
        {"matchRecords":[{"record":{"attributes":{"type":"Contact"},"Id":"003000000000001"}}]}]}}]"#;
    let transport = Scripted::new([
        Step::Answer(400, found),
        Step::Answer(201, r#"{"id":"003000000000002","success":true,"errors":[]}"#),
    ]);
    let client = client(&transport);
    let fields = json!({"LastName": "x"});

    let error = client.records("Contact").create(&fields).await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::DUPLICATES_DETECTED));
    assert_eq!(error.entries()[0].matches(), ["003000000000001".parse().unwrap()]);
    assert!(client.records("Contact").create(&fields).allow_duplicates().await.is_ok());
    assert_eq!(transport.header(1, "sforce-duplicate-rule-header"), "allowSave=true");
}
