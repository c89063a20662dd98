//! Nothing that must stay secret reaches a log line, an error text or debug output.

use std::error::Error as _;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;
use twilio_client::RetryPolicy;
use twilio_client::auth::ApiKeySecret;
use twilio_client::request::Request;
use twilio_client::resource::calls::Instruction;
use twilio_client::{AuthToken, Client, Credentials, Error};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::scripted::{CALL, Script, Scripted as _, Step, call};

/// What was planted: in the credentials, in the request, and in the answers.
const CANARIES: [&str; 6] = [
    "canary-client-secret-5d1f",
    "canary-webhook-secret-91be",
    "canary-token-77aa",
    "4155550142",
    "canary-transcript-c0de",
    "Basic ",
];

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn shown(value: &dyn std::fmt::Debug) -> String {
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

#[tokio::test]
async fn no_planted_secret_is_ever_told() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(log.clone());
    // For the whole process: a subscriber of this thread alone misses what another thread's test reached first.
    tracing::subscriber::set_global_default(subscriber.finish()).unwrap();
    let key = "SK00000000000000000000000000000002".parse().unwrap();
    let secret = ApiKeySecret::new("canary-client-secret-5d1f").unwrap();
    let credentials = Credentials::api_key(key, secret);
    let mut seen = format!("{credentials:?} {:?}", AuthToken::new("canary-webhook-secret-91be").unwrap());

    for (status, body) in [
        (
            400,
            r#"{"code":21211,"message":"+14155550142 canary-token-77aa","details":"canary-transcript-c0de"}"#,
        ),
        (500, "canary-transcript-c0de +14155550142"),
        (302, "canary-transcript-c0de"),
        (201, r#"{"sid":"canary-token-77aa","status":"canary-transcript-c0de"}"#),
        (201, r#"{"sid":"CA00000000000000000000000000000001","status":["canary-transcript-c0de"]}"#),
    ] {
        let server = MockServer::start().await;
        let answer = ResponseTemplate::new(status)
            .set_body_string(body)
            .insert_header("Twilio-Request-Id", "+14155550142")
            .insert_header("Location", "https://h/?To=+14155550142");
        Mock::given(method("POST")).respond_with(answer).expect(1).mount(&server).await;
        let client =
            Client::builder("AC00000000000000000000000000000001".parse().unwrap(), credentials.clone())
                .base_url(server.uri().parse().unwrap())
                .build()
                .unwrap();

        let create = client
            .calls()
            .create("+14155550142", "sip:+14155550142@h", Instruction::twiml("canary-transcript-c0de"))
            .sip_auth("u", "canary-token-77aa");
        seen += &shown(&(&client, &create));
        seen += &told(&create.await.unwrap_err());
    }

    seen += &shown(&request());
    seen += &headers().await;
    seen += &told(&of_another_shape().await);
    seen += &told(&unreachable(credentials).await);
    seen += &String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(seen.contains("attempt failed"), "the log was not captured");
    for canary in CANARIES {
        assert!(!seen.contains(canary), "a canary was told, of {} bytes", canary.len());
    }
}

/// The error of an answer whose JSON is of another shape, where a parser likes to quote what it found.
async fn of_another_shape() -> Error {
    let script = Script::new(&[Step::Answer(200, r#""canary-transcript-c0de""#)]);
    let response = script.client().execute(Request::get("/x")).await.unwrap();
    response.json::<u32>().unwrap_err()
}

/// What a transport that prints its requests' headers would show.
async fn headers() -> String {
    let script = Script::new(&[Step::Answer(200, CALL)]);
    script.client().calls().fetch(&call()).await.unwrap();
    let sent = script.sent();
    assert!(sent[0].headers().contains_key("authorization"));
    format!("{:?}", sent[0].headers())
}

/// The error of a host that refuses connections.
async fn unreachable(credentials: Credentials) -> Error {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::builder("AC00000000000000000000000000000001".parse().unwrap(), credentials)
        .base_url(base.parse().unwrap())
        .retry_policy(RetryPolicy { attempts: 1, base: Duration::ZERO, cap: Duration::ZERO })
        .build()
        .unwrap();
    client.execute(request()).await.unwrap_err()
}

/// A request with a number in its path and in its query.
fn request() -> Request {
    Request::get("/v2/PhoneNumbers/{PhoneNumber}")
        .fill("PhoneNumber", "+14155550142")
        .query("To", "+14155550142")
        .query("CallSid", call().as_str())
}
