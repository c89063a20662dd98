//! What a flow designer asks and tells over HTTP.

use std::time::Duration;

use bytes::Bytes;
use salesforce_emulator::{AfterStall, Fault};
use serde_json::{Value, json};
use voice_crm_core::{
    channel::{DataDip, Reply, WebhookRequest},
    journal::MemoryJournal,
};
use voice_crm_salesforce::{Budget, SalesforceCrm};

use crate::stage::{NUMBER, Stage, builder, client, org};

const TOKEN: &str = "canary-token-77aa";

async fn stage() -> Stage {
    let dip = DataDip::new("another-token-77aa").unwrap().or(TOKEN).unwrap();
    Stage::with(org(), |builder| builder.channel("/dip", dip).arrival_deadline(Duration::from_millis(300)))
        .await
}

async fn send(stage: &Stage, method: &str, url: &str, token: &str, body: &str) -> Reply {
    let bearer = format!("Bearer {token}");
    let header = |name: &str| name.eq_ignore_ascii_case("authorization").then_some(bearer.as_bytes());
    let path = url.split('?').next().unwrap();
    let request =
        WebhookRequest { method, url, header: &header, body: Bytes::copy_from_slice(body.as_bytes()) };
    stage.bridge.handle(path, request).await
}

async fn caller(stage: &Stage, ani: &str) -> Value {
    let reply = send(stage, "GET", &format!("/dip/caller?ani={ani}"), TOKEN, "").await;
    assert_eq!(reply.status, 200);
    serde_json::from_slice(&reply.body).unwrap()
}

#[tokio::test]
async fn the_caller_is_told_flat_and_always_with_every_field() {
    let stage = stage().await;
    stage
        .org
        .insert("Case", json!({ "Subject": "s", "Priority": "High", "ContactId": stage.contact }))
        .unwrap();
    let known = caller(&stage, "%2B14155550142").await;
    assert_eq!(
        (&known["matched"], &known["count"], &known["status"]),
        (&json!(true), &json!(1), &json!("one"))
    );
    assert_eq!((&known["name"], &known["casePriority"]), (&json!("Ada Lovelace"), &json!("High")));
    assert_eq!(known["contactId"], Value::from(stage.contact.as_str()));
    let unknown = caller(&stage, "anonymous").await;
    assert_eq!(
        (&unknown["matched"], &unknown["status"], &unknown["queue"]),
        (&json!(false), &json!("nobody"), &json!("agent"))
    );
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&known), names(&unknown));
    assert!(
        known
            .as_object()
            .unwrap()
            .values()
            .all(|value| !value.is_object() && !value.is_array() && !value.is_null())
    );
}

#[tokio::test]
async fn an_org_that_does_not_answer_is_told_within_the_budget_and_with_status_200() {
    let stage = stage().await;
    stage.org.faults().next(1, Fault::Stall { lasting: Duration::from_secs(5), then: AfterStall::Nothing });
    let unavailable = caller(&stage, "%2B14155550142").await;
    assert_eq!((&unavailable["matched"], &unavailable["status"]), (&json!(false), &json!("unavailable")));
}

#[tokio::test]
async fn flows_that_ask_of_many_callers_are_not_held_to_the_share_of_one_call() {
    let org = org().start().await.unwrap();
    let crm = SalesforceCrm::new(client(org.url())).budget(Budget::new(100, Duration::from_secs(20)));
    let dip = DataDip::new(TOKEN).unwrap();
    let bridge = builder(org.url(), MemoryJournal::new()).crm(crm).channel("/dip", dip).start().unwrap();
    let stage = Stage::of(org, bridge);
    // One call has 10 of 100 API calls.
    for number in 0..20 {
        let caller = caller(&stage, &format!("%2B141555501{number:02}")).await;
        assert_eq!(caller["status"], "nobody", "{number}");
    }
    assert_eq!(stage.org.stats().api_calls, 20);
}

#[tokio::test]
async fn nobody_without_the_token_learns_anything() {
    let stage = stage().await;
    for token in ["", "wrong", "canary-token-77a", "canary-token-77aab"] {
        let reply = send(&stage, "GET", &format!("/dip/caller?ani={NUMBER}"), token, "").await;
        assert_eq!((reply.status, &reply.headers[0].1), (401, &"Bearer".parse().unwrap()));
    }
    for (method, path) in
        [("GET", "/dip"), ("POST", "/dip/caller"), ("GET", "/dip/calls/c/comment"), ("GET", "/dipx/caller")]
    {
        let status = send(&stage, method, path, TOKEN, "").await.status;
        assert!(status == 404 || status == 405, "{method} {path}: {status}");
    }
    assert_eq!(stage.org.stats().api_calls, 0);
}

#[tokio::test]
async fn a_comment_is_on_the_case_once_however_often_it_is_sent() {
    let stage = stage().await;
    let case = stage.org.insert("Case", json!({ "Subject": "s" })).unwrap();
    let body = json!({ "case": case, "comment": "The customer rang." }).to_string();
    for _ in 0..3 {
        assert_eq!(send(&stage, "POST", "/dip/calls/c-1/comment", TOKEN, &body).await.status, 202);
    }
    stage.drained().await;
    assert_eq!(send(&stage, "POST", "/dip/calls/c-1/comment", TOKEN, &body).await.status, 202);
    stage.drained().await;
    assert_eq!(stage.only("CaseComment")["CommentBody"], "The customer rang.");
}

#[tokio::test]
async fn half_a_character_costs_no_more_of_a_comment_than_itself() {
    let stage = stage().await;
    let case = stage.org.insert("Case", json!({ "Subject": "s" })).unwrap();
    let body = json!({ "case": case, "comment": "The customer rang HALF" }).to_string();
    let body = body.replace("HALF", "\\ud83d");
    assert_eq!(send(&stage, "POST", "/dip/calls/c-1/comment", TOKEN, &body).await.status, 202);
    stage.drained().await;
    assert_eq!(stage.only("CaseComment")["CommentBody"], "The customer rang \u{fffd}");
}

#[tokio::test]
async fn a_comment_without_a_case_is_refused_with_what_to_do() {
    let stage = stage().await;
    for (body, says) in [
        ("{}", "the texts case and comment"),
        (r#"{"case":"null","comment":"x"}"#, "begins with 500"),
        (r#"{"case":"500000000000001AAA","comment":" "}"#, "between 1 and 4,000"),
    ] {
        let reply = send(&stage, "POST", "/dip/calls/c-1/comment", TOKEN, body).await;
        assert_eq!(reply.status, 400);
        assert!(String::from_utf8_lossy(&reply.body).contains(says), "{body}");
    }
}
