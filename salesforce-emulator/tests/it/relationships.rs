//! Parents named by an external id, as the body of a write may name them.

use serde_json::json;

use crate::caller::{Caller, code, org};

#[tokio::test]
async fn a_parent_may_be_named_by_its_external_id() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let account = org.insert("Account", json!({ "Name": "Acme", "Ext__c": "E-1" })).unwrap();
    caller.create("Case", json!({ "Account": { "Ext__c": "e-1" } })).await;
    let answer =
        caller.patch("/sobjects/Case/Voice_Key__c/k", json!({ "account": { "ext__c": "E-1" } })).await;
    assert_eq!(answer.0, 201);
    assert!(org.records("Case").iter().all(|case| case["AccountId"] == account));
}

#[tokio::test]
async fn a_custom_relationship_ends_in_r() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let case = org.insert("Case", json!({ "Voice_Key__c": "k" })).unwrap();
    let call = json!({ "Case__r": { "attributes": { "type": "Case" }, "Voice_Key__c": "k" } });
    caller.create("Voice_Call__c", call).await;
    assert_eq!(org.records("Voice_Call__c")[0]["Case__c"], case);
}

#[tokio::test]
async fn an_unknown_external_id_fails_the_write() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let answer = caller.post("/sobjects/Case", json!({ "Account": { "Ext__c": "none" } })).await;
    assert_eq!(code(&answer), (400, "INVALID_FIELD"));
    assert_eq!(
        answer.1[0]["message"],
        "Foreign key external ID: none not found for field Ext__c in entity Case"
    );
    for parent in [json!({ "Name": "Acme" }), json!({}), json!({ "Ext__c": "a", "Id": "b" })] {
        let answer = caller.post("/sobjects/Case", json!({ "Account": parent })).await;
        assert_eq!(code(&answer), (400, "INVALID_FIELD"));
    }
    assert_eq!(org.records("Case").len(), 0);
}
