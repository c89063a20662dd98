//! The Streaming API when things end: sessions, tokens, cookies and connections.

use std::time::{Duration, Instant};

use reqwest::header;
use salesforce_emulator::Fault;
use serde_json::{Value, json};

use crate::{
    caller::Caller,
    streaming::{Listener, events_org},
};

const CONNECT: &str = "/meta/connect";

fn polling() -> Value {
    json!({ "connectionType": "long-polling" })
}

#[tokio::test]
async fn a_session_that_ended_is_an_unknown_client() {
    let org = events_org().await;
    let caller = Caller::new(&org).await;
    let listener = Listener::new(&caller).await;
    org.streaming().end_sessions();
    let answer = listener.ask(CONNECT, polling()).await.remove(0);
    assert_eq!(answer["error"], "403::Unknown client");
    assert_eq!(answer["advice"]["reconnect"], "handshake");

    org.streaming().set_times(Duration::from_secs(1), Duration::ZERO);
    let listener = Listener::new(&caller).await;
    assert_eq!(listener.subscribe("/event/Call_Ended__e", -1).await["error"], "403::Unknown client");
    assert_eq!((org.streaming().sessions(), org.stats().handshakes), (0, 2));
}

#[tokio::test]
async fn a_held_connect_hears_at_once_that_its_token_ended() {
    let org = events_org().await;
    org.streaming().set_times(Duration::from_secs(60), Duration::from_secs(60));
    let caller = Caller::new(&org).await;
    let listener = Listener::new(&caller).await;
    listener.events().await;
    let began = Instant::now();
    let held = listener.ask(CONNECT, polling());
    let ended = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        org.revoke_tokens();
    };
    let (answer, ()) = tokio::join!(held, ended);
    assert_eq!(answer[0]["error"], "401::Authentication invalid");
    assert_eq!(answer[0]["advice"]["reconnect"], "none");
    assert!(began.elapsed() < Duration::from_secs(30), "nobody waits for the hold to end");

    let denied = listener.ask("/meta/handshake", json!({})).await.remove(0);
    assert_eq!(denied["error"], "403::Handshake denied");
    assert_eq!(denied["ext"]["sfdc"]["failureReason"], "401::Authentication invalid");
}

#[tokio::test]
async fn a_session_without_its_cookies_is_refused() {
    let org = events_org().await;
    let caller = Caller::new(&org).await;
    let mut listener = Listener::new(&caller).await;
    assert!(listener.cookies.contains("BAYEUX_BROWSER=") && listener.cookies.contains("sfdc-stream="));
    let one = listener.cookies.split(';').next().unwrap().to_owned();
    for cookies in [String::new(), one] {
        listener.cookies = cookies;
        let message =
            json!({ "channel": CONNECT, "clientId": listener.client, "connectionType": "long-polling" });
        let answer = listener.send(&message).await;
        assert_eq!(answer.status(), 400);
        assert!(answer.text().await.unwrap().contains("has established a session"));
    }
}

#[tokio::test]
async fn a_cut_poll_ends_without_an_answer_and_its_event_waits() {
    let org = events_org().await;
    org.streaming().set_times(Duration::from_secs(60), Duration::from_secs(60));
    let caller = Caller::new(&org).await;
    let listener = Listener::new(&caller).await;
    listener.subscribe("/event/Call_Ended__e", -1).await;
    listener.events().await;
    let message =
        json!({ "channel": CONNECT, "clientId": listener.client, "connectionType": "long-polling" });
    let request = caller.http.post(format!("{}/cometd/66.0", caller.base)).bearer_auth(&caller.token);
    let held = request.header(header::COOKIE, &listener.cookies).json(&[message]).send();
    let cut = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        org.streaming().cut_polls();
    };
    let (answer, ()) = tokio::join!(held, cut);
    assert!(answer.is_err());
    caller.create("Call_Ended__e", json!({ "Key__c": "k" })).await;
    assert_eq!(listener.events().await.len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_cut_takes_its_events_with_it() {
    let org = events_org().await;
    let caller = Caller::new(&org).await;
    let listener = Listener::new(&caller).await;
    listener.subscribe("/event/Call_Ended__e", -1).await;
    caller.create("Call_Ended__e", json!({ "Key__c": "k" })).await;
    org.faults().next_streaming(1, Fault::CutAfterWrite);
    let message =
        json!({ "channel": CONNECT, "clientId": listener.client, "connectionType": "long-polling" });
    let request = caller.http.post(format!("{}/cometd/66.0", caller.base)).bearer_auth(&caller.token);
    assert!(request.header(header::COOKIE, &listener.cookies).json(&[message]).send().await.is_err());
    assert!(listener.events().await.is_empty());
    assert_eq!(org.streaming().kept("/event/Call_Ended__e").len(), 1, "a replay still finds it");
}

#[tokio::test]
async fn exchanges_of_the_stream_are_no_api_calls() {
    let org = events_org().await;
    let caller = Caller::new(&org).await;
    let listener = Listener::new(&caller).await;
    listener.subscribe("/event/Call_Ended__e", -1).await;
    assert_eq!((org.stats().api_calls, org.stats().streaming_exchanges), (0, 2));
    assert_eq!(org.requests().last().unwrap().path_template, "/cometd/66.0");
    listener.ask("/meta/disconnect", json!({})).await;
    assert_eq!(org.streaming().sessions(), 0);
}
