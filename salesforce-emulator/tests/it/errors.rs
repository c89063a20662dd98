//! Every refusal has the org's own code.

use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::caller::{Caller, code, org, read};
use salesforce_emulator::Operation;

async fn refused(object: &str, body: Value) -> (u16, Value) {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let answer = caller.post(&format!("/sobjects/{object}"), body).await;
    assert_eq!(org.records(object).len(), 0);
    answer
}

#[tokio::test]
async fn a_case_has_no_account_number() {
    let answer = refused("Case", json!({ "AccountNumber": "ACC-1" })).await;
    assert_eq!(code(&answer), (400, "INVALID_FIELD"));
    assert_eq!(answer.1[0]["message"], "No such column 'AccountNumber' on sobject of type Case");
}

#[tokio::test]
async fn required_fields_are_listed() {
    let answer = refused("Lead", json!({ "FirstName": "Ann", "LastName": "" })).await;
    assert_eq!(code(&answer), (400, "REQUIRED_FIELD_MISSING"));
    assert_eq!(answer.1[0]["fields"], json!(["LastName", "Company"]));
}

#[tokio::test]
async fn every_wrong_value_has_its_code() {
    for (object, body, expected) in [
        ("Case", json!({ "Subject": "x".repeat(256) }), "STRING_TOO_LONG"),
        ("Case", json!({ "Description": "x".repeat(32_001) }), "STRING_TOO_LONG"),
        ("Case", json!({ "SuppliedPhone": "1".repeat(41) }), "STRING_TOO_LONG"),
        ("Case", json!({ "Subject": 5 }), "JSON_PARSER_ERROR"),
        ("Case", json!({ "Subject": ["x"] }), "JSON_PARSER_ERROR"),
        ("Case", json!({ "IsEscalated": null }), "JSON_PARSER_ERROR"),
        ("Case", json!({ "SuppliedEmail": "not an address" }), "INVALID_EMAIL_ADDRESS"),
        ("Case", json!({ "ContactId": "003" }), "MALFORMED_ID"),
        ("Case", json!({ "ContactId": "001Ev0000000001" }), "MALFORMED_ID"),
        ("Case", json!({ "ContactId": "003Ev0000000009" }), "INVALID_CROSS_REFERENCE_KEY"),
        ("Case", json!({ "IsClosed": true }), "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ("Case", json!({ "CreatedDate": "2026-11-20T10:00:00Z" }), "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ("Case", json!({ "Id": "500Ev0000000001" }), "INVALID_FIELD"),
        ("Task", json!({ "CallType": "Sideways" }), "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ("Task", json!({ "CallDurationInSeconds": 123_456_789 }), "NUMBER_OUTSIDE_VALID_RANGE"),
        ("Task", json!({ "CallDurationInSeconds": "61" }), "JSON_PARSER_ERROR"),
        ("Task", json!({ "ActivityDate": "2026-11-20T10:00:00Z" }), "JSON_PARSER_ERROR"),
        ("CaseComment", json!({ "CommentBody": "x" }), "REQUIRED_FIELD_MISSING"),
        ("Contact", json!({ "LastName": "Lee", "Vip__c": "yes" }), "JSON_PARSER_ERROR"),
        ("Voice_Call__c", json!({ "Cost__c": 12_345 }), "NUMBER_OUTSIDE_VALID_RANGE"),
    ] {
        let answer = refused(object, body).await;
        assert_eq!(code(&answer), (400, expected), "{object}: {}", answer.1);
    }
}

#[tokio::test]
async fn the_field_of_a_wrong_value_is_named() {
    let answer = refused("Case", json!({ "Subject": "x".repeat(256) })).await;
    assert_eq!(answer.1[0]["fields"], json!(["Subject"]));
    assert!(answer.1[0]["message"].as_str().unwrap().ends_with("(max length=255)"));
}

#[tokio::test]
async fn paths_that_lead_nowhere() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let id = caller.create("Account", json!({ "Name": "Acme" })).await;
    for (path, expected) in [
        ("/sobjects/Nonsense/describe".to_owned(), (404, "NOT_FOUND")),
        ("/sobjects/Case/500Ev0000000009".to_owned(), (404, "NOT_FOUND")),
        ("/sobjects/Case/foo".to_owned(), (404, "NOT_FOUND")),
        ("/sobjects/Case/500Ev000000000!".to_owned(), (400, "MALFORMED_ID")),
        (format!("/sobjects/Case/{id}"), (400, "MALFORMED_ID")),
        (format!("/sobjects/Account/{id}?fields=Nonsense"), (400, "INVALID_FIELD")),
        ("/nonsense".to_owned(), (404, "NOT_FOUND")),
        ("/services/data/v30.0/limits".to_owned(), (410, "UNSUPPORTED_API_VERSION")),
        ("/services/data/v99.0/limits".to_owned(), (404, "NOT_FOUND")),
    ] {
        assert_eq!(code(&caller.get(&path).await), expected, "{path}");
    }
    let (status, _) = caller.post("/sobjects/Nonsense", json!({})).await;
    assert_eq!(status, 404);
    assert_eq!(code(&caller.send(Method::PUT, "/sobjects/Case", None).await), (405, "METHOD_NOT_ALLOWED"));
}

#[tokio::test]
async fn a_body_must_be_a_json_object() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    for (body, kind, expected) in [
        ("{", "application/json", (400, "JSON_PARSER_ERROR")),
        ("[]", "application/json", (400, "JSON_PARSER_ERROR")),
        ("", "application/json", (400, "JSON_PARSER_ERROR")),
        ("Subject=x", "application/x-www-form-urlencoded", (415, "UNSUPPORTED_MEDIA_TYPE")),
    ] {
        let request = caller.request(Method::POST, "/sobjects/Case");
        let answer = read(request.header(header::CONTENT_TYPE, kind).body(body).send().await.unwrap()).await;
        assert_eq!(code(&answer), expected, "{body}");
    }
}

#[tokio::test]
async fn rules_and_permissions_refuse_with_their_own_codes() {
    let org = org()
        .validation_rule("Case", "A case needs a subject", |case| case["Subject"].is_null())
        .deny("Lead", Operation::Insert)
        .deny("Case", Operation::Delete)
        .start()
        .await
        .unwrap();
    let caller = Caller::new(&org).await;
    let answer = caller.post("/sobjects/Case", json!({})).await;
    assert_eq!(code(&answer), (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION"));
    assert_eq!(answer.1[0]["message"], "A case needs a subject");
    let path = format!("/sobjects/Case/{}", caller.create("Case", json!({ "Subject": "x" })).await);
    assert_eq!(
        code(&caller.patch(&path, json!({ "Subject": null })).await),
        (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
    );
    assert_eq!(code(&caller.delete(&path).await), (403, "INSUFFICIENT_ACCESS_OR_READONLY"));
    let lead = json!({ "LastName": "Lee", "Company": "Acme" });
    assert_eq!(code(&caller.post("/sobjects/Lead", lead).await), (403, "INSUFFICIENT_ACCESS_OR_READONLY"));
}
