//! What a URL may be, and what a body may begin with.

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::caller::{Caller, code, org, read};

/// Sends a target as it stands, which HTTP clients would mend, and gives the status and the body.
async fn raw(caller: &Caller, method: &str, target: &str) -> (u16, String) {
    let address = caller.base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: 2\r\nConnection: close\r\n\r\n{{}}",
        caller.token
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

#[tokio::test]
async fn a_slash_of_an_external_id_that_is_not_encoded_leads_to_no_resource() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let key = "/sobjects/Case/Voice_Key__c";
    for method in [Method::PATCH, Method::GET, Method::DELETE] {
        let answer = caller.send(method, &format!("{key}/a/b"), Some(json!({}))).await;
        assert_eq!(code(&answer), (404, "NOT_FOUND"));
    }
    assert_eq!(org.count("Case"), 0);
    assert_eq!(caller.patch(&format!("{key}/a%2Fb"), json!({})).await.0, 201);
    assert_eq!(org.records("Case")[0]["Voice_Key__c"], "a/b");
    let step = json!({ "method": "PATCH", "url": format!("/services/data/v66.0{key}/a/b"), "referenceId": "a", "body": {} });
    let (_, answer) = caller.post("/composite", json!({ "compositeRequest": [step] })).await;
    assert_eq!(answer["compositeResponse"][0]["httpStatusCode"], 404);
}

#[tokio::test]
async fn a_percent_sign_that_begins_no_escape_is_a_bad_uri() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let key = "/services/data/v66.0/sobjects/Case/Voice_Key__c";
    for target in [
        format!("{key}/100%"),
        format!("{key}/100%zz"),
        format!("{key}/%FF"),
        "/services/data/v66.0/query?q=SELECT+Id+FROM+Case+WHERE+Subject+LIKE+'a%'".to_owned(),
    ] {
        let (status, body) = raw(&caller, "PATCH", &target).await;
        assert_eq!(status, 400, "{target}");
        assert!(body.starts_with("<h1>Bad Message 400"), "{body}");
    }
    assert_eq!((org.count("Case"), org.stats().api_calls), (0, 0));
    assert_eq!(raw(&caller, "PATCH", &format!("{key}/100%25")).await.0, 201);
    assert_eq!(org.records("Case")[0]["Voice_Key__c"], "100%");
    let step = |url: &str| json!({ "method": "PATCH", "url": url, "referenceId": "a", "body": {} });
    let steps = json!({ "compositeRequest": [step(&format!("{key}/5%"))] });
    assert_eq!(caller.post("/composite", steps).await.1["compositeResponse"][0]["httpStatusCode"], 400);
}

#[tokio::test]
async fn a_uri_that_is_too_long_is_414_and_a_head_that_is_too_long_is_431() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let query = |length: usize| format!("/services/data/v66.0/query?q={}", "x".repeat(length));
    for (length, expected) in [(17_000, 414), (16_300, 431), (1_000, 400)] {
        let answer = caller.request(Method::GET, &query(length)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), expected);
        let counted = answer.headers().contains_key("sforce-limit-info");
        assert_eq!(counted, expected == 400, "what the edge refuses has not reached the API");
        let is_page = answer.text().await.unwrap().starts_with("<h1>Bad Message");
        assert_eq!(is_page, expected != 400);
    }
    let crowded = caller.request(Method::GET, "/limits").header("x-long", "x".repeat(17_000));
    assert_eq!(crowded.send().await.unwrap().status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
}

#[tokio::test]
async fn a_byte_order_mark_before_a_json_body_means_nothing() {
    let org = org().start().await.unwrap();
    let caller = Caller::new(&org).await;
    let sent = |body: &'static str| {
        let request = caller.request(Method::POST, "/sobjects/Case");
        request.header(header::CONTENT_TYPE, "application/json").body(body).send()
    };
    let (status, _) = read(sent("\u{feff}{\"Subject\":\"marked\"}").await.unwrap()).await;
    assert_eq!((status, &org.records("Case")[0]["Subject"]), (201, &Value::from("marked")));
    let twice = read(sent("\u{feff}\u{feff}{}").await.unwrap()).await;
    assert_eq!(code(&twice), (400, "JSON_PARSER_ERROR"));
}
