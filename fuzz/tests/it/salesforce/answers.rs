//! Answers and their headers: each operation ends with a value or an error, whatever came.

use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{HeaderName, HeaderValue};
use salesforce_client::{Client, RecordId, Soql};
use serde_json::{Value, json};

use super::org::{Answer, client, run};
use crate::{
    bound::check_values,
    edit::{check_seeded, seeded},
    seeds::SALESFORCE,
};

const STATUSES: [u16; 12] = [200, 201, 204, 300, 304, 400, 401, 403, 404, 429, 500, 503];
const NAMES: [&str; 5] = ["retry-after", "sforce-limit-info", "content-type", "sforce-locator", "location"];
const VALUES: [&str; 14] = [
    "120",
    "Fri, 20 Nov 2026 10:04:00 GMT",
    "99999999999999999999",
    "-1",
    "1e9",
    "",
    "api-usage=18/15000",
    "api-usage=18/15000; per-app-api-usage=17/250(appName=voice)",
    "api-usage=-1/0",
    "api-usage=99999999999999999999/1",
    "api-usage=/",
    "application/json;charset=UTF-8",
    "text/html",
    "https://evil.example/",
];

/// Asks for something of each kind. The answers are the same again and again, and then there are none.
async fn ask(org: &Client) {
    let case = RecordId::parse("500000000000001AAA").unwrap();
    let page = org.query::<Value>(Soql::new("SELECT Id FROM Case")).await;
    let rows =
        org.query::<Value>(Soql::new("SELECT Id FROM Case")).stream().take(100).collect::<Vec<_>>().await;
    let record = org.records("Case").get::<Value>(&case).await;
    let created = org.records("Case").create(&json!({ "Subject": "a" })).await;
    let upserted = org.records("Case").upsert("Voice_Key__c", "k", &json!({ "Subject": "a" })).await;
    let _ = format!("{page:?} {} {record:?} {created:?} {upserted:?} {:?}", rows.len(), org.usage());
}

fn exercise(body: &[u8]) {
    for status in [200, 400] {
        let answer = Answer { status, body: Bytes::copy_from_slice(body), ..Answer::default() };
        run(ask(&client(vec![answer; 12])));
    }
}

#[test]
fn any_body_ends_with_a_value_or_an_error() {
    check_seeded!(SALESFORCE, exercise);
}

#[test]
fn any_headers_and_status_end_with_a_value_or_an_error() {
    check_values!((u8, Vec<(u8, u8, Vec<u8>)>, Vec<u8>), |(status, headers, edits)| {
        let headers = headers.iter().filter_map(|(name, value, bytes)| {
            let name = NAMES[usize::from(*name) % NAMES.len()];
            let known = VALUES.get(usize::from(*value) % 20);
            let value = known.map_or(bytes.as_slice(), |value| value.as_bytes());
            Some((HeaderName::from_static(name), HeaderValue::from_bytes(value).ok()?))
        });
        let answer = Answer {
            status: STATUSES[usize::from(*status) % STATUSES.len()],
            headers: headers.collect(),
            body: seeded(&SALESFORCE, edits).into(),
            piece: 1,
        };
        run(ask(&client(vec![answer; 12])));
    });
}
