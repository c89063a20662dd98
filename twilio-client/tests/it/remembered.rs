//! What takes more than one request: against a Twilio that remembers, which the vendor's own package has used.

use futures_util::TryStreamExt as _;
use futures_util::future::join_all;
use serde_json::json;
use twilio_client::error::{ErrorCode, ErrorKind};
use twilio_client::resource::calls::{HungUp, Instruction};

use crate::exchange::builder;
use crate::fake::{Fake, TASK, WORKSPACE};

fn twiml() -> Instruction {
    Instruction::twiml("<Response/>")
}

#[tokio::test]
async fn a_list_brings_every_call_once_over_all_its_pages() {
    let (_fake, server) = Fake::start().await;
    let client = builder(&server).unlimited_calls().build().unwrap();
    for _ in 0..5 {
        client.calls().create("+15005550006", "+15005550001", twiml()).await.unwrap();
    }

    let list = client.calls().list().to(&"+15005550006".into()).page_size(2).stream();
    let calls: Vec<_> = Box::pin(list).try_collect().await.unwrap();

    let ends: Vec<_> = calls.iter().map(|call| call.sid.as_str().chars().last().unwrap()).collect();
    assert_eq!(ends, ['5', '4', '3', '2', '1']);
}

#[tokio::test]
async fn a_call_that_was_refused_twice_is_placed_once() {
    let (fake, server) = Fake::start().await;
    fake.refuse(2);

    builder(&server).build().unwrap().calls().create("+15005550006", "+15005550001", twiml()).await.unwrap();

    assert_eq!(fake.calls(), 1);
}

#[tokio::test]
async fn a_call_whose_answer_was_lost_is_found_and_not_placed_again() {
    let (fake, server) = Fake::start().await;
    fake.lose(1);
    let client = builder(&server).build().unwrap();

    let error = client.calls().create("+15005550006", "+15005550001", twiml()).await.unwrap_err();
    assert_eq!((error.kind(), fake.calls()), (ErrorKind::Ambiguous, 1));

    let since = "2026-11-20T10:00:05.2Z".parse().unwrap();
    let found = client.calls().reconcile("+15005550006", "+15005550001", since).await.unwrap();
    assert_eq!(found.len(), 1);
    assert!(client.calls().reconcile("+15005550007", "+15005550001", since).await.unwrap().is_empty());
}

#[tokio::test]
async fn losing_the_race_against_a_hang_up_is_an_outcome() {
    let (fake, server) = Fake::start().await;
    let client = builder(&server).build().unwrap();
    let call = client.calls().create("+15005550006", "+15005550001", twiml()).await.unwrap().sid;
    fake.hang_up_all();

    let url: url::Url = "https://voice.example.com/agent".parse().unwrap();
    let error = client.calls().redirect(&call, url).await.unwrap_err();

    assert!(error.kind() == ErrorKind::Gone && error.code() == Some(ErrorCode::CALL_NOT_IN_PROGRESS));
    assert!(matches!(client.calls().hang_up(&call).await, Ok(HungUp::WasOver)));
}

#[cfg(feature = "studio")]
#[tokio::test]
async fn a_flow_is_made_changed_and_refused_where_it_leads_nowhere() {
    use twilio_client::resource::studio::FlowStatus;
    use twilio_client::resource::studio::flow::{Flow, SayPlay, Trigger};

    let (fake, server) = Fake::start().await;
    let client = builder(&server).build().unwrap();
    let flow = Flow::new("d", Trigger::new("Trigger").on_call("hi")).with(SayPlay::say("hi", "Hello"));
    let lost = Flow::new("d", Trigger::new("Trigger").on_call("gone"));

    assert!(client.flows().validate("f", &flow).await.unwrap());
    let error = client.flows().validate("f", &lost).await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode(20001)));
    assert!(error.refusal().unwrap().details().unwrap().to_string().contains("which is not a state"));
    let made = client.flows().create("f", &FlowStatus::Draft, &flow).await.unwrap();
    client.flows().update(&made.sid, &FlowStatus::Published, None).await.unwrap();

    assert_eq!((fake.flows(), fake.definition(0)), ((1, 2), flow.to_json()));
}

#[tokio::test]
async fn four_writers_at_once_lose_nothing() {
    let (fake, server) = Fake::start().await;
    let client = builder(&server).build().unwrap();
    let workspace = client.workspace(&WORKSPACE.parse().unwrap());
    let task = TASK.parse().unwrap();

    let merges = (0..4).map(|number| {
        let changes = json!({format!("writer{number}"): number}).as_object().unwrap().clone();
        let (workspace, task) = (&workspace, &task);
        async move { workspace.merge_task(task, &changes).await }
    });
    for merged in join_all(merges).await {
        merged.unwrap();
    }

    assert_eq!(fake.attributes(), json!({"writer0": 0, "writer1": 1, "writer2": 2, "writer3": 3}));
}

/// The fake is not only our own opinion: the vendor's package finds in it what it expects. `conformance/run` says
/// where that package is.
#[tokio::test]
async fn the_vendors_package_works_with_the_fake() {
    let Some(modules) = std::env::var_os("TWILIO_NODE_MODULES") else { return };
    let (fake, server) = Fake::start().await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/conformance/drive.js");
    let mut node = tokio::process::Command::new("node");
    node.arg(script).env("NODE_PATH", modules).env("TWILIO_FAKE", server.uri()).kill_on_drop(true);

    let said =
        tokio::time::timeout(std::time::Duration::from_secs(60), node.output()).await.unwrap().unwrap();

    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert_eq!((fake.calls(), fake.flows()), (5, (1, 2)));
    println!("note: npm twilio placed, listed, ended, merged and published on the fake");
}
