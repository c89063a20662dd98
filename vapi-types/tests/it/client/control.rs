//! Steering a running call through its control URL.

use serde_json::{Value, json};
use vapi_types::{
    artifact::Role,
    call::{Call, Monitor},
    client::{Control, ErrorKind, Say, control::Mute},
    model::ModelMessage,
    reply::TransferDestination,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_json, header, method, path},
};

use super::{
    exchange::client,
    scripted::{Script, Scripted as _, Step},
};

pub(crate) fn call(url: String) -> Call {
    let mut call = Call::default();
    let mut monitor = Monitor::default();
    monitor.control_url = Some(url);
    call.monitor = Some(monitor);
    call
}

async fn commanded(body: Value) -> (MockServer, Control) {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/canary-token-77aa/control"))
        .and(header("content-type", "application/json"))
        .and(body_json(body))
        .respond_with(ResponseTemplate::new(200))
        .expect(1)
        .mount(&server)
        .await;
    let control =
        client(&server).control(&call(format!("{}/canary-token-77aa/control", server.uri()))).unwrap();
    (server, control)
}

#[tokio::test]
async fn each_command_is_sent_in_vapis_form_and_without_the_key() {
    let (server, control) =
        commanded(json!({"type": "say", "content": "One moment.", "interruptAssistantEnabled": true})).await;
    control.say(&Say::now("One moment.")).await.unwrap();
    assert!(!server.received_requests().await.unwrap()[0].headers.contains_key("authorization"));

    let message = json!({"role": "system", "content": "The case is 7."});
    let (_server, control) =
        commanded(json!({"type": "add-message", "message": message, "triggerResponseEnabled": true})).await;
    control
        .add_message(&ModelMessage::default().role(Role::System).content("The case is 7."), true)
        .await
        .unwrap();

    let (_server, control) = commanded(json!({"type": "control", "control": "mute-assistant"})).await;
    control.mute(Mute::Assistant).await.unwrap();

    let destination = json!({"type": "number", "number": "+14155550142"});
    let (_server, control) =
        commanded(json!({"type": "transfer", "destination": destination, "content": "Now."})).await;
    control.transfer(&TransferDestination::number("+14155550142"), Some("Now.")).await.unwrap();

    let (server, control) = commanded(json!({"type": "end-call"})).await;
    control.authenticated().end().await.unwrap();
    assert!(server.received_requests().await.unwrap()[0].headers.contains_key("authorization"));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_said_twice_and_a_mute_is_repeated() {
    let steps = [Step::Lost, Step::Answer(502, ""), Step::Answer(200, "")];
    let script = Script::new(&steps);
    let control =
        script.client().control(&call("https://x.vapi.ai/canary-token-77aa/control".to_owned())).unwrap();

    let error = control.say(&Say::words("canary-transcript-c0de")).await.unwrap_err();
    control.mute(Mute::Customer).await.unwrap();

    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Ambiguous, 1));
    assert_eq!(script.attempts(), 3);
    let printed = format!("{control:?} {error} {error:?} {:?}", Say::words("canary-transcript-c0de"));
    assert!(!printed.contains("canary"));
}

#[tokio::test]
async fn a_control_url_elsewhere_is_refused() {
    let script = Script::new(&[]);
    let urls = ["https://evil.example.com/control", "http://x.vapi.ai/control", "not a url"];
    let calls = urls.map(|url| call(url.to_owned())).into_iter().chain([Call::default()]);

    for call in calls {
        let error = script.client().control(&call).unwrap_err();

        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Configuration, 0));
    }
    assert_eq!(script.attempts(), 0);
}
