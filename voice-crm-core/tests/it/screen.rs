//! What a request's head alone decides, before a byte of its body is read.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::Poll,
};

use bytes::Bytes;
use futures_util::stream;
use http::{Request, header};
use http_body::Frame;
use http_body_util::{Full, StreamBody};
use jiff::{SignedDuration, Timestamp};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use tower_service::Service as _;
use twilio_client::{
    AuthToken, WebhookVerifier,
    signature::{Payload, sign},
};
use vapi_types::webhook::{Encoding, HmacPlan, TokenValidator, Verifier};
use voice_crm_core::{
    Bridge,
    channel::{Channel, DataDip, Twilio, Vapi, WebhookHead, twilio::VoiceAgent},
};

use crate::stage::{NUMBER, Stage, org};

const SECRET: &str = "canary-webhook-secret-91be";
const AT: &str = "/at";
const PUBLIC: &str = "https://voice.example.com";
const HASH: &str = "bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

async fn bridge_of(channel: impl Channel) -> Bridge {
    Stage::with(org(), |builder| builder.channel(AT, channel)).await.bridge
}

/// The answer to a request whose body may not be looked at.
async fn unread(bridge: &Bridge, method: &str, target: &str, headers: &[(String, String)]) -> u16 {
    let body = stream::poll_fn(|_| -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        panic!("the body was read")
    });
    let request = Request::builder().method(method).uri(format!("{AT}{target}"));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    bridge.service().call(request.body(StreamBody::new(body)).unwrap()).await.unwrap().status().as_u16()
}

async fn whole(bridge: &Bridge, target: &str, headers: &[(String, String)], body: &'static str) -> u16 {
    let request = Request::post(format!("{AT}{target}"));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    let request = request.body(Full::new(Bytes::from_static(body.as_bytes()))).unwrap();
    bridge.service().call(request).await.unwrap().status().as_u16()
}

fn header(name: &str, value: &str) -> Vec<(String, String)> {
    vec![(name.to_owned(), value.to_owned())]
}

#[tokio::test]
async fn a_signature_of_vapi_that_no_body_fits_is_refused_unread() {
    let body_only = HmacPlan::body_only(SECRET);
    let base64 = HmacPlan::body_only(SECRET).encoding(Encoding::Base64);
    for (plan, name, wrong) in [
        (body_only.clone(), "x-vapi-signature", String::new()),
        (body_only.clone(), "x-vapi-signature", "0".repeat(63)),
        (body_only.clone(), "x-vapi-signature", "0".repeat(62)),
        (body_only, "x-vapi-signature", "g".repeat(64)),
        (base64, "x-vapi-signature", "0".repeat(64)),
        (HmacPlan::new(SECRET), "x-signature", "0".repeat(64)),
    ] {
        let bridge = bridge_of(Vapi::new(Verifier::hmac(plan).unwrap())).await;
        assert_eq!(unread(&bridge, "POST", "", &header(name, &wrong)).await, 401, "{wrong}");
        assert_eq!(unread(&bridge, "POST", "", &[]).await, 401);
    }
}

#[tokio::test]
async fn a_time_of_vapi_that_is_over_or_cannot_be_read_is_refused_unread() {
    let verifier = Verifier::hmac(HmacPlan::new(SECRET)).unwrap();
    let bridge = bridge_of(Vapi::new(verifier.clone())).await;
    let late = Timestamp::now() - SignedDuration::from_mins(6);
    assert_eq!(unread(&bridge, "POST", "", &verifier.sign("POST", AT, b"{}", late)).await, 401);
    let mut headers = verifier.sign("POST", AT, b"{}", Timestamp::now());
    let time = headers.iter().position(|(name, _)| name == "x-timestamp").unwrap();
    headers[time].1 = "yesterday".to_owned();
    assert_eq!(unread(&bridge, "POST", "", &headers).await, 401);
}

/// Knows one token.
struct Issuer;

impl TokenValidator for Issuer {
    fn is_valid(&self, token: &str, _: Timestamp) -> bool {
        token == SECRET
    }
}

#[tokio::test]
async fn a_wrong_secret_or_token_of_vapi_is_refused_unread_and_the_right_one_is_not() {
    let bearer = format!("Bearer {SECRET}");
    for (verifier, name, right) in [
        (Verifier::secret(SECRET).unwrap(), "x-vapi-secret", SECRET),
        (Verifier::header("x-own", SECRET).unwrap(), "x-own", SECRET),
        (Verifier::bearer(SECRET).unwrap(), "authorization", bearer.as_str()),
        (Verifier::oauth2(Arc::new(Issuer)), "authorization", bearer.as_str()),
    ] {
        let bridge = bridge_of(Vapi::new(verifier)).await;
        assert_eq!(unread(&bridge, "POST", "", &[]).await, 401, "{name}");
        assert_eq!(unread(&bridge, "POST", "", &header(name, &format!("{right}x"))).await, 401, "{name}");
        let message = r#"{"message":{"type":"hang"}}"#;
        assert_eq!(whole(&bridge, "", &header(name, right), message).await, 200, "{name}");
    }
}

fn twilio() -> (AuthToken, Twilio) {
    let token = AuthToken::new("canary-token-77aa").unwrap();
    let agent = VoiceAgent::Number(NUMBER.to_owned());
    (token.clone(), Twilio::new(WebhookVerifier::new(&token), PUBLIC.parse().unwrap(), agent))
}

#[tokio::test]
async fn a_signature_of_twilio_that_no_body_fits_is_refused_unread() {
    let (token, twilio) = twilio();
    let bridge = bridge_of(twilio).await;
    let named = |value: &str| header("x-twilio-signature", value);
    for wrong in [Vec::new(), named(""), named("short"), named(&"=".repeat(28)), named(&"0".repeat(27))] {
        assert_eq!(unread(&bridge, "POST", "", &wrong).await, 401, "{wrong:?}");
    }
    // Where the URL carries the hash of the body, the URL is all that is signed.
    let other = sign(&token, &format!("{PUBLIC}/other?{HASH}"), Payload::Raw(b"{}")).unwrap();
    assert_eq!(unread(&bridge, "POST", &format!("?{HASH}"), &named(&other)).await, 401);
    let right = sign(&token, &format!("{PUBLIC}{AT}?{HASH}"), Payload::Raw(b"{}")).unwrap();
    assert_eq!(whole(&bridge, &format!("?{HASH}"), &named(&right), "{}").await, 200, "genuine");
}

#[tokio::test]
async fn a_wrong_token_of_the_data_dip_is_refused_unread() {
    let bridge = bridge_of(DataDip::new("canary-token-77aa").unwrap()).await;
    for wrong in
        [Vec::new(), header("authorization", "Bearer x"), header("authorization", "canary-token-77aa")]
    {
        assert_eq!(unread(&bridge, "POST", "/calls/c/comment", &wrong).await, 401, "{wrong:?}");
    }
    let right = header("authorization", "Bearer canary-token-77aa");
    let comment = r#"{"case":"500000000000001AAA","comment":"It smokes."}"#;
    assert_eq!(whole(&bridge, "/calls/c/comment", &right, comment).await, 202);
}

/// Counts refused webhooks.
#[derive(Default)]
struct Sum(Arc<AtomicU64>);

impl Recorder for Sum {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let is_refusal = key.name() == "voice_crm_webhooks_refused_total";
        if is_refusal { Counter::from_arc(self.0.clone()) } else { Counter::noop() }
    }
    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }
    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[tokio::test]
async fn a_refusal_is_counted_once_whether_head_or_body_gave_the_reason() {
    let sum = Sum::default();
    let counted = sum.0.clone();
    let verifier = Verifier::hmac(HmacPlan::body_only(SECRET)).unwrap();
    let bridge = bridge_of(Vapi::new(verifier)).await;
    let _recording = metrics::set_default_local_recorder(&sum);

    assert_eq!(unread(&bridge, "POST", "", &[]).await, 401);
    assert_eq!(counted.load(Ordering::Relaxed), 1);
    assert_eq!(whole(&bridge, "", &header("x-vapi-signature", &"0".repeat(64)), "{}").await, 401);
    assert_eq!(counted.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn who_reads_bodies_by_himself_is_told_the_same_before_it() {
    let bridge = bridge_of(DataDip::new("canary-token-77aa").unwrap()).await;
    let none = |_: &str| None;
    let head = |method, url| WebhookHead { method, url, header: &none };
    let refused = |path, method| bridge.screen(path, &head(method, path)).unwrap_err();
    assert_eq!(refused("/elsewhere", "POST").status, 404);
    assert_eq!(refused("/at/caller", "POST").status, 405);
    let reply = refused("/at/caller", "GET");
    assert_eq!((reply.status, reply.headers[0].0.clone()), (401, header::WWW_AUTHENTICATE));
    let bearer = |name: &str| (name == "authorization").then_some(&b"Bearer canary-token-77aa"[..]);
    assert!(
        bridge.screen("/at/caller", &WebhookHead { header: &bearer, ..head("GET", "/at/caller") }).is_ok()
    );
}

#[tokio::test]
async fn one_slash_at_the_end_of_the_path_is_no_other_path() {
    let (token, twilio) = twilio();
    let twilio = bridge_of(twilio).await;
    let form = vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
    let ring =
        "CallSid=CA0123456789abcdef0123456789abcdef&CallStatus=ringing&Direction=inbound&From=anonymous";
    // The slash is part of what is signed.
    for (signed, expected) in [("/", 200), ("", 401)] {
        let url = format!("{PUBLIC}{AT}{signed}");
        let signature = sign(&token, &url, Payload::Form(ring.as_bytes())).unwrap();
        let headers = [form.clone(), header("x-twilio-signature", &signature)].concat();
        assert_eq!(whole(&twilio, "/", &headers, ring).await, expected, "{signed:?}");
    }

    let secret = header("x-vapi-secret", SECRET);
    for mount in [AT, "/at/"] {
        let vapi = Vapi::new(Verifier::secret(SECRET).unwrap());
        let bridge = Stage::with(org(), |builder| builder.channel(mount, vapi)).await.bridge;
        for (target, expected) in [("", 200), ("/", 200), ("//", 404), ("/x", 404)] {
            let status = whole(&bridge, target, &secret, r#"{"message":{"type":"hang"}}"#).await;
            assert_eq!(status, expected, "{mount} {target:?}");
        }
    }

    let dip = bridge_of(DataDip::new("canary-token-77aa").unwrap()).await;
    let right = header("authorization", "Bearer canary-token-77aa");
    let comment = r#"{"case":"500000000000001AAA","comment":"It smokes."}"#;
    assert_eq!(whole(&dip, "/calls/c/comment/", &right, comment).await, 202);
}
