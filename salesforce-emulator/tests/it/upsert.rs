//! Upserts by an external id: one record per key, whoever comes first.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, code, org, read};

#[tokio::test]
async fn the_first_upsert_creates_and_the_second_changes() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let path = "/sobjects/Case/Voice_Key__c/call-1%2F0";
    let (status, created) = caller.patch(path, json!({ "Subject": "a" })).await;
    assert_eq!((status, &created["created"], &created["success"]), (201, &json!(true), &json!(true)));
    let (status, updated) = caller.patch(path, json!({ "Subject": "b" })).await;
    assert_eq!((status, &updated["created"], &updated["id"]), (200, &json!(false), &created["id"]));
    let case = &org.records("Case")[0];
    assert_eq!((&case["Voice_Key__c"], &case["Subject"]), (&json!("call-1/0"), &json!("b")));
    let (_, read) = caller.get(path).await;
    assert_eq!(read["Id"], created["id"]);
    assert_eq!(caller.delete(path).await.0, 204);
    assert_eq!(code(&caller.get(path).await), (404, "NOT_FOUND"));
    let (status, again) = caller.patch(path, json!({})).await;
    assert_eq!(status, 201);
    assert_ne!(again["id"], created["id"]);
}

#[tokio::test]
async fn before_v46_an_update_has_no_body() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let path = "/services/data/v45.0/sobjects/Case/Voice_Key__c/k";
    let (status, created) = caller.patch(path, json!({})).await;
    assert_eq!((status, created.get("created")), (201, None));
    assert_eq!(caller.patch(path, json!({})).await, (204, Value::Null));
}

#[tokio::test]
async fn keys_are_equal_in_any_case() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    caller.patch("/sobjects/case/voice_key__c/AbC", json!({})).await;
    assert_eq!(caller.patch("/sobjects/Case/Voice_Key__c/aBc", json!({})).await.0, 200);
    assert_eq!(org.records("Case").len(), 1);
}

#[tokio::test]
async fn a_create_with_a_taken_key_names_the_holder() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let id = caller.create("Case", json!({ "Voice_Key__c": "k" })).await;
    let answer = caller.post("/sobjects/Case", json!({ "Voice_Key__c": "K" })).await;
    assert_eq!(code(&answer), (400, "DUPLICATE_VALUE"));
    let message = answer.1[0]["message"].as_str().unwrap();
    assert!(message.contains("Voice_Key__c") && message.contains(&id[..15]));
    assert_eq!(org.records("Case").len(), 1);
}

#[tokio::test]
async fn the_key_does_not_belong_in_the_body() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let answer = caller.patch("/sobjects/Case/Voice_Key__c/k", json!({ "voice_key__c": "k" })).await;
    assert_eq!(code(&answer), (400, "INVALID_FIELD"));
    assert!(answer.1[0]["message"].as_str().unwrap().contains("Voice_Key__c field should not be specified"));
}

#[tokio::test]
async fn update_only_never_creates() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let path = "/sobjects/Case/Voice_Key__c/k?updateOnly=true";
    assert_eq!(code(&caller.patch(path, json!({})).await), (404, "NOT_FOUND"));
    assert_eq!(org.records("Case").len(), 0);
}

#[tokio::test]
async fn only_a_key_field_can_name_records() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    for field in ["Subject", "Nonsense__c"] {
        let answer = caller.patch(&format!("/sobjects/Case/{field}/x"), json!({})).await;
        assert_eq!(code(&answer), (404, "NOT_FOUND"));
    }
}

#[tokio::test]
async fn several_matches_answer_300_and_change_nothing() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    for _ in 0..2 {
        caller.create("Contact", json!({ "LastName": "Lee", "Email": "lee@example.com" })).await;
    }
    let (status, paths) =
        caller.patch("/sobjects/Contact/Email/lee@example.com", json!({ "Title": "x" })).await;
    assert_eq!((status, paths.as_array().unwrap().len()), (300, 2));
    assert!(org.records("Contact").iter().all(|contact| contact["Title"].is_null()));
}

#[tokio::test]
async fn concurrent_upserts_of_one_key_make_one_record() {
    let org = org().start().await.unwrap();
    let caller = Arc::new(Caller::new(&org).await);
    let upserts = (0..40).map(|number| {
        let caller = Arc::clone(&caller);
        tokio::spawn(async move {
            let path = format!("/sobjects/Case/Voice_Key__c/key-{}", number % 4);
            let request = caller.request(Method::PATCH, &path).json(&json!({ "Subject": "x" }));
            read(request.send().await.unwrap()).await.0
        })
    });
    let mut created = 0;
    for upsert in upserts.collect::<Vec<_>>() {
        created += usize::from(upsert.await.unwrap() == 201);
    }
    assert_eq!(created, 4);
    assert_eq!(org.records("Case").len(), 4);
}
