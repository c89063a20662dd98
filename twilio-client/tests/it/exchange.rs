//! Single exchanges over real HTTP, on the loopback.

use std::time::Duration;

use twilio_client::RetryPolicy;
use twilio_client::auth::ApiKeySecret;
use twilio_client::client::ClientBuilder;
use twilio_client::error::{ErrorCode, ErrorKind, Retry};
use twilio_client::form::Form;
use twilio_client::request::Request;
use twilio_client::resource::calls::{
    CallRecording, CallbackMethod, CreateCall, HungUp, MachineDetection, RecordingChannels, RecordingEvent,
    StatusCallbackEvent,
};
use twilio_client::sid::ApplicationSid;
use twilio_client::{AuthToken, Client, Credentials, E164};
use url::Url;
use wiremock::matchers::{body_string, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::scripted::call;

const ACCOUNT: &str = "AC00000000000000000000000000000001";
const CALLS: &str = "/2010-04-01/Accounts/AC00000000000000000000000000000001/Calls.json";
const CALL: &str =
    "/2010-04-01/Accounts/AC00000000000000000000000000000001/Calls/CA00000000000000000000000000000001.json";
const QUEUED: &str = crate::scripted::CALL;

pub(crate) fn builder(server: &MockServer) -> ClientBuilder {
    let token = AuthToken::new("canary-token-77aa").unwrap();
    Client::builder(ACCOUNT.parse().unwrap(), Credentials::auth_token(token))
        .base_url(server.uri().parse().unwrap())
        .retry_policy(RetryPolicy { attempts: 3, base: Duration::ZERO, cap: Duration::ZERO })
}

fn json(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body, "application/json")
}

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

/// A call with every option that is not a variant of another.
pub(crate) fn everything(client: &Client) -> CreateCall<'_> {
    let to: E164 = "+14155550142".parse().unwrap();
    let detection = MachineDetection::until_message_end()
        .timeout(Duration::from_secs(30))
        .speech_threshold(Duration::from_millis(2400))
        .speech_end_threshold(Duration::from_millis(1200))
        .silence_timeout(Duration::from_secs(5))
        .in_background(&url("https://voice.example.com/m"), CallbackMethod::Post);
    let recording = CallRecording::new(&RecordingChannels::Dual)
        .keep_silence()
        .status_callback(&url("https://voice.example.com/r"), CallbackMethod::Post)
        .events([RecordingEvent::Completed, RecordingEvent::Absent]);

    client
        .calls()
        .create(to, "client:desk", url("https://voice.example.com/a"))
        .fallback(&url("https://voice.example.com/f"), CallbackMethod::Get)
        .status_callback(&url("https://voice.example.com/s"), CallbackMethod::Post)
        .status_callback_events([StatusCallbackEvent::Initiated])
        .status_callback_events([StatusCallbackEvent::Answered, StatusCallbackEvent::Completed])
        .ring_for(Duration::from_millis(20_100))
        .time_limit(Duration::from_secs(3600))
        .send_digits("ww1")
        .machine_detection(&detection)
        .record(&recording)
        .reason("Your case")
        .extra("Novelty", "1")
        .extra("Novelty", "2")
}

#[tokio::test]
async fn a_call_is_created_with_every_option_in_twilios_spelling() {
    let server = MockServer::start().await;
    let expected = [
        "To=%2B14155550142&From=client%3Adesk&Url=https%3A%2F%2Fvoice.example.com%2Fa&Method=POST",
        "FallbackUrl=https%3A%2F%2Fvoice.example.com%2Ff&FallbackMethod=GET",
        "StatusCallback=https%3A%2F%2Fvoice.example.com%2Fs&StatusCallbackMethod=POST",
        "StatusCallbackEvent=answered&StatusCallbackEvent=completed",
        "Timeout=21&TimeLimit=3600&SendDigits=ww1",
        "MachineDetection=DetectMessageEnd&MachineDetectionTimeout=30&MachineDetectionSpeechThreshold=2400",
        "MachineDetectionSpeechEndThreshold=1200&MachineDetectionSilenceTimeout=5000",
        "AsyncAmd=true&AsyncAmdStatusCallback=https%3A%2F%2Fvoice.example.com%2Fm&AsyncAmdStatusCallbackMethod=POST",
        "Record=true&RecordingChannels=dual&Trim=do-not-trim",
        "RecordingStatusCallback=https%3A%2F%2Fvoice.example.com%2Fr&RecordingStatusCallbackMethod=POST",
        "RecordingStatusCallbackEvent=completed&RecordingStatusCallbackEvent=absent",
        "CallReason=Your+case&Novelty=1&Novelty=2",
    ]
    .join("&");
    Mock::given(method("POST"))
        .and(path(CALLS))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(body_string(expected))
        .respond_with(json(201, QUEUED))
        .expect(1)
        .mount(&server)
        .await;
    let client = builder(&server).build().unwrap();

    let call = everything(&client).await.unwrap();

    assert_eq!(call.status.as_str(), "queued");
}

#[tokio::test]
async fn an_application_takes_the_place_of_a_url() {
    let server = MockServer::start().await;
    Mock::given(body_string("To=a&From=b&ApplicationSid=AP00000000000000000000000000000001"))
        .respond_with(json(201, QUEUED))
        .expect(1)
        .mount(&server)
        .await;
    let application: ApplicationSid = "AP00000000000000000000000000000001".parse().unwrap();

    builder(&server).build().unwrap().calls().create("a", "b", application).await.unwrap();
}

#[tokio::test]
async fn an_api_key_logs_in_under_its_own_name_and_acts_in_its_account() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path(CALL))
        // printf 'SK00000000000000000000000000000002:canary-client-secret-5d1f' | base64
        .and(header(
            "authorization",
            "Basic U0swMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMjpjYW5hcnktY2xpZW50LXNlY3JldC01ZDFm",
        ))
        .respond_with(json(200, QUEUED))
        .expect(1)
        .mount(&server)
        .await;
    let key = "SK00000000000000000000000000000002".parse().unwrap();
    let credentials = Credentials::api_key(key, ApiKeySecret::new("canary-client-secret-5d1f").unwrap());
    let client =
        Client::builder(ACCOUNT.parse().unwrap(), credentials).base_url(server.uri().parse().unwrap());

    let read = client.build().unwrap().calls().fetch(&call()).await.unwrap();

    assert_eq!(read.sid, call());
}

#[tokio::test]
async fn a_call_is_taken_elsewhere_and_ended() {
    let server = MockServer::start().await;
    for body in ["Twiml=%3CResponse%2F%3E&TimeLimit=60", "Status=completed", "Status=canceled"] {
        Mock::given(method("POST"))
            .and(path(CALL))
            .and(body_string(body))
            .respond_with(json(200, QUEUED))
            .expect(1)
            .mount(&server)
            .await;
    }
    let client = builder(&server).build().unwrap();
    let twiml = twilio_client::resource::calls::NewInstruction::twiml("<Response/>");

    client.calls().redirect(&call(), twiml).time_limit(Duration::from_secs(60)).await.unwrap();
    assert!(matches!(client.calls().hang_up(&call()).await, Ok(HungUp::Now(_))));
    assert!(matches!(client.calls().cancel(&call()).await, Ok(HungUp::Now(_))));
}

#[tokio::test]
async fn a_refusal_keeps_what_twilio_says() {
    let server = MockServer::start().await;
    let body = r#"{"code":21211,"message":"'+14155550142' is not valid","status":400,
                   "more_info":"https://www.twilio.com/docs/errors/21211"}"#;
    let answer = json(400, body).insert_header("Twilio-Request-Id", "RQ0123");
    Mock::given(method("POST")).respond_with(answer).expect(1).mount(&server).await;

    let client = builder(&server).build().unwrap();
    let error = client.calls().create("x", "y", url("https://voice.example.com")).await.unwrap_err();

    assert_eq!((error.kind(), error.retry()), (ErrorKind::Refused, Retry::Never));
    assert_eq!(error.code(), Some(ErrorCode::INVALID_TO));
    assert_eq!((error.status().unwrap().as_u16(), error.request_id()), (400, Some("RQ0123")));
    assert!(error.refusal().unwrap().message().unwrap().contains("is not valid"));
    assert_eq!(error.refusal().unwrap().more_info(), Some("https://www.twilio.com/docs/errors/21211"));
    let expected = "POST /2010-04-01/Accounts/{AccountSid}/Calls.json: twilio refused the request, status 400, \
                    code 21211 (the number to call is invalid), request RQ0123";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn an_answer_that_is_no_document_keeps_its_first_bytes() {
    let server = MockServer::start().await;
    let page = "<html>".repeat(200);
    let answer = ResponseTemplate::new(502).set_body_string(page.as_str());
    Mock::given(method("GET")).respond_with(answer).expect(3).mount(&server).await;

    let error = builder(&server).build().unwrap().calls().fetch(&call()).await.unwrap_err();

    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Unavailable, 3));
    assert_eq!(error.body(), &page.as_bytes()[..512]);
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_our_credentials() {
    let server = MockServer::start().await;
    let elsewhere = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(307).insert_header("Location", elsewhere.uri()))
        .expect(1)
        .mount(&server)
        .await;

    let error = builder(&server).build().unwrap().calls().fetch(&call()).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Unexpected);
    assert!(elsewhere.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_call_placed_with_an_unreadable_answer_is_said_to_be_placed() {
    let server = MockServer::start().await;
    let body = r#"{"sid":"CA00000000000000000000000000000001","status":{"canary-transcript-c0de":1}}"#;
    Mock::given(method("POST")).respond_with(json(201, body)).expect(1).mount(&server).await;

    let client = builder(&server).build().unwrap();
    let error = client.calls().create("x", "y", url("https://voice.example.com")).await.unwrap_err();

    assert_eq!((error.kind(), error.retry(), error.attempts()), (ErrorKind::Decode, Retry::Never, 1));
    assert_eq!(error.status().unwrap().as_u16(), 201);
}

#[tokio::test]
async fn an_answer_over_the_cap_is_cut_off() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(201).set_body_string("x".repeat(2000));
    Mock::given(method("POST")).respond_with(answer).expect(1).mount(&server).await;

    let client = builder(&server).answer_cap(1000).build().unwrap();
    let error = client.calls().create("x", "y", url("https://voice.example.com")).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Ambiguous);
}

#[tokio::test]
async fn a_host_that_is_not_there_was_sent_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let token = AuthToken::new("canary-token-77aa").unwrap();
    let client = Client::builder(ACCOUNT.parse().unwrap(), Credentials::auth_token(token))
        .base_url(base.parse().unwrap())
        .retry_policy(RetryPolicy { attempts: 2, base: Duration::ZERO, cap: Duration::ZERO })
        .build()
        .unwrap();

    let error = client.calls().create("x", "y", url("https://voice.example.com")).await.unwrap_err();

    assert_eq!((error.kind(), error.retry(), error.attempts()), (ErrorKind::Network, Retry::Safe, 2));
}

#[tokio::test]
async fn a_connection_cut_in_the_middle_of_the_answer_leaves_a_call_ambiguous() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"example.com%2F&Method=POST") {
            assert_ne!(socket.read_buf(&mut request).await.unwrap(), 0);
        }
        socket.write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 90\r\n\r\n{\"sid\":").await.unwrap();
    });
    let token = AuthToken::new("canary-token-77aa").unwrap();
    let client = Client::builder(ACCOUNT.parse().unwrap(), Credentials::auth_token(token))
        .base_url(base.parse().unwrap())
        .build()
        .unwrap();

    let error = client.calls().create("x", "y", url("https://voice.example.com")).await.unwrap_err();

    server.await.unwrap();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Ambiguous, 1));
}

#[tokio::test]
async fn what_is_not_modelled_can_still_be_sent() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path(CALL.replace(".json", "/Siprec.json")))
        .and(body_string("Track=both_tracks&Parameter1.Name=case&Parameter1.Value=00123"))
        .respond_with(json(201, r#"{"sid":"SR1"}"#))
        .expect(1)
        .mount(&server)
        .await;
    let mut form = Form::new();
    form.set("Track", "both_tracks");
    form.numbered("Parameter", [("case", "00123")]);
    let siprec = "/2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Siprec.json";

    let request = Request::post(siprec, form).fill("CallSid", call().as_str());
    let response = builder(&server).build().unwrap().execute(request).await.unwrap();

    assert_eq!(response.json::<serde_json::Value>().unwrap()["sid"], "SR1");
}
