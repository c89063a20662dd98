//! Answers that no page of the vendor shows, given to a read and to a create.

use std::sync::Arc;

use salesforce_client::auth::{AccessToken, FixedToken};
use salesforce_client::{Client, ErrorKind, LoginHost, RetryPolicy, SecretString, Soql};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::canary;

fn odd() -> Vec<(&'static str, u16, &'static str, &'static str)> {
    let json = "application/json";
    vec![
        ("an empty array of errors", 400, json, "[]"),
        ("an array of nulls", 400, json, "[null]"),
        ("errors inside of errors", 400, json, r#"[[{"errorCode":"INVALID_FIELD","message":"m"}]]"#),
        ("a code that is a number", 400, json, r#"[{"errorCode":7,"message":"m"}]"#),
        ("a message that is null", 400, json, r#"[{"errorCode":"INVALID_FIELD","message":null}]"#),
        (
            "fields that are a text",
            400,
            json,
            r#"[{"errorCode":"INVALID_FIELD","message":"m","fields":"Name"}]"#,
        ),
        ("a code in lower case", 400, json, r#"[{"errorCode":"invalid_field","message":"m"}]"#),
        ("an OAuth error at a record", 400, json, r#"{"error":"invalid_grant","error_description":"d"}"#),
        ("an error array with 200", 200, json, r#"[{"errorCode":"UNKNOWN_EXCEPTION","message":"m"}]"#),
        ("an error object with 200", 200, json, r#"{"errorCode":"UNKNOWN_EXCEPTION","message":"m"}"#),
        (
            "success with false in it",
            201,
            json,
            r#"{"id":null,"success":false,"errors":[{"statusCode":"UNABLE_TO_LOCK_ROW","message":"m","fields":[]}]}"#,
        ),
        ("a created record without an id", 201, json, r#"{"success":true,"errors":[]}"#),
        (
            "a created record with an id of another form",
            201,
            json,
            r#"{"id":"nonsense","success":true,"errors":[]}"#,
        ),
        ("no content where a record was to come", 204, json, ""),
        ("accepted, and nothing else", 202, json, ""),
        ("a text", 200, "text/plain", "OK"),
        (
            "XML",
            400,
            "application/xml",
            "<Errors><Error><errorCode>INVALID_FIELD</errorCode></Error></Errors>",
        ),
        ("half a document", 200, json, r#"{"totalSize":1,"done":true,"records":[{"Id":"#),
        ("a redirect to nowhere", 302, "text/html", ""),
        ("not modified, unasked", 304, json, ""),
        ("a teapot", 418, "text/plain", "short and stout"),
        ("an unknown 5xx", 599, "text/html", "<html>"),
        ("done that is a text", 200, json, r#"{"totalSize":0,"done":"yes","records":[]}"#),
    ]
}

#[tokio::test]
async fn no_odd_answer_is_taken_for_a_success_and_the_orgs_code_counts_whatever_stands_beside_it() {
    for (what, status, kind, body) in odd() {
        let server = MockServer::start().await;
        let answer = ResponseTemplate::new(status).set_body_raw(body, kind);
        Mock::given(wiremock::matchers::any()).respond_with(answer).mount(&server).await;
        let host = LoginHost::parse(&server.uri()).unwrap();
        let token = AccessToken::new(SecretString::from(canary::TOKEN), host.as_url().clone()).unwrap();
        let client = Client::builder(host)
            .token_provider(Arc::new(FixedToken::new(token)))
            .chance(|| 0.0)
            .retry_policy(RetryPolicy { max_attempts: 2, ..RetryPolicy::default() })
            .build()
            .unwrap();
        let read = client.query::<Value>(Soql::new("SELECT Id FROM Case")).await;
        let create = client.records("Case").create(&json!({ "Subject": "x" })).await;
        let (read, create) = (read.unwrap_err(), create.unwrap_err());
        let sent = server.received_requests().await.unwrap_or_default();
        let creates = sent.iter().filter(|request| request.method == "POST").count();
        assert_eq!(creates, 1, "{what}: a create whose end is open is not sent again");
        let is_the_orgs = body.contains("INVALID_FIELD") && body.starts_with("[{");
        for error in [&read, &create] {
            assert_eq!(
                error.kind() == ErrorKind::Rejected,
                is_the_orgs || body.contains("invalid_field"),
                "{what}"
            );
            assert!(!error.to_string().contains("short and stout"), "{what}");
        }
        if matches!(status, 200..=299) {
            assert!(create.may_be_applied(), "{what}");
        }
    }
}
