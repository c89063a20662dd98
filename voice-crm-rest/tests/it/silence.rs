//! Nothing that must stay secret reaches a log line, an error text or debug output.

use std::{
    error::Error as _,
    fmt::Debug,
    io::{Read as _, Seek as _, SeekFrom},
    sync::Arc,
};

use tracing_subscriber::filter::LevelFilter;
use voice_crm_rest::{
    Request,
    script::{Script, Step},
};

use crate::rota::{Error, TOKEN, builder, client};

const CANARIES: [&str; 4] =
    ["canary-client-secret-5d1f", "canary-token-77aa", "4155550142", "canary-transcript-c0de"];

fn shown(value: &dyn Debug) -> String {
    format!("{value:?} {value:#?}")
}

/// Everything an operator can see of an error.
fn told(error: &Error) -> String {
    let mut told = error.to_string() + &shown(error);
    let mut source = error.source();
    while let Some(cause) = source {
        told += &(cause.to_string() + &shown(&cause));
        source = cause.source();
    }
    told
}

fn request() -> Request {
    Request::post("/people/{number}")
        .fill("number", "+14155550142")
        .query("secret", "canary-client-secret-5d1f")
        .json("canary-transcript-c0de")
}

#[tokio::test]
async fn no_planted_secret_is_ever_told() {
    let log = Arc::new(tempfile::tempfile().unwrap());
    let subscriber =
        tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(Arc::clone(&log));
    // For the whole process: a subscriber of this thread alone misses what another thread's test reached first.
    tracing::subscriber::set_global_default(subscriber.finish()).unwrap();
    let id = ("x-request-id", "+14155550142");
    let steps = [
        Step::With(400, id, r#"{"code":3,"message":"+14155550142 canary-token-77aa"}"#),
        Step::With(500, id, "canary-transcript-c0de"),
        Step::With(302, ("location", "https://h/?to=4155550142"), ""),
        Step::Lost,
        Step::Answer(201, r#""canary-transcript-c0de""#),
    ];
    let script = Script::new(&steps);
    let mut seen = shown(&(&client(&script), &builder(&script), &request()));

    for _ in 0..steps.len() - 1 {
        seen += &told(&client(&script).execute(request()).await.unwrap_err());
    }
    let answer = client(&script).execute(request()).await.unwrap();
    seen += &shown(&(&answer, &answer.json::<u32>().unwrap_err()));
    seen += &told(&answer.json::<u32>().unwrap_err());
    let sent = script.sent();
    assert!(sent[0].headers()["authorization"] == format!("Bearer {TOKEN}"));
    seen += &shown(sent[0].headers());
    (&*log).seek(SeekFrom::Start(0)).unwrap();
    (&*log).read_to_string(&mut seen).unwrap();

    assert!(
        seen.contains("attempt failed") && seen.contains("status 400, code 3"),
        "the log was not captured"
    );
    for canary in CANARIES {
        assert!(!seen.contains(canary), "a canary was told, of {} bytes", canary.len());
    }
}
