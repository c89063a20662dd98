//! Faults that hold for a record, an object or a user until they are taken away.

use reqwest::Method;
use salesforce_emulator::{Fault, Operation, OrgError, Refusal, Scope};
use serde_json::json;

use crate::caller::{Caller, code, org, read};

#[tokio::test]
async fn a_locked_record_refuses_every_write_that_touches_it_until_it_is_released() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let locked = caller.create("Case", json!({})).await;
    let free = caller.create("Case", json!({})).await;
    let held = org.hold_fault(Scope::Record(locked[..15].to_owned()), Fault::RowLock).unwrap();

    let path = format!("/sobjects/Case/{locked}");
    for _ in 0..20 {
        assert_eq!(code(&caller.patch(&path, json!({ "Subject": "a" })).await), (400, "UNABLE_TO_LOCK_ROW"));
    }
    assert_eq!(code(&caller.delete(&path).await), (400, "UNABLE_TO_LOCK_ROW"));
    let comment = json!({ "ParentId": locked, "CommentBody": "hangs on it" });
    assert_eq!(
        code(&caller.post("/sobjects/CaseComment", comment.clone()).await),
        (400, "UNABLE_TO_LOCK_ROW")
    );
    assert_eq!(caller.patch(&format!("/sobjects/Case/{free}"), json!({ "Subject": "a" })).await.0, 204);
    assert_eq!(caller.get(&path).await.0, 200, "a lock keeps nobody from reading");
    assert_eq!(org.requests().last().unwrap().fault, None);
    assert_eq!(org.stats().faults, 22);

    assert!(org.faults().release(held));
    assert_eq!(caller.post("/sobjects/CaseComment", comment).await.0, 201);
    assert_eq!(caller.delete(&path).await.0, 204);
}

#[tokio::test]
async fn a_locked_record_refuses_its_part_of_a_composite_a_collection_and_a_job_alone() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let locked = caller.create("Case", json!({})).await;
    let free = caller.create("Case", json!({})).await;
    org.hold_fault(Scope::Record(locked.clone()), Fault::RowLock).unwrap();

    let step = |id: &str, name: &str| {
        let url = format!("/services/data/v66.0/sobjects/Case/{id}");
        json!({ "method": "PATCH", "url": url, "referenceId": name, "body": { "Subject": "new" } })
    };
    let steps = json!({ "compositeRequest": [step(&locked, "a"), step(&free, "b")] });
    let (status, answer) = caller.post("/composite", steps).await;
    let answers = &answer["compositeResponse"];
    assert_eq!((status, &answers[0]["body"][0]["errorCode"]), (200, &json!("UNABLE_TO_LOCK_ROW")));
    assert_eq!(answers[1]["httpStatusCode"], 204);
    assert_eq!(org.requests().last().unwrap().fault, Some(Fault::RowLock));

    let records: Vec<_> = [&locked, &free]
        .map(|id| json!({ "attributes": { "type": "Case" }, "id": id, "Subject": "newer" }))
        .into();
    let (_, answer) = caller.patch("/composite/sobjects", json!({ "records": records })).await;
    assert_eq!(answer[0]["errors"][0]["statusCode"], "UNABLE_TO_LOCK_ROW");
    assert_eq!(answer[1]["success"], true);
    let subjects: Vec<_> = org.records("Case").iter().map(|case| case["Subject"].clone()).collect();
    assert_eq!(subjects, [json!(null), json!("newer")]);
}

#[tokio::test]
async fn any_code_can_be_held_for_an_object_and_other_objects_do_not_meet_it() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let refusal = Refusal::new(400, "CANNOT_EXECUTE_FLOW_TRIGGER", "We can't save this record.");
    let held = org.hold_fault(Scope::Object("case".to_owned()), Fault::Refused(refusal)).unwrap();
    for _ in 0..5 {
        let answer = caller.post("/sobjects/Case", json!({})).await;
        assert_eq!(code(&answer), (400, "CANNOT_EXECUTE_FLOW_TRIGGER"));
        assert_eq!(answer.1[0]["message"], "We can't save this record.");
        assert_eq!(code(&caller.query("SELECT Id FROM Case").await), (400, "CANNOT_EXECUTE_FLOW_TRIGGER"));
        assert_eq!(caller.post("/sobjects/Account", json!({ "Name": "A" })).await.0, 201);
    }
    assert_eq!(org.audit().iter().filter(|entry| entry.operation == Operation::Insert).count(), 5);
    org.faults().release(held);
    assert_eq!(caller.post("/sobjects/Case", json!({})).await.0, 201);
}

#[tokio::test]
async fn a_whole_request_meets_what_no_record_can_and_only_if_it_names_the_object() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    org.hold_fault(Scope::Object("Case".to_owned()), Fault::CutBeforeWrite).unwrap();
    for _ in 0..3 {
        assert!(caller.request(Method::POST, "/sobjects/Case").json(&json!({})).send().await.is_err());
        assert_eq!(caller.query("SELECT Id FROM Contact").await.0, 200);
    }
    let steps = json!({ "compositeRequest": [
        { "method": "POST", "url": "/services/data/v66.0/sobjects/Case", "referenceId": "a", "body": {} }
    ] });
    assert!(caller.request(Method::POST, "/composite").json(&steps).send().await.is_err());
    let account = json!({ "Name": "Case makers", "Description": "Case" });
    assert_eq!(caller.post("/sobjects/Account", account).await.0, 201, "a value is no name");
    org.faults().clear();
    assert_eq!(caller.post("/sobjects/Case", json!({})).await.0, 201);
}

#[tokio::test]
async fn a_fault_of_one_user_leaves_the_others_alone() {
    let org = org().user("ada@example.com", "her-password").start().await.unwrap();
    let caller = Caller::new(&org).await;
    let form = [
        ("grant_type", "password"),
        ("client_id", "client"),
        ("client_secret", crate::caller::SECRET),
        ("username", "ada@example.com"),
        ("password", "her-password"),
    ];
    let login = caller.http.post(format!("{}/services/oauth2/token", org.url())).form(&form).send().await;
    let token = read(login.unwrap()).await.1["access_token"].as_str().unwrap().to_owned();
    let ada = Caller { token, ..Caller::new(&org).await };

    let refusal = Refusal::new(403, "API_DISABLED_FOR_ORG", "The REST API is not enabled for this user.");
    org.hold_fault(Scope::User("ADA@example.com".to_owned()), Fault::Refused(refusal)).unwrap();
    for _ in 0..3 {
        assert_eq!(code(&ada.get("/limits").await), (403, "API_DISABLED_FOR_ORG"));
        assert_eq!(caller.get("/limits").await.0, 200);
    }
}

#[tokio::test]
async fn a_fault_for_what_is_not_there_is_refused() {
    let org = org().start().await.unwrap();
    for scope in [
        Scope::Object("Cases".to_owned()),
        Scope::Record("500".to_owned()),
        Scope::User("nobody@example.com".to_owned()),
    ] {
        assert!(matches!(org.hold_fault(scope, Fault::RowLock), Err(OrgError::Scope)));
    }
}
