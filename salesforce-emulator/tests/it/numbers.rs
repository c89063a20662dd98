//! Numbers as the org stores them and gives them back.

use reqwest::{Method, header};
use salesforce_emulator::Field;
use serde_json::json;

use crate::caller::{Caller, code, org, read};

#[tokio::test]
async fn eighteen_digits_are_taken_and_come_back_as_a_double_with_an_exponent() {
    let org = org().field("Case", Field::number("Meter__c", 18, 0)).start().await.unwrap();
    let caller = Caller::new(&org).await;
    for (sent, given_back) in [
        ("123456789012345678", "1.2345678901234568E17"),
        ("999999999999999999", "1.0E18"),
        ("1.39e8", "1.39E8"),
        ("139000000", "1.39E8"),
        ("1E3", "1000.0"),
        ("300", "300.0"),
        ("-0.0", "0.0"),
    ] {
        let body = format!("{{\"Meter__c\":{sent}}}");
        let request = caller.request(Method::POST, "/sobjects/Case").body(body);
        let (status, answer) =
            read(request.header(header::CONTENT_TYPE, "application/json").send().await.unwrap()).await;
        assert_eq!(status, 201, "{sent}: {answer}");
        let path = format!("/sobjects/Case/{}?fields=Meter__c", answer["id"].as_str().unwrap());
        let text = caller.request(Method::GET, &path).send().await.unwrap().text().await.unwrap();
        assert!(text.contains(&format!("\"Meter__c\":{given_back}")), "{sent}: {text}");
    }
    let answer = caller.post("/sobjects/Case", json!({ "Meter__c": 1_000_000_000_000_000_000_u64 })).await;
    assert_eq!(code(&answer), (400, "NUMBER_OUTSIDE_VALID_RANGE"));
}

#[tokio::test]
async fn a_number_is_rounded_by_its_decimal_digits() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    for (sent, kept) in [(2.675, 2.68), (1.005, 1.01), (9_999.994, 9_999.99)] {
        let id = caller.create("Voice_Call__c", json!({ "Cost__c": sent })).await;
        let record = caller.get(&format!("/sobjects/Voice_Call__c/{id}")).await.1;
        assert_eq!(record["Cost__c"], kept, "{sent}");
    }
    let answer = caller.post("/sobjects/Voice_Call__c", json!({ "Cost__c": 9_999.995 })).await;
    assert_eq!(code(&answer), (400, "NUMBER_OUTSIDE_VALID_RANGE"));
}
