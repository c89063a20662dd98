//! Full-text search.

use reqwest::Method;
use salesforce_emulator::Org;
use serde_json::{Value, json};

use crate::caller::{Caller, PHONE, org};

async fn with_people() -> (Org, Caller) {
    let org = org().start().await.unwrap();
    for (name, phone) in [("Lovelace", "(415) 555-0142"), ("Hopper", PHONE), ("Curie", "030 1234")] {
        org.insert("Contact", json!({ "LastName": name, "Phone": phone, "Description": "likes Lovelace" }))
            .unwrap();
    }
    let caller = Caller::new(&org).await;
    (org, caller)
}

async fn found(caller: &Caller, sosl: &str) -> Vec<String> {
    let query: String = url::form_urlencoded::byte_serialize(sosl.as_bytes()).collect();
    let (status, body) = caller.send(Method::GET, &format!("/search/?q={query}"), None).await;
    assert_eq!(status, 200);
    names(&body)
}

fn names(body: &Value) -> Vec<String> {
    let records = body["searchRecords"].as_array().unwrap();
    records.iter().map(|record| record["LastName"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_phone_search_sees_tokens_and_needs_several_forms() {
    let (_org, caller) = with_people().await;
    let returning = "IN PHONE FIELDS RETURNING Contact(LastName)";
    assert_eq!(found(&caller, &format!(r#"FIND {{"415 555 0142"}} {returning}"#)).await, ["Lovelace"]);
    assert_eq!(found(&caller, &format!("FIND {{14155550142}} {returning}")).await, ["Hopper"]);
    let both = format!(r"FIND {{\+14155550142 OR \(415\)555\-0142}} {returning}");
    assert_eq!(found(&caller, &both).await, ["Lovelace", "Hopper"]);
    assert!(found(&caller, &format!("FIND {{lovelace}} {returning}")).await.is_empty());
}

#[tokio::test]
async fn groups_of_fields_conditions_order_and_limits_narrow_a_search() {
    let (_org, caller) = with_people().await;
    let all =
        found(&caller, "FIND {lovelace} IN ALL FIELDS RETURNING Contact(LastName ORDER BY LastName)").await;
    assert_eq!(all, ["Curie", "Hopper", "Lovelace"]);
    let some = "FIND {love*} RETURNING Contact(LastName WHERE LastName != 'Curie' ORDER BY LastName LIMIT 1)";
    assert_eq!(found(&caller, some).await, ["Hopper"]);
    assert_eq!(found(&caller, "FIND {lovelace} IN NAME FIELDS").await.len(), 1);
}

#[tokio::test]
async fn a_search_by_parameters_finds_the_same_by_either_method() {
    let (_org, caller) = with_people().await;
    let path = "/parameterizedSearch?q=1234&in=PHONE&sobject=Contact&Contact.fields=LastName";
    assert_eq!(names(&caller.send(Method::GET, path, None).await.1), ["Curie"]);
    let body =
        json!({ "q": "1234", "in": "PHONE", "sobjects": [{ "name": "Contact", "fields": ["LastName"] }] });
    assert_eq!(names(&caller.send(Method::POST, "/parameterizedSearch", Some(body)).await.1), ["Curie"]);
}

#[tokio::test]
async fn what_is_no_search_is_refused() {
    let (_org, caller) = with_people().await;
    for (sosl, code) in [
        ("", "MALFORMED_SEARCH"),
        ("SELECT Id FROM Contact", "MALFORMED_SEARCH"),
        ("FIND {ada", "MALFORMED_SEARCH"),
        ("FIND {a} IN PHONE FIELDS", "MALFORMED_SEARCH"),
        ("FIND {ada} IN SOME FIELDS", "MALFORMED_SEARCH"),
        ("FIND {ada} RETURNING Nothing(Id)", "INVALID_TYPE"),
        ("FIND {ada} RETURNING Contact(Nope)", "INVALID_FIELD"),
    ] {
        let query: String = url::form_urlencoded::byte_serialize(sosl.as_bytes()).collect();
        let (status, body) = caller.send(Method::GET, &format!("/search?q={query}"), None).await;
        assert_eq!((status, &body[0]["errorCode"]), (400, &json!(code)), "{sosl}");
    }
}
