//! Going back to the start.

use std::time::Duration;

use salesforce_emulator::{Fault, Field, Scope};
use serde_json::json;

use crate::caller::{Caller, code, org};

#[tokio::test]
async fn a_reset_goes_back_to_the_start_and_keeps_tokens() {
    let fields = json!({ "Subject": "first" }).as_object().unwrap().clone();
    let org = org().record("Case", fields).field("Case", Field::date("Due__c")).start().await.unwrap();
    let caller = Caller::new(&org).await;
    let first = org.records("Case")[0].clone();
    caller.create("Case", json!({ "Subject": "second" })).await;
    let path = format!("/sobjects/Case/{}", first["Id"].as_str().unwrap());
    assert_eq!(caller.patch(&path, json!({ "Subject": "changed" })).await.0, 204);
    org.hold_fault(Scope::Everything, Fault::DailyLimit).unwrap();
    org.faults().hold_token(Fault::Unavailable503BeforeWrite);
    org.set_limit(0, Duration::from_secs(60));
    assert_eq!(code(&caller.get("/limits").await), (403, "REQUEST_LIMIT_EXCEEDED"));

    org.reset();
    assert_eq!(org.records("Case"), std::slice::from_ref(&first));
    assert!(org.audit().is_empty() && org.requests().is_empty());
    assert_eq!(org.stats().api_calls, 0);
    assert_eq!(caller.get("/limits").await.0, 200, "the token is good, and no fault and no limit is left");
    let again = caller.create("Case", json!({ "Subject": "second" })).await;
    let number = |at: usize| org.records("Case")[at]["CaseNumber"].as_str().unwrap().to_owned();
    assert_eq!((number(0).as_str(), number(1).as_str()), ("00001000", "00001001"));
    assert_eq!(caller.query(&format!("SELECT Id FROM Case WHERE Id = '{again}'")).await.1["totalSize"], 1);
    assert_eq!(caller.query("SELECT Id FROM Case WHERE Subject = 'changed'").await.1["totalSize"], 0);
}
