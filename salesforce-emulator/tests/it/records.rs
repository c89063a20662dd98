//! Records: create, read, change, delete, and the fields the org writes itself.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::caller::{Caller, PHONE, code, org};

#[tokio::test]
async fn a_case_number_is_only_readable() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let (status, answer) = caller.post("/sobjects/Case", json!({ "Subject": "No dial tone" })).await;
    assert_eq!(status, 201);
    let mut keys: Vec<&String> = answer.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["errors", "id", "success"]);
    let id = answer["id"].as_str().unwrap();
    assert!(id.starts_with("500") && id.len() == 18);
    let (_, case) = caller.get(&format!("/sobjects/Case/{id}?fields=CaseNumber,Status")).await;
    assert_eq!((&case["CaseNumber"], &case["Status"]), (&json!("00001000"), &json!("New")));
    let (_, second) = caller.get(&format!("/sobjects/Case/{}", caller.create("Case", json!({})).await)).await;
    assert_eq!(second["CaseNumber"], "00001001");
    assert_eq!(
        code(&caller.post("/sobjects/Case", json!({ "CaseNumber": "1" })).await),
        (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    );
}

#[tokio::test]
async fn a_case_number_names_its_case_in_a_path() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let id = caller.create("Case", json!({})).await;
    let (status, case) = caller.get("/sobjects/Case/CaseNumber/00001000").await;
    assert_eq!((status, &case["Id"]), (200, &json!(id)));
}

#[tokio::test]
async fn closing_and_reopening_a_case_moves_its_closed_fields() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let path = format!("/sobjects/Case/{}", caller.create("Case", json!({ "Status": "New" })).await);
    assert_eq!(caller.patch(&path, json!({ "Status": "Closed" })).await, (204, Value::Null));
    let (_, case) = caller.get(&path).await;
    assert_eq!(case["IsClosed"], true);
    assert!(case["ClosedDate"].as_str().unwrap().ends_with(".000+0000"));
    caller.patch(&path, json!({ "Status": "Working" })).await;
    let (_, case) = caller.get(&path).await;
    assert_eq!((&case["IsClosed"], &case["ClosedDate"]), (&json!(false), &Value::Null));
}

#[tokio::test]
async fn null_clears_a_field_and_an_absent_one_stays() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let account = caller.create("Account", json!({ "Name": "Acme", "Phone": PHONE, "Site": "HQ" })).await;
    let path = format!("/sobjects/Account/{account}");
    caller.patch(&path, json!({ "Phone": null })).await;
    let (_, account) = caller.get(&path).await;
    assert_eq!((&account["Phone"], &account["Site"]), (&Value::Null, &json!("HQ")));
}

#[tokio::test]
async fn names_are_case_insensitive_and_answers_use_the_real_ones() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let id = caller.create("aCCount", json!({ "nAME": "Acme" })).await;
    let (status, account) = caller.get(&format!("/sobjects/ACCOUNT/{id}/?fields=name")).await;
    assert_eq!((status, &account["Name"]), (200, &json!("Acme")));
    assert_eq!(account["attributes"]["type"], "Account");
}

#[tokio::test]
async fn ids_of_fifteen_and_eighteen_characters_name_the_same_record() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let account = caller.create("Account", json!({ "Name": "Acme" })).await;
    let contact = caller.create("Contact", json!({ "LastName": "Lee", "AccountId": &account[..15] })).await;
    let (_, read) = caller.get(&format!("/sobjects/Contact/{}", &contact[..15])).await;
    assert_eq!((&read["Id"], &read["AccountId"]), (&json!(contact), &json!(account)));
}

#[tokio::test]
async fn a_deleted_record_is_gone_and_says_so() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let account = caller.create("Account", json!({ "Name": "Acme" })).await;
    let contact = caller.create("Contact", json!({ "LastName": "Lee", "AccountId": account })).await;
    let case = caller.create("Case", json!({ "ContactId": contact })).await;
    assert_eq!(caller.delete(&format!("/sobjects/Account/{account}")).await, (204, Value::Null));
    for path in [format!("/sobjects/Account/{account}"), format!("/sobjects/Contact/{contact}")] {
        assert_eq!(code(&caller.get(&path).await), (404, "ENTITY_IS_DELETED"));
        assert_eq!(code(&caller.delete(&path).await), (404, "ENTITY_IS_DELETED"));
    }
    let (_, case) = caller.get(&format!("/sobjects/Case/{case}")).await;
    assert_eq!((&case["ContactId"], &case["AccountId"]), (&Value::Null, &Value::Null));
    assert_eq!(org.records("Account").len(), 0);
}

#[tokio::test]
async fn the_comments_of_a_case_become_a_comment() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let case = caller.create("Case", json!({ "Comments": "Called back" })).await;
    caller.patch(&format!("/sobjects/Case/{case}"), json!({ "Comments": "Solved" })).await;
    let comments = org.records("CaseComment");
    assert_eq!(comments.len(), 2);
    assert!(comments.iter().all(|comment| comment["ParentId"] == case));
    assert_eq!(org.records("Case")[0]["Comments"], Value::Null);
}

#[tokio::test]
async fn a_case_shows_its_contacts_phone_and_takes_its_account() {
    let org = org().start().await.unwrap();
    let account = org.insert("Account", json!({ "Name": "Acme" })).unwrap();
    let contact = json!({ "LastName": "Lee", "FirstName": "Ann", "Phone": PHONE, "AccountId": account });
    let contact = org.insert("Contact", contact).unwrap();
    org.insert("Case", json!({ "ContactId": contact })).unwrap();
    let case = &org.records("Case")[0];
    assert_eq!(case["ContactPhone"], PHONE);
    assert_eq!(case["AccountId"], account);
    assert_eq!(org.records("Contact")[0]["Name"], "Ann Lee");
}

#[tokio::test]
async fn a_task_logs_a_call_and_its_subtype_never_changes() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let contact = caller.create("Contact", json!({ "LastName": "Lee" })).await;
    let case = caller.create("Case", json!({})).await;
    let call = json!({
        "TaskSubtype": "Call", "CallType": "Inbound", "CallDurationInSeconds": 61, "CallObject": "call-1",
        "Subject": "Call", "Status": "Completed", "Priority": "High", "ActivityDate": "2026-11-20",
        "WhoId": contact, "WhatId": case,
    });
    let path = format!("/sobjects/Task/{}", caller.create("Task", call).await);
    let (_, task) = caller.get(&path).await;
    assert_eq!((&task["IsClosed"], &task["IsHighPriority"]), (&json!(true), &json!(true)));
    assert_eq!(
        code(&caller.patch(&path, json!({ "TaskSubtype": "Task" })).await),
        (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    );
    assert_eq!(code(&caller.patch(&path, json!({ "WhoId": case })).await), (400, "MALFORMED_ID"));
}

#[tokio::test]
async fn system_fields_come_from_the_clock_of_the_org() {
    let noon: Timestamp = "2026-11-20T12:00:00.789Z".parse().unwrap();
    let org = org().clock(move || noon).start().await.unwrap();
    org.insert("Account", json!({ "Name": "Acme" })).unwrap();
    let account = &org.records("Account")[0];
    assert_eq!(account["CreatedDate"], "2026-11-20T12:00:00.000+0000");
    assert_eq!(account["OwnerId"], account["CreatedById"]);
    assert_eq!(account["IsDeleted"], false);
}

#[tokio::test]
async fn a_custom_object_numbers_its_records() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let case = caller.create("Case", json!({})).await;
    let call = caller.create("Voice_Call__c", json!({ "Case__c": case, "Cost__c": 1.239 })).await;
    assert!(call.starts_with("a00"));
    let (_, call) = caller.get(&format!("/sobjects/Voice_Call__c/{call}")).await;
    assert_eq!((&call["Cost__c"], &call["Name"]), (&json!(1.24), &json!("00001000")));
}

#[tokio::test]
async fn text_is_stored_as_it_was_sent() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let text = "It's \"5\" \\ 100% _x_ 😀\n\tend '; DROP";
    let id = caller.create("Case", json!({ "Subject": text, "Description": text })).await;
    let (_, case) = caller.get(&format!("/sobjects/Case/{id}")).await;
    assert_eq!((&case["Subject"], &case["Description"]), (&json!(text), &json!(text)));
}
