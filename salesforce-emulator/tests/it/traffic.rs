//! What the org tells of what it saw.

use std::{sync::Arc, time::Duration};

use serde_json::json;

use crate::caller::{Caller, PHONE, code, org};
use salesforce_emulator::Operation;

#[tokio::test]
async fn every_write_is_in_the_audit_with_its_request() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    org.insert("Account", json!({ "Name": "Acme" })).unwrap();
    let path = "/sobjects/Case/Voice_Key__c/k";
    caller.patch(path, json!({ "subject": "a" })).await;
    caller.patch(path, json!({ "Subject": "b" })).await;
    caller.patch(path, json!({ "Subject": 5 })).await;
    caller.delete(path).await;
    let audit = org.audit();
    let operations: Vec<_> = audit.iter().map(|entry| entry.operation).collect();
    assert_eq!(operations, [Operation::Insert, Operation::Insert, Operation::Update, Operation::Delete]);
    assert_eq!((audit[0].request, audit[1].request, audit[2].request), (0, 2, 3));
    assert_eq!(audit[2].external_key, Some(("Voice_Key__c".to_owned(), "k".to_owned())));
    assert_eq!(audit[1].fields["Subject"], "a");
    assert!(audit[1].id == audit[3].id && audit[1].object == "Case");
    caller.create("Case", json!({ "SuppliedPhone": PHONE })).await;
    let shown = format!("{:?}", org.audit());
    assert!(shown.contains("SuppliedPhone") && !shown.contains(PHONE));
}

#[tokio::test]
async fn the_log_names_requests_without_their_values() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    caller.patch(&format!("/sobjects/Case/Voice_Key__c/{PHONE}"), json!({ "SuppliedPhone": PHONE })).await;
    caller.query(&format!("SELECT Id FROM Case WHERE SuppliedPhone = '{PHONE}'")).await;
    let requests = org.requests();
    let paths: Vec<_> = requests.iter().map(|request| request.path_template.as_str()).collect();
    assert_eq!(
        paths,
        [
            "/services/oauth2/token",
            "/services/data/v66.0/sobjects/Case/Voice_Key__c/{value}",
            "/services/data/v66.0/query"
        ]
    );
    assert_eq!(
        requests.iter().map(|request| request.status).collect::<Vec<_>>(),
        [Some(200), Some(201), Some(200)]
    );
    caller.get(&format!("/sobjects/{PHONE}/{PHONE}/{PHONE}")).await;
    assert!(!format!("{:?}", org.requests()).contains(PHONE));
}

#[tokio::test]
async fn usage_is_told_on_every_answer_and_survives_a_reset() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let mut told = Vec::new();
    for path in ["/limits", "/nonsense", "/sobjects"] {
        let answer = caller.request(reqwest::Method::GET, path).send().await.unwrap();
        told.push(answer.headers()["sforce-limit-info"].to_str().unwrap().to_owned());
        org.reset_stats();
    }
    assert_eq!(told, ["api-usage=1/15000", "api-usage=2/15000", "api-usage=3/15000"]);
    let (_, limits) = caller.get("/limits").await;
    assert_eq!(limits["DailyApiRequests"], json!({ "Max": 15_000, "Remaining": 14_996 }));
    assert_eq!(org.stats().requests_by_kind["limits"], 1);
}

#[tokio::test]
async fn hundreds_of_connections_at_once_are_all_answered() {
    let org = Arc::new(org().start().await.unwrap());
    let barrier = Arc::new(tokio::sync::Barrier::new(300));
    let calls = (0..300).map(|number| {
        let (org, barrier) = (Arc::clone(&org), Arc::clone(&barrier));
        tokio::spawn(async move {
            let caller = Caller::new(&org).await;
            barrier.wait().await;
            caller.create("Case", json!({ "Voice_Key__c": number.to_string() })).await
        })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap();
    }
    assert_eq!((org.count("Case"), org.stats().connections), (300, 300));
}

#[tokio::test]
async fn calls_beyond_the_limit_are_refused_and_not_counted() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    org.set_limit(2, Duration::from_secs(3_600));
    assert_eq!(caller.post("/sobjects/Case", json!({})).await.0, 201);
    assert_eq!(caller.post("/sobjects/Case", json!({})).await.0, 201);
    assert_eq!(code(&caller.post("/sobjects/Case", json!({})).await), (403, "REQUEST_LIMIT_EXCEEDED"));
    assert_eq!((org.count("Case"), org.stats().api_calls, org.stats().limit_rejections), (2, 2, 1));
    org.clear_limit();
    assert_eq!(caller.post("/sobjects/Case", json!({})).await.0, 201);
}
