//! What a channel of your own may do: verify while it waits, answer with headers, act afterwards, and tell events by
//! another way than webhooks.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{HeaderValue, Request, header};
use http_body_util::Full;
use jiff::Timestamp;
use tokio::sync::Notify;
use tower_service::Service as _;
use voice_crm_core::{
    bridge::SetupProblem,
    call::{AnsweredBy, Call, CallEvent, EndedCall, Happening, Platform},
    caller::Caller,
    channel::{Channel, DecodeError, Decoded, Incoming, Reply, Vapi, Verdict, VerifyError, WebhookRequest},
    journal::MemoryJournal,
    live::{LiveBounds, LiveFilter},
    phone::Region,
};

use crate::stage::{NUMBER, PATH, Stage, builder, org, signer};

/// A platform that asks elsewhere whether a request is genuine, and does something after its answer.
#[derive(Clone, Default)]
struct Own {
    begun: Arc<Notify>,
    go_on: Arc<Notify>,
    done: Arc<Notify>,
}

impl Channel for Own {
    fn name(&self) -> &'static str {
        "own"
    }

    fn takes(&self, method: &str, below: &str) -> bool {
        matches!((method, below), ("POST" | "PUT", "") | ("GET", "/token"))
    }

    fn verify<'a>(&'a self, request: &'a WebhookRequest<'_>, _: Timestamp) -> Verdict<'a> {
        let said = (request.header)("authorization");
        Verdict::later(async move {
            tokio::task::yield_now().await;
            match said {
                Some(b"good") => Ok(()),
                Some(b"hangs") => std::future::pending().await,
                Some(b"away") => Err(VerifyError::undecided("key_server")),
                _ => Err(VerifyError::new("wrong_token")),
            }
        })
    }

    fn reject(&self, error: &VerifyError) -> Reply {
        let own = self.clone();
        let answer = Reply::empty(if error.undecided { 503 } else { 401 });
        answer.then(async move { own.begun.notify_one() })
    }

    fn decode(&self, request: &WebhookRequest<'_>, _: Region) -> Result<Decoded, DecodeError> {
        let (own, breaks) = (self.clone(), request.body.as_ref() == b"panic");
        let act = async move {
            own.begun.notify_one();
            own.go_on.notified().await;
            assert!(!breaks, "the act breaks");
            own.done.notify_one();
        };
        Ok(Decoded::new(Incoming::Ignored("test".to_owned()), |_| {
            let cookie = |value| (header::SET_COOKIE, HeaderValue::from_static(value));
            let (first, second) = (cookie("a=1"), cookie("b=2"));
            Reply::json(200, "{}").header(first.0, first.1).header(second.0, second.1).then(act)
        }))
    }
}

async fn stage(own: &Own) -> Stage {
    // Chosen while the program runs, so behind a pointer.
    let own: Arc<dyn Channel> = Arc::new(own.clone());
    Stage::with(org(), |builder| builder.channel("/own", own)).await
}

fn request(authorization: &'static str, body: &'static str) -> Request<Full<Bytes>> {
    Request::post("/own")
        .header("authorization", authorization)
        .body(Full::new(Bytes::from_static(body.as_bytes())))
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_verdict_may_take_time_and_one_that_does_not_come_asks_the_sender_to_try_again() {
    let stage = stage(&Own::default()).await;
    for (authorization, status) in [("good", 200), ("bad", 401), ("away", 503), ("hangs", 503)] {
        let answer = stage.bridge.service().call(request(authorization, "")).await.unwrap();
        assert_eq!(answer.status(), status, "{authorization}");
    }
}

#[tokio::test]
async fn an_answer_carries_its_headers_and_starts_its_task() {
    let own = Own::default();
    let stage = stage(&own).await;
    let answer = stage.bridge.service().call(request("good", "")).await.unwrap();
    let cookies: Vec<_> = answer.headers().get_all(header::SET_COOKIE).iter().collect();
    assert_eq!(cookies, ["a=1", "b=2"]);

    own.begun.notified().await;
    assert!(!stage.bridge.shutdown(Duration::from_millis(20)).await, "the act still runs");
    own.go_on.notify_one();
    assert!(stage.bridge.shutdown(Duration::from_secs(5)).await);
    own.done.notified().await;
}

#[tokio::test]
async fn a_refused_request_starts_no_task() {
    let own = Own::default();
    let stage = stage(&own).await;
    assert_eq!(stage.bridge.service().call(request("bad", "")).await.unwrap().status(), 401);
    assert!(stage.bridge.shutdown(Duration::from_secs(5)).await);
    assert!(own.begun.notified().now_or_never().is_none());
}

#[tokio::test]
async fn an_act_that_panics_after_an_answer_harms_nothing() {
    let own = Own::default();
    let stage = stage(&own).await;
    assert_eq!(stage.bridge.service().call(request("good", "panic")).await.unwrap().status(), 200);
    own.go_on.notify_one();
    assert!(stage.bridge.shutdown(Duration::from_secs(5)).await);
}

#[tokio::test]
async fn a_method_that_is_not_taken_is_answered_with_those_that_are() {
    let stage = stage(&Own::default()).await;
    for (method, path, status, allowed) in [
        ("GET", "/own", 405, Some("POST, PUT")),
        ("POST", "/own/token", 405, Some("GET")),
        ("GET", "/own/other", 404, None),
        ("DELETE", PATH, 405, Some("POST")),
    ] {
        let request = Request::builder().method(method).uri(path).body(Full::new(Bytes::new())).unwrap();
        let answer = stage.bridge.service().call(request).await.unwrap();
        let allow = answer.headers().get(header::ALLOW).map(|methods| methods.to_str().unwrap());
        assert_eq!((answer.status().as_u16(), allow), (status, allowed), "{method} {path}");
    }
}

#[tokio::test]
async fn an_event_that_came_over_a_socket_is_kept_as_one_of_a_webhook_is() {
    let stage = Stage::set().await;
    let call = || Call::new(Platform::KAZOO.call("leg-1"), Caller::Unknown);
    let ended = CallEvent::new(call(), Happening::Ended(Box::new(EndedCall::new(call(), "NORMAL_CLEARING"))));
    let answered = CallEvent::new(call(), Happening::Answered(AnsweredBy::Person));
    for event in [&ended, &answered, &ended] {
        stage.bridge.event("kazoo", event.clone()).await.unwrap();
    }
    stage.drained().await;
    assert_eq!(stage.only("Task")["CallObject"], "leg-1");
}

#[tokio::test]
async fn a_link_between_two_ids_is_kept_even_when_it_is_all_that_was_told() {
    let stage = Stage::set().await;
    let mut call = Call::new(Platform::VAPI.call("v-1"), Caller::Unknown);
    call.identity.add(Platform::TWILIO.call("CA1"));
    stage.bridge.event("vapi", CallEvent::new(call.clone(), Happening::Ringing)).await.unwrap();
    assert_eq!(stage.bridge.journal().stats().await.unwrap().pending, 0);
    stage.bridge.event("vapi", CallEvent::new(call, Happening::Identified)).await.unwrap();
    stage.drained().await;
    assert_eq!(stage.bridge.journal().stats().await.unwrap().done, 1, "the link alone");
    // The leg alone tells of the end; the name is that of both.
    let call = Call::new(Platform::TWILIO.call("CA1"), Caller::Unknown);
    let ended = Happening::Ended(Box::new(EndedCall::new(call.clone(), "completed")));
    stage.bridge.event("twilio", CallEvent::new(call, ended)).await.unwrap();
    stage.drained().await;
    assert_eq!(stage.bridge.journal().stats().await.unwrap().done, 3, "the link, the end, and the log");
    assert_eq!(stage.org.count("Task"), 1);
}

#[tokio::test]
async fn the_owner_of_a_call_is_shown_and_costs_no_job_and_its_number_is_kept() {
    let stage = Stage::with(org(), |builder| builder.live(LiveBounds::default())).await;
    let identified = async |caller| {
        let mut call = Call::new(Platform::VAPI.call("v-1"), caller);
        call.owner = Some("ada".into());
        stage.bridge.event("vapi", CallEvent::new(call, Happening::Identified)).await.unwrap();
        stage.drained().await;
        stage.bridge.journal().stats().await.unwrap().done
    };
    assert_eq!(identified(Caller::Unknown).await, 0);
    assert_eq!(stage.bridge.live().cards(&LiveFilter::owner("ada")).len(), 1);
    assert_eq!(identified(Caller::from_number(Some(NUMBER), Region::US)).await, 1);
}

#[tokio::test]
async fn a_path_that_no_request_could_have_is_refused_at_the_start() {
    for path in ["", "webhook", "/webhook?token=1", "/webhook#part"] {
        let started =
            builder("http://127.0.0.1:1", MemoryJournal::new()).channel(path, Vapi::new(signer())).start();
        let error = started.unwrap_err();
        assert!(matches!(error.problems(), [SetupProblem::InvalidPath { .. }]), "{path:?}");
    }
}
