//! The bridge as a `tower_service::Service`, for every framework that mounts one.

use std::{
    convert::Infallible,
    task::{Context, Poll},
    time::Duration,
};

use bytes::{Buf as _, Bytes, BytesMut};
use futures_util::future::BoxFuture;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body::Body;
use http_body_util::{BodyExt as _, Full};

use super::Bridge;
use crate::{
    channel::{Reply, WebhookHead, WebhookRequest},
    telemetry,
};

/// How long a sender may take over its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The body of an answer.
pub type ReplyBody = Full<Bytes>;

/// The bridge as a service over any body; cheap to clone, always ready, never failing.
#[derive(Clone, Debug)]
pub struct BridgeService {
    bridge: Bridge,
}

impl BridgeService {
    pub(super) fn new(bridge: Bridge) -> Self {
        Self { bridge }
    }
}

impl<B> tower_service::Service<Request<B>> for BridgeService
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Send,
{
    type Response = Response<ReplyBody>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let bridge = self.bridge.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let (path, method, url) = (head.uri.path(), head.method.as_str(), head.uri.to_string());
            let header = |name: &str| one_header(&head.headers, name);
            if let Err(reply) = bridge.screen(path, &WebhookHead { method, url: &url, header: &header }) {
                return Ok(respond(reply));
            }
            let reading = read(&head.headers, body, bridge.body_limit());
            let body = tokio::time::timeout(BODY_TIMEOUT, reading).await.unwrap_or(Err(408));
            let reply = match body {
                Ok(body) => {
                    let request = WebhookRequest { method, url: &url, header: &header, body };
                    bridge.handle(path, request).await
                }
                Err(status) => {
                    telemetry::webhook_refused(
                        "http",
                        if status == 413 { "too_large" } else { "broken_off" },
                    );
                    Reply::empty(status)
                }
            };
            Ok(respond(reply))
        })
    }
}

/// A header that stands there once. A signature that was sent twice is not one to choose from.
fn one_header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a [u8]> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(only), None) => Some(only.as_bytes()),
        _ => None,
    }
}

/// Reads a body up to a limit, and no byte further. A body of one frame is not copied.
async fn read<B: Body>(headers: &HeaderMap, body: B, limit: usize) -> Result<Bytes, u16> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<usize>().ok());
    if announced.is_some_and(|announced| announced > limit) {
        return Err(413);
    }
    let mut body = std::pin::pin!(body);
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(mut data) = frame.map_err(|_| 400_u16)?.into_data() else { continue };
        let size = data.remaining();
        if first.len().max(whole.len()) + size > limit {
            return Err(413);
        }
        if first.is_empty() && whole.is_empty() {
            first = data.copy_to_bytes(size);
        } else {
            if whole.is_empty() {
                whole.extend_from_slice(&first);
            }
            whole.extend_from_slice(&data.copy_to_bytes(size));
        }
    }
    Ok(if whole.is_empty() { first } else { whole.freeze() })
}

fn respond(reply: Reply) -> Response<ReplyBody> {
    let mut response = Response::new(Full::new(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if !reply.content_type.is_empty() {
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, http::HeaderValue::from_static(reply.content_type));
    }
    for (name, value) in reply.headers {
        response.headers_mut().append(name, value);
    }
    response
}
