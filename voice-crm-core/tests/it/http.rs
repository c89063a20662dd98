//! The tower service: bodies in any shape, and never more of them than the limit.

use std::{
    convert::Infallible,
    sync::atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use futures_util::stream;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody};
use jiff::Timestamp;
use serde_json::{Value, json};
use tower_service::Service as _;

use crate::stage::{PATH, Stage, case, org, sentence, tool_calls};

fn signed(stage: &Stage, body: &[u8]) -> http::request::Builder {
    let mut request = Request::post(PATH);
    for (name, value) in stage.signer.sign("POST", PATH, body, Timestamp::now()) {
        request = request.header(name, value);
    }
    request
}

async fn json_of(response: Response<Full<Bytes>>) -> (u16, Value) {
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

fn message() -> Vec<u8> {
    json!({ "message": tool_calls("c", &[("1", "create_case", case("It smokes."))]) })
        .to_string()
        .into_bytes()
}

#[tokio::test]
async fn a_body_in_one_frame_or_in_single_bytes_is_the_same_body() {
    let stage = Stage::set().await;
    let mut service = stage.bridge.service();
    let whole = signed(&stage, &message()).body(Full::new(Bytes::from(message()))).unwrap();
    let (status, first) = json_of(service.call(whole).await.unwrap()).await;
    assert_eq!(status, 200);
    assert!(sentence(&first["results"][0]).contains("has been created"));

    let frames = message().into_iter().map(|byte| Ok::<_, Infallible>(Frame::data(Bytes::from(vec![byte]))));
    let drops = signed(&stage, &message()).body(StreamBody::new(stream::iter(frames))).unwrap();
    let (_, second) = json_of(service.call(drops).await.unwrap()).await;
    assert_eq!(first, second);
}

#[tokio::test]
async fn an_announced_body_over_the_limit_is_refused_before_a_byte_of_it_is_read() {
    let stage = Stage::with(org(), |builder| builder.body_limit(1_000)).await;
    let body =
        StreamBody::new(stream::poll_fn(|_| -> std::task::Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            panic!("the body was read")
        }));
    let request = signed(&stage, b"").header("content-length", "1001").body(body).unwrap();
    assert_eq!(stage.bridge.service().call(request).await.unwrap().status(), 413);
}

#[tokio::test]
async fn an_endless_body_is_read_up_to_the_limit_and_no_further() {
    let stage = Stage::with(org(), |builder| builder.body_limit(1_000)).await;
    let frames = std::sync::Arc::new(AtomicUsize::new(0));
    let count = frames.clone();
    let endless = stream::repeat_with(move || {
        count.fetch_add(1, Ordering::Relaxed);
        Ok::<_, Infallible>(Frame::data(Bytes::from_static(&[b'x'; 100])))
    });
    let request = signed(&stage, b"").body(StreamBody::new(endless)).unwrap();
    assert_eq!(stage.bridge.service().call(request).await.unwrap().status(), 413);
    assert!(frames.load(Ordering::Relaxed) <= 12);
}

#[tokio::test]
async fn a_signature_that_is_sent_twice_is_no_signature() {
    let stage = Stage::set().await;
    let signature = stage.signer.sign("POST", PATH, &message(), Timestamp::now());
    let again = signature.iter().find(|(name, _)| name == "x-signature").unwrap();
    let request = signed(&stage, &message()).header(&again.0, &again.1);
    let request = request.body(Full::new(Bytes::from(message()))).unwrap();
    assert_eq!(stage.bridge.service().call(request).await.unwrap().status(), 401);
}
