//! The program with its admin API.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use reqwest::{Client, Method, StatusCode, header};
use serde_json::{Value, json};

use crate::caller::{Caller, SECRET, code, read, token_request};

/// The program, running, and the address of its admin API.
struct Program {
    child: Child,
    caller: Caller,
    admin: String,
}

impl Program {
    async fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_salesforce-emulator"))
            .args(["--client-secret", SECRET, "--admin-port", "0", "--external-id", "Case.Voice_Key__c"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told: Vec<String> = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let url = line.split(' ').find(|word| word.starts_with("http://")).map(str::to_owned);
            told.extend(url.filter(|_| line.contains("listens on") || line.starts_with("Switch")));
            if told.len() == 2 {
                break;
            }
        }
        let [org, admin] = told.try_into().unwrap();
        let caller = Caller::at(&org).await;
        Self { child, caller, admin }
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = self.caller.http.request(method, format!("{}{path}", self.admin));
        let request = if body.is_null() { request } else { request.json(&body) };
        read(request.send().await.unwrap()).await
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test]
async fn faults_are_switched_on_for_a_while_for_a_scope_and_off_again() {
    let program = Program::start().await;
    let caller = &program.caller;
    let once = json!({ "fault": "unavailable_before_write", "times": 1 });
    assert_eq!(program.ask(Method::POST, "faults", once).await, (200, json!({})));
    assert_eq!(caller.get("/limits").await.0, 503);
    assert_eq!(caller.get("/limits").await.0, 200);

    let locked = caller.create("Case", json!({})).await;
    let order = json!({ "fault": "row_lock", "scope": { "record": locked } });
    let (_, held) = program.ask(Method::POST, "faults", order).await;
    let path = format!("/sobjects/Case/{locked}");
    for _ in 0..2 {
        assert_eq!(code(&caller.patch(&path, json!({ "Subject": "a" })).await), (400, "UNABLE_TO_LOCK_ROW"));
    }
    let id = held["id"].as_str().unwrap();
    assert_eq!(program.ask(Method::DELETE, &format!("faults/{id}"), Value::Null).await.0, 200);
    assert_eq!(program.ask(Method::DELETE, &format!("faults/{id}"), Value::Null).await.0, 404);
    assert_eq!(caller.patch(&path, json!({ "Subject": "a" })).await.0, 204);

    let busy = json!({ "error": "invalid_grant", "description": "token request is already being processed" });
    let order = json!({ "endpoint": "token", "fault": { "oauth": busy } });
    assert_eq!(program.ask(Method::POST, "faults", order).await.0, 200);
    let refused = async || read(token_request(&caller.http, &caller.base).send().await.unwrap()).await;
    assert_eq!(refused().await.1["error_description"], "token request is already being processed");
    assert_eq!(program.ask(Method::DELETE, "faults", Value::Null).await.0, 200);
    assert_eq!(refused().await.0, 200);
}

#[tokio::test]
async fn records_requests_the_clock_and_a_reset_are_at_hand() {
    let program = Program::start().await;
    let caller = &program.caller;
    let (_, made) = program.ask(Method::POST, "records/Case", json!({ "Subject": "seeded" })).await;
    assert_eq!(program.ask(Method::GET, "records/Case", Value::Null).await.1[0]["Id"], made["id"]);
    let refused = program.ask(Method::POST, "records/Case", json!({ "Subjekt": "x" })).await;
    assert!(
        refused.0 == 400 && refused.1["error"].as_str().unwrap().starts_with("INVALID_FIELD"),
        "{refused:?}"
    );

    caller.get("/limits").await;
    let requests = program.ask(Method::GET, "requests", Value::Null).await.1;
    assert_eq!(requests.as_array().unwrap().last().unwrap()["path"], "/services/data/v66.0/limits");

    let before = program.ask(Method::GET, "clock", Value::Null).await.1;
    let advanced = program.ask(Method::POST, "clock", json!({ "advance_seconds": 3 * 60 * 60 })).await.1;
    assert!(advanced["now"].as_str() > before["now"].as_str());
    assert_eq!(code(&caller.get("/limits").await), (401, "INVALID_SESSION_ID"), "two hours are over");
    let set = program.ask(Method::POST, "clock", json!({ "at": "2026-12-24T18:00:00Z" })).await.1;
    assert!(set["now"].as_str().unwrap().starts_with("2026-12-24T18:00"));

    assert_eq!(program.ask(Method::POST, "reset", Value::Null).await.0, 200);
    assert_eq!(program.ask(Method::GET, "records/Case", Value::Null).await.1, json!([]));
    assert_eq!(program.ask(Method::GET, "requests", Value::Null).await.1, json!([]));
    assert_eq!(caller.get("/limits").await.0, 200, "the clock is right again");
}

#[tokio::test]
async fn a_wrong_order_is_refused_in_one_sentence_and_so_is_a_web_page() {
    let program = Program::start().await;
    for (path, order) in [
        ("faults", json!({ "fault": "nonsense" })),
        ("faults", json!({ "fault": "row_lock", "tmies": 1 })),
        ("faults", json!({ "fault": "row_lock", "times": 1, "scope": { "object": "Case" } })),
        ("faults", json!({ "fault": "row_lock", "endpoint": "token", "scope": { "object": "Case" } })),
        ("faults", json!({ "fault": "row_lock", "scope": { "object": "Caze" } })),
        ("clock", json!({ "at": "tomorrow" })),
        ("clock", json!({ "advance_seconds": i64::MAX })),
    ] {
        let (status, answer) = program.ask(Method::POST, path, order.clone()).await;
        assert_eq!(status, 400, "{order}");
        assert!(answer["error"].as_str().unwrap().ends_with('.'), "{answer}");
    }
    assert_eq!(program.ask(Method::GET, "nonsense", Value::Null).await.0, 404);
    let plain = Client::builder().no_proxy().build().unwrap();
    for (name, value) in [(header::ORIGIN, "http://evil.example"), (header::HOST, "evil.example")] {
        let request = plain.post(format!("{}reset", program.admin)).header(name, value);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    }
}
