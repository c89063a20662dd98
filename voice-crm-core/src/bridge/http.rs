//! The bridge as a `tower_service::Service`, for every framework that mounts one.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::{Buf as _, Bytes, BytesMut};
use futures_util::future::BoxFuture;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body::Body;
use http_body_util::{BodyExt as _, Full};

use super::{
    Bridge,
    body_room::{BodyRoom, Place, SHORT},
};
use crate::{
    channel::{Reply, WebhookHead, WebhookRequest},
    telemetry,
};

/// How long a sender may take over its body, once there is room for it.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a long body waits for room.
const ROOM_TIMEOUT: Duration = Duration::from_secs(10);

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
        Box::pin(async move { Ok(bridge.answer_http(request).await) })
    }
}

impl Bridge {
    /// Answers one HTTP request.
    pub(crate) async fn answer_http<B: Body>(&self, request: Request<B>) -> Response<ReplyBody> {
        let (head, body) = request.into_parts();
        let (path, method, url) = (head.uri.path(), head.method.as_str(), head.uri.to_string());
        let header = |name: &str| one_header(&head.headers, name);
        if let Err(reply) = self.screen(path, &WebhookHead { method, url: &url, header: &header }) {
            return respond(reply);
        }
        // The place is held until the answer is made.
        let (reply, _place) = match read(&head.headers, body, self.body_limit(), &self.inner.body_room).await
        {
            Ok((body, place)) => {
                let request = WebhookRequest { method, url: &url, header: &header, body };
                (self.handle(path, request).await, place)
            }
            Err(unread) => {
                telemetry::webhook_refused("http", unread.reason());
                (Reply::empty(unread.status()), None)
            }
        };
        respond(reply)
    }
}

/// Why a body was not read to its end.
#[derive(Clone, Copy)]
enum Unread {
    TooLarge,
    BrokenOff,
    TooSlow,
    NoRoom,
}

impl Unread {
    fn status(self) -> u16 {
        match self {
            Self::TooLarge => 413,
            Self::BrokenOff => 400,
            Self::TooSlow => 408,
            Self::NoRoom => 503,
        }
    }

    fn reason(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::BrokenOff => "broken_off",
            Self::TooSlow => "too_slow",
            Self::NoRoom => "no_room",
        }
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

/// Reads a body up to a limit, and no byte further.
async fn read<B: Body>(
    headers: &HeaderMap,
    body: B,
    limit: usize,
    room: &BodyRoom,
) -> Result<(Bytes, Option<Place>), Unread> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<usize>().ok());
    if announced.is_some_and(|announced| announced > limit) {
        return Err(Unread::TooLarge);
    }
    let mut body = std::pin::pin!(body);
    let mut whole = Whole::default();
    // Nobody waits for room who may not need it.
    if whole.read(body.as_mut(), SHORT.min(limit), |_| ()).await? {
        return Ok((whole.into_bytes(), None));
    }
    let Ok(place) = tokio::time::timeout(ROOM_TIMEOUT, room.take(announced.unwrap_or(limit))).await else {
        return Err(Unread::NoRoom);
    };
    let is_whole = tokio::select! {
        biased;
        is_whole = whole.read(body, limit, |bytes| place.received(bytes)) => is_whole?,
        () = place.must_give_way() => return Err(Unread::NoRoom),
    };
    place.is_read();
    if is_whole { Ok((whole.into_bytes(), Some(place))) } else { Err(Unread::TooLarge) }
}

/// What of a body was read. A body of one frame is not copied.
#[derive(Default)]
struct Whole {
    first: Bytes,
    joined: BytesMut,
}

impl Whole {
    /// Reads on until more than `until` bytes are there, which gives false, or to the end of the body, which gives true.
    ///
    /// `received` is told how many bytes are there.
    async fn read<B: Body>(
        &mut self,
        body: Pin<&mut B>,
        until: usize,
        received: impl Fn(usize),
    ) -> Result<bool, Unread> {
        let reading = self.read_on(body, until, received);
        tokio::time::timeout(BODY_TIMEOUT, reading).await.unwrap_or(Err(Unread::TooSlow))
    }

    async fn read_on<B: Body>(
        &mut self,
        mut body: Pin<&mut B>,
        until: usize,
        received: impl Fn(usize),
    ) -> Result<bool, Unread> {
        while self.len() <= until {
            let Some(frame) = body.frame().await else { return Ok(true) };
            let Ok(mut data) = frame.map_err(|_| Unread::BrokenOff)?.into_data() else { continue };
            let data = data.copy_to_bytes(data.remaining());
            if self.len() == 0 {
                self.first = data;
            } else {
                if self.joined.is_empty() {
                    self.joined.extend_from_slice(&self.first);
                }
                self.joined.extend_from_slice(&data);
            }
            received(self.len());
        }
        Ok(false)
    }

    fn len(&self) -> usize {
        self.first.len().max(self.joined.len())
    }

    fn into_bytes(self) -> Bytes {
        if self.joined.is_empty() { self.first } else { self.joined.freeze() }
    }
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
