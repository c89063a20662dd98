//! Connections cut after every byte.

use salesforce_emulator::CutProxy;
use serde_json::json;

use crate::caller::{Caller, org};

#[tokio::test]
async fn bytes_pass_through_until_a_cut_is_asked_for() {
    let org = org().start().await.unwrap();
    let proxy = CutProxy::start(org.address()).await.unwrap();
    let caller = Caller::at(proxy.url()).await;
    assert_eq!(caller.post("/sobjects/Case", json!({})).await.0, 201);
    let seen = proxy.bytes_seen();
    assert_eq!(seen.len(), 1);
    assert!(seen[0].request > 300 && seen[0].response > 300);
}

#[tokio::test]
async fn a_client_is_told_the_address_it_used() {
    let org = org().start().await.unwrap();
    let proxy = CutProxy::start(org.address()).await.unwrap();
    let caller = Caller::at(proxy.url()).await;
    let answer = crate::caller::token_request(&caller.http, proxy.url()).send().await.unwrap();
    assert_eq!(answer.json::<serde_json::Value>().await.unwrap()["instance_url"], proxy.url());
}

/// One request on a connection of its own, so that the cut falls on it.
async fn create(caller: &Caller, key: usize) -> Result<u16, reqwest::Error> {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http
        .patch(format!("{}/services/data/v66.0/sobjects/Case/Voice_Key__c/{key:04}", caller.base))
        .bearer_auth(&caller.token)
        .json(&json!({ "Subject": "x" }));
    let answer = request.send().await?;
    let status = answer.status().as_u16();
    answer.bytes().await?;
    Ok(status)
}

#[tokio::test]
async fn a_cut_in_the_request_writes_nothing_and_one_in_the_answer_has_written() {
    let org = org().start().await.unwrap();
    let proxy = CutProxy::start(org.address()).await.unwrap();
    let caller = Caller::at(proxy.url()).await;
    assert_eq!(create(&caller, 0).await.unwrap(), 201);
    let size = *proxy.bytes_seen().last().unwrap();
    for (key, at) in (1..).zip((0..size.request).step_by(7)) {
        proxy.cut_request_at(at);
        assert!(create(&caller, key).await.is_err());
        assert!(!proxy.is_armed());
        assert_eq!(proxy.bytes_seen().last().unwrap().request, at);
    }
    assert_eq!(org.count("Case"), 1);
    for (key, at) in (5_000..).zip((1..size.response).step_by(7)) {
        let before = org.count("Case");
        proxy.cut_response_at(at);
        assert!(create(&caller, key).await.is_err());
        assert_eq!(org.count("Case"), before + 1);
    }
}
