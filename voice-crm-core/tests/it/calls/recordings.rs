//! Recordings kept as files of their calls: each once, whatever its size holds up nothing else.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use salesforce_emulator::Fault;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use twilio_client::{AuthToken, Client, Credentials};
use voice_crm_core::{
    recording::{Chunks, RecordingSource, RecordingStream, TwilioRecordings},
    service_error::ServiceError,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use crate::stage::{Stage, call_json, case, org};

const OURS: &str = "https://recordings.example.com/r1";

/// Gives every recording as so many pieces, each once somebody lets it.
#[derive(Clone)]
struct Shelf {
    pieces: usize,
    lets: Arc<Semaphore>,
    opened: Arc<AtomicUsize>,
}

impl Shelf {
    fn of(pieces: usize) -> Self {
        Self { pieces, lets: Arc::new(Semaphore::new(1_000)), opened: Arc::default() }
    }
}

#[async_trait]
impl RecordingSource for Shelf {
    fn has(&self, url: &str) -> bool {
        url.starts_with("https://recordings.example.com/")
    }

    async fn open(&self, _: &str) -> Result<RecordingStream, ServiceError> {
        self.opened.fetch_add(1, Ordering::Relaxed);
        Ok(RecordingStream::new(self.clone(), None, "wav"))
    }

    fn largest(&self) -> u64 {
        64
    }
}

#[async_trait]
impl Chunks for Shelf {
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        let Some(left) = self.pieces.checked_sub(1) else { return Ok(None) };
        self.lets.acquire().await.map_err(io::Error::other)?.forget();
        self.pieces = left;
        Ok(Some(Bytes::from_static(b"sound...")))
    }
}

async fn stage(shelf: &Shelf) -> Stage {
    let shelf = shelf.clone();
    Stage::with(org(), |builder| builder.recordings(shelf)).await
}

fn report(url: &str) -> Value {
    json!({
        "type": "end-of-call-report", "call": call_json("c"), "endedReason": "customer-ended-call",
        "endedAt": "2026-11-20T10:03:04Z", "artifact": { "recordingUrl": url },
    })
}

#[tokio::test]
async fn a_recording_becomes_one_file_of_its_call_whatever_answers_are_lost() {
    // The look for the call, its record, the look for the recording's call, the upload: each answer is lost once.
    for lost in 0..5 {
        let stage = stage(&Shelf::of(3)).await;
        stage.org.faults().pass(lost);
        stage.org.faults().next(1, Fault::CutAfterWrite);
        for _ in 0..2 {
            assert_eq!(stage.message(report(OURS)).await.0, 200);
        }
        stage.drained().await;
        assert_eq!(stage.message(report(OURS)).await.0, 200);
        stage.drained().await;

        let (task, file) = (stage.only("Task"), stage.only("ContentVersion"));
        assert_eq!(file["FirstPublishLocationId"], task["Id"], "{lost}");
        assert_eq!(file["PathOnClient"], "recording.wav");
        assert_eq!(file["ContentSize"], 24);
        assert!(task["Description"].as_str().unwrap().contains(OURS), "the link stays");
    }
}

#[tokio::test]
async fn a_recording_that_comes_in_slowly_holds_nothing_up() {
    let shelf = Shelf { lets: Arc::new(Semaphore::new(0)), ..Shelf::of(2) };
    let stage = stage(&shelf).await;
    stage.message(report(OURS)).await;
    let said = stage.tool("d", "1", "create_case", case("It smokes.")).await;
    assert!(said.contains("has been created"), "{said}");
    stage
        .message(json!({
            "type": "end-of-call-report", "call": call_json("d"), "endedReason": "customer-ended-call",
            "endedAt": "2026-11-20T10:03:04Z",
        }))
        .await;
    while stage.org.records("Task").len() < 2 || shelf.opened.load(Ordering::Relaxed) == 0 {
        tokio::task::yield_now().await;
    }
    assert!(stage.org.records("ContentVersion").is_empty());
    shelf.lets.add_permits(2);
    stage.drained().await;
    assert_eq!(stage.only("ContentVersion")["ContentSize"], 16);
    assert_eq!(shelf.opened.load(Ordering::Relaxed), 1, "it was on its way all the time");
}

#[tokio::test]
async fn a_recording_beyond_its_size_is_given_up_and_the_call_is_on_record() {
    let stage = stage(&Shelf::of(9)).await;
    stage.message(report(OURS)).await;
    stage.drained().await;
    assert!(stage.org.records("ContentVersion").is_empty());
    assert!(stage.only("Task")["Description"].as_str().unwrap().contains(OURS));
    let dead = stage.bridge.journal().dead(10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].reason.code, "RECORDING_TOO_LARGE");
}

#[tokio::test]
async fn what_lies_elsewhere_stays_a_link() {
    let shelf = Shelf::of(1);
    let stage = stage(&shelf).await;
    stage.message(report("https://recordings.example.org/r1")).await;
    stage.drained().await;
    assert_eq!(shelf.opened.load(Ordering::Relaxed), 0);
    assert!(stage.org.records("ContentVersion").is_empty());
    assert_eq!(stage.bridge.journal().stats().await.unwrap().dead, 0);
}

const ACCOUNT: &str = "AC00000000000000000000000000000001";
const RECORDING: &str = "RE0123456789abcdef0123456789abcdef";

#[tokio::test]
async fn a_recording_at_twilio_is_fetched_by_its_identifier_alone() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path(format!("/2010-04-01/Accounts/{ACCOUNT}/Recordings/{RECORDING}.mp3")))
        .respond_with(ResponseTemplate::new(200).set_body_raw(vec![7; 300_000], "audio/mpeg"))
        .expect(1)
        .mount(&server)
        .await;
    let token = AuthToken::new("canary-token-77aa-canary-token-7").unwrap();
    let client = Client::builder(ACCOUNT.parse().unwrap(), Credentials::auth_token(token))
        .base_url(server.uri().parse().unwrap())
        .build()
        .unwrap();
    let stage = Stage::with(org(), |builder| builder.recordings(TwilioRecordings::new(client))).await;
    let address = |host: &str| format!("https://{host}/2010-04-01/Accounts/AC1/Recordings/{RECORDING}.wav");
    // Who forges an address gets no request of ours, and no credentials.
    for forged in [address("api.twilio.com.example.com"), address("api.twilio.com@example.com")] {
        stage.message(report(&forged)).await;
    }
    stage.message(report(&address("api.twilio.com"))).await;
    stage.drained().await;
    let file = stage.only("ContentVersion");
    assert_eq!((&file["ContentSize"], &file["PathOnClient"]), (&json!(300_000), &json!("recording.mp3")));
}
