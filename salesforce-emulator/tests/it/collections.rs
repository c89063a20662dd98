//! Up to 200 records in one call.

use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, org};

fn account(name: &str) -> Value {
    json!({ "attributes": { "type": "Account" }, "Name": name })
}

#[tokio::test]
async fn one_bad_record_fails_alone_or_undoes_all() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let records = json!([account("One"), { "attributes": { "type": "Account" } }, account("Two")]);
    for (all_or_none, made) in [(true, 0), (false, 2)] {
        let body = json!({ "allOrNone": all_or_none, "records": records });
        let (status, results) = caller.send(Method::POST, "/composite/sobjects", Some(body)).await;
        assert_eq!(status, 200);
        assert_eq!(results[1]["errors"][0]["statusCode"], "REQUIRED_FIELD_MISSING");
        assert_eq!(results[0]["success"], !all_or_none);
        if all_or_none {
            assert_eq!(results[2]["errors"][0]["statusCode"], "ALL_OR_NONE_OPERATION_ROLLED_BACK");
        }
        assert_eq!(org.count("Account"), made);
    }
}

#[tokio::test]
async fn an_upsert_tells_for_each_record_whether_it_was_created() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    org.insert("Account", json!({ "Name": "Old", "Ext__c": "a" })).unwrap();
    let record = |key: Value| json!({ "attributes": { "type": "Account" }, "Name": "New", "ext__C": key });
    let body = json!({ "records": [record(json!("a")), record(json!("b")), record(Value::Null)] });
    let (_, results) = caller.send(Method::PATCH, "/composite/sobjects/Account/Ext__c", Some(body)).await;
    assert_eq!((&results[0]["created"], &results[1]["created"]), (&json!(false), &json!(true)));
    assert_eq!(results[2]["errors"][0]["statusCode"], "MISSING_ARGUMENT");
    assert_eq!(org.count("Account"), 2);
}

#[tokio::test]
async fn records_are_read_in_the_order_of_their_ids_and_a_missing_one_is_null() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let ids = ["One", "Two"].map(|name| org.insert("Account", json!({ "Name": name })).unwrap());
    let body = json!({ "ids": [ids[1], "001Ev0000000999AAA", ids[0]], "fields": ["Name"] });
    let (_, read) = caller.send(Method::POST, "/composite/sobjects/Account", Some(body)).await;
    assert_eq!((&read[0]["Name"], &read[1], &read[2]["Name"]), (&json!("Two"), &Value::Null, &json!("One")));
    let path = format!("/composite/sobjects?ids={},{}&allOrNone=true", ids[0], ids[1]);
    let (_, gone) = caller.send(Method::DELETE, &path, None).await;
    assert_eq!(gone[1]["success"], true);
    assert_eq!(org.count("Account"), 0);
}

#[tokio::test]
async fn more_than_two_hundred_records_are_refused_whole() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let records: Vec<Value> = (0..201).map(|at| account(&format!("Number {at}"))).collect();
    let body = json!({ "records": records });
    let (status, body) = caller.send(Method::POST, "/composite/sobjects", Some(body)).await;
    assert_eq!((status, &body[0]["errorCode"]), (400, &json!("EXCEEDED_ID_LIMIT")));
    assert_eq!(org.count("Account"), 0);
}

#[tokio::test]
async fn a_duplicate_is_refused_with_the_id_of_its_twin_unless_it_is_allowed() {
    let org = org().duplicate_rule("Contact", ["Email"]).start().await.unwrap();
    let caller = Caller::new(&org).await;
    let contact = json!({ "LastName": "Lovelace", "Email": "ada@example.com" });
    let twin = org.insert("Contact", contact.clone()).unwrap();
    // A record is no duplicate of itself.
    let path = format!("/sobjects/Contact/{twin}");
    assert_eq!(caller.patch(&path, json!({ "Title": "Countess" })).await.0, 204);

    let (status, body) = caller.send(Method::POST, "/sobjects/Contact", Some(contact.clone())).await;
    assert_eq!((status, &body[0]["errorCode"]), (400, &json!("DUPLICATES_DETECTED")));
    let found = &body[0]["duplicateResult"]["matchResults"][0]["matchRecords"][0]["record"]["Id"];
    assert_eq!(found, &json!(twin));

    let request = caller.request(Method::POST, "/sobjects/Contact").json(&contact);
    let request = request.header("Sforce-Duplicate-Rule-Header", "allowSave=true");
    assert_eq!(request.send().await.unwrap().status(), 201);
    // The twin itself can still be changed where it is no duplicate any more.
    assert_eq!(caller.send(Method::PATCH, &path, Some(json!({ "Email": "a@example.com" }))).await.0, 204);
}
