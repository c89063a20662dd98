//! Calls whose messages come as nobody planned: fields missing, null, empty or of another kind, in any order, repeated.
//!
//! `HISTORIES` says how many calls there are, `SEED` which ones. What a call tells is worked out from its messages by
//! `told`, which knows nothing of how the channel reads them.

use std::net::SocketAddr;

use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;
use voice_crm_core::serve::Server;

use crate::stage::{PATH, Stage, signer};

mod draw;
mod told;

use told::Told;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(otherwise)
}

/// Sends a message as Vapi would; gives status and body.
async fn send(client: &reqwest::Client, url: &str, message: &Value) -> (u16, Value) {
    let body = json!({ "message": message }).to_string();
    let headers = signer().sign("POST", PATH, body.as_bytes(), Timestamp::now());
    let request =
        headers.into_iter().fold(client.post(url), |request, (name, value)| request.header(name, value));
    let reply = request.body(body).send().await.expect("the server went on");
    let status = reply.status().as_u16();
    (status, serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_the_messages_of_a_call_are_it_leaves_one_task_with_all_that_was_told() {
    let (count, seed) = (number("HISTORIES", 500), number("SEED", 1));
    let stage = Stage::set().await;
    let server = Server::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let url = format!("http://{}{PATH}", server.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(server.serve(stage.bridge.clone(), async { drop(stopped.await) }));

    let histories: Vec<Vec<Value>> = (0..count).map(|index| draw::history(seed, index)).collect();
    let client = reqwest::Client::new();
    let sent = stream::iter(histories.iter().enumerate()).for_each_concurrent(16, |(index, history)| {
        let (client, url) = (&client, &url);
        async move {
            for message in history {
                let (status, body) = send(client, url, message).await;
                assert!(status < 500, "call {index} of seed {seed}: {status} for {message}");
                // What callers hear when a function panicked.
                let is_broken = body.to_string().contains("went wrong on my side");
                assert!(!is_broken, "call {index} of seed {seed}: {body} for {message}");
            }
        }
    });
    sent.await;
    stage.drained().await;
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();

    assert_eq!(stage.bridge.journal().stats().await.unwrap().dead, 0, "seed {seed}");
    let tasks = stage.org.records("Task");
    let mut expected = 0;
    for (index, history) in histories.iter().enumerate() {
        let told = Told::by(history);
        let own: Vec<_> = tasks.iter().filter(|task| is_of(task, index)).collect();
        let wanted = usize::from(told.leaves_a_task);
        assert_eq!(own.len(), wanted, "call {index} of seed {seed}: {history:#?}");
        if let Some(task) = own.first()
            && let Err(missing) = told.stands_in(task)
        {
            panic!("call {index} of seed {seed} lacks {missing}: {task:#?} of {history:#?}");
        }
        expected += wanted;
    }
    assert_eq!(tasks.len(), expected, "seed {seed}: a task belongs to no call");
    assert!(expected as u64 > count / 2, "most calls of seed {seed} leave a task");
}

/// Whether a task is of a call: by the id of the call, or by words that only a report of it has.
fn is_of(task: &Map<String, Value>, index: usize) -> bool {
    let says = |field: &str| task[field].as_str().unwrap_or_default().to_owned();
    says("CallObject") == draw::call_id(index as u64)
        || says("Description").contains(&draw::mark(index as u64))
}
