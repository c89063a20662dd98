//! The programs that talk to Vapi's API, against a fake of it on loopback.

use std::{
    process::Output,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{Method, StatusCode, Uri},
    routing::any,
};
use serde_json::{Value, json};

use crate::server::program;

const KEY: &str = "canary-token-77aa";

/// Keeps assistants, tools and calls, and notes every change asked for.
#[derive(Clone, Default)]
struct Fake(Arc<Mutex<Store>>);

#[derive(Default)]
struct Store {
    things: Vec<(String, Value)>,
    changes: Vec<String>,
    own_url: String,
    /// Creations are done and then answered with 502.
    loses_answers: bool,
}

impl Fake {
    async fn start() -> Self {
        let fake = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        fake.0.lock().unwrap().own_url = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new()
            .route("/{kind}", any(many))
            .route("/{kind}/{id}", any(one))
            .with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        fake
    }

    fn changes(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().changes)
    }

    async fn run(&self, example: &str, arguments: &[&str]) -> Output {
        let mut command = program(example);
        let url = self.0.lock().unwrap().own_url.clone();
        command.env("VAPI_API_KEY", KEY).env("VAPI_URL", url).args(arguments);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let said = [&output.stdout[..], &output.stderr[..]].concat();
        assert!(!String::from_utf8_lossy(&said).contains(KEY), "the key was printed");
        output
    }
}

async fn many(
    State(fake): State<Fake>,
    Path(kind): Path<String>,
    method: Method,
    body: Bytes,
) -> (StatusCode, String) {
    let mut store = fake.0.lock().unwrap();
    if method == Method::GET {
        let of_kind = store.things.iter().filter(|(of, _)| *of == kind).map(|(_, thing)| thing.clone());
        return (StatusCode::OK, of_kind.rev().collect::<Value>().to_string());
    }
    let mut thing: Value = serde_json::from_slice(&body).unwrap();
    let id = format!("{kind}-{}", store.things.len());
    thing["id"] = json!(id);
    thing["createdAt"] = json!(jiff::Timestamp::now().to_string());
    if kind == "call" {
        thing["status"] = json!("queued");
        thing["monitor"] = json!({ "controlUrl": format!("{}/control/{id}", store.own_url) });
    }
    store.things.push((kind.clone(), thing.clone()));
    store.changes.push(format!("POST {kind}"));
    let status = if store.loses_answers { StatusCode::BAD_GATEWAY } else { StatusCode::CREATED };
    (status, thing.to_string())
}

async fn one(State(fake): State<Fake>, method: Method, uri: Uri, body: Bytes) -> (StatusCode, String) {
    let mut store = fake.0.lock().unwrap();
    let id = uri.path().rsplit('/').next().unwrap().to_owned();
    if uri.path().starts_with("/control/") {
        let command: Value = serde_json::from_slice(&body).unwrap();
        store.changes.push(format!("{} {}", command["type"], command["content"]));
        return (StatusCode::OK, String::new());
    }
    let Some((kind, thing)) = store.things.iter_mut().find(|(_, thing)| thing["id"] == *id) else {
        return (StatusCode::NOT_FOUND, json!({ "message": "none", "statusCode": 404 }).to_string());
    };
    if method == Method::PATCH {
        let change: serde_json::Map<String, Value> = serde_json::from_slice(&body).unwrap();
        thing.as_object_mut().unwrap().extend(change);
        let change = format!("PATCH {kind}");
        let answer = thing.to_string();
        store.changes.push(change);
        return (StatusCode::OK, answer);
    }
    if kind == "call" {
        // Each look finds the call one step further.
        let next = match thing["status"].as_str() {
            Some("queued") => "in-progress",
            _ => "ended",
        };
        thing["status"] = json!(next);
        thing["endedReason"] = json!("customer-ended-call");
    }
    (StatusCode::OK, thing.to_string())
}

const SETUP: [&str; 4] = ["--url", "https://bridge.example.com/webhook/vapi", "--credential-id", "c"];

fn said(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    said
}

#[tokio::test]
async fn a_dry_run_of_the_setup_shows_everything_and_changes_nothing() {
    let fake = Fake::start().await;

    let output = fake.run("vapi_setup", &[&SETUP[..], &["--dry-run"]].concat()).await;

    let said = said(&output);
    assert!(said.contains("+ tool create_case") && said.contains("+ assistant"), "{said}");
    assert!(fake.changes().is_empty());
}

#[tokio::test]
async fn the_setup_publishes_once_and_then_mends_only_what_differs() {
    let fake = Fake::start().await;

    said(&fake.run("vapi_setup", &SETUP).await);
    let first = fake.changes();
    for (_, thing) in &mut fake.0.lock().unwrap().things {
        // What Vapi adds of its own is no difference.
        if thing["messages"].is_array() {
            thing["messages"][0]["blocking"] = json!(false);
        }
    }
    let again = said(&fake.run("vapi_setup", &SETUP).await);
    let second = fake.changes();
    for (_, thing) in &mut fake.0.lock().unwrap().things {
        if thing["function"]["name"] == "create_case" {
            thing["function"]["description"] = json!("Changed by hand.");
            thing["messages"][0]["content"] = json!("Hold the line.");
        }
    }
    let mended = said(&fake.run("vapi_setup", &SETUP).await);

    let (last, tools) = first.split_last().unwrap();
    assert_eq!(last, "POST assistant");
    assert!(tools.len() > 5 && tools.iter().all(|change| change == "POST tool"), "{first:?}");
    assert!(second.is_empty() && !again.contains('~') && !again.contains('+'), "{again}");
    assert!(mended.contains("function.description: \"Changed by hand.\" -> "), "{mended}");
    let filler = "messages[0].content: \"Hold the line.\" -> \"One moment, I am noting that down.\"";
    assert!(mended.contains(filler), "{mended}");
    assert_eq!(fake.changes(), ["PATCH tool"]);
    let store = fake.0.lock().unwrap();
    let (_, assistant) = store.things.iter().find(|(kind, _)| kind == "assistant").unwrap();
    assert_eq!(
        assistant["model"]["toolIds"],
        json!((0..tools.len()).map(|index| format!("tool-{index}")).collect::<Vec<_>>())
    );
}

const CALL: [&str; 6] = ["--assistant", "a", "--from", "p", "--to", "+14155550142"];

#[tokio::test]
async fn an_outbound_call_is_placed_steered_and_followed_to_its_end() {
    let fake = Fake::start().await;

    let output = fake.run("outbound_call", &[&CALL[..], &["--say", "Hello"]].concat()).await;

    let said = said(&output);
    assert!(said.ends_with("It ended: customer-ended-call\n"), "{said}");
    assert!(!said.contains("4155550142"));
    assert_eq!(fake.changes(), ["POST call", "\"say\" \"Hello\""]);
}

#[tokio::test]
async fn an_outbound_call_whose_answer_is_lost_is_found_and_not_placed_again() {
    let fake = Fake::start().await;
    fake.0.lock().unwrap().loses_answers = true;

    let output = fake.run("outbound_call", &CALL).await;

    assert!(said(&output).contains("looking whether"));
    assert_eq!(fake.changes(), ["POST call"]);
}
