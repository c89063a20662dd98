//! The schema as clients read it, and what cannot be declared.

use salesforce_emulator::{CustomObject, Field, Org, OrgError};
use serde_json::{Value, json};

use crate::caller::{Caller, org};

fn field<'a>(describe: &'a Value, name: &str) -> &'a Value {
    describe["fields"].as_array().unwrap().iter().find(|field| field["name"] == name).unwrap()
}

#[tokio::test]
async fn a_describe_tells_what_a_write_may_do() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let (status, case) = caller.get("/sobjects/case/describe").await;
    assert_eq!((status, &case["keyPrefix"]), (200, &json!("500")));
    let number = field(&case, "CaseNumber");
    assert_eq!(
        (&number["createable"], &number["idLookup"], &number["autoNumber"]),
        (&json!(false), &json!(true), &json!(true))
    );
    let key = field(&case, "Voice_Key__c");
    assert_eq!(
        (&key["externalId"], &key["unique"], &key["length"]),
        (&json!(true), &json!(true), &json!(255))
    );
    assert_eq!(field(&case, "Description")["filterable"], false);
    let (_, task) = caller.get("/sobjects/Task/describe").await;
    let subtype = field(&task, "TaskSubtype");
    assert_eq!((&subtype["createable"], &subtype["updateable"]), (&json!(true), &json!(false)));
    assert_eq!(field(&task, "CallType")["restrictedPicklist"], true);
    assert!(field(&task, "WhatId")["referenceTo"].as_array().unwrap().contains(&json!("Voice_Call__c")));
    // These facts are those of the describe captured from a Developer Edition org.
    let (_, account) = caller.get("/sobjects/Account/describe").await;
    let number = field(&account, "AccountNumber");
    assert_eq!(
        (&number["length"], &number["idLookup"], &number["unique"]),
        (&json!(40), &json!(false), &json!(false))
    );
    assert_eq!(
        (&field(&account, "Name")["nillable"], &field(&account, "Name")["length"]),
        (&json!(false), &json!(255))
    );
}

#[tokio::test]
async fn the_lists_of_versions_objects_and_resources() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let versions = caller.http.get(format!("{}/services/data", org.url())).send().await.unwrap();
    let versions: Value = versions.json().await.unwrap();
    let last = versions.as_array().unwrap().last().unwrap();
    assert_eq!((&last["version"], &last["label"]), (&json!("68.0"), &json!("Winter '27")));
    let (_, global) = caller.get("/sobjects/").await;
    assert!(global["sobjects"].as_array().unwrap().iter().any(|object| object["name"] == "Voice_Call__c"));
    let (_, resources) = caller.get("/").await;
    assert_eq!(resources["composite"], "/services/data/v66.0/composite");
    let (_, brief) = caller.get("/sobjects/Case").await;
    assert_eq!(brief["objectDescribe"]["name"], "Case");
}

#[tokio::test]
async fn a_schema_that_does_not_fit_is_refused_in_one_sentence() {
    for (builder, expected) in [
        (Org::builder().field("Nonsense", Field::text("A__c", 5)), "there is no object Nonsense"),
        (Org::builder().field("Case", Field::text("Plain", 5)), "does not end in __c"),
        (
            Org::builder().field("Case", Field::text("A__c", 5)).field("case", Field::date("a__C")),
            "end in __c",
        ),
        (
            Org::builder().field("Case", Field::text("A__c", 5)).field("Case", Field::date("a__c")),
            "declared twice",
        ),
        (Org::builder().object(CustomObject::new("Call")), "does not end in __c"),
        (Org::builder().field("Case", Field::lookup("Call__c", "Call__c")), "refers to an unknown object"),
    ] {
        let error = builder.start().await.unwrap_err();
        assert!(matches!(error, OrgError::Schema(_)));
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_seeded_record_is_checked_as_strictly() {
    let org = org().start().await.unwrap();
    let error = org.insert("Contact", json!({ "FirstName": "Ann" })).unwrap_err();
    assert_eq!(error.to_string(), "the org refused the record: REQUIRED_FIELD_MISSING");
    assert!(org.insert("Nonsense", json!({})).is_err());
    assert!(org.insert("Case", json!([])).is_err());
}
