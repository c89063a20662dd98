//! Where each request goes: to the health checks, to the bridge, or to routes of one's own.

use std::{
    convert::Infallible,
    error::Error,
    fmt,
    future::poll_fn,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{
    HeaderValue, Method, Request, Response, StatusCode,
    header::{CONNECTION, CONTENT_LENGTH},
};
use http_body::Body;
use http_body_util::{BodyExt as _, Full, combinators::UnsyncBoxBody};
use hyper::{body::Incoming, service::Service};

use super::{
    RequestBody,
    body::{AnswerBody, BodyError, Streaming},
    connection::{Connection, Phase},
};
use crate::Bridge;

/// Everything that a server answers with.
pub(super) struct Router {
    bridge: Bridge,
    routes: Option<Routes>,
    is_stopping: AtomicBool,
}

impl Router {
    pub(super) fn new(bridge: Bridge, routes: Option<Routes>) -> Self {
        Self { bridge, routes, is_stopping: AtomicBool::new(false) }
    }

    /// From now on it is not ready, and each answer is the last one on its connection.
    pub(super) fn begin_to_stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Relaxed)
    }

    async fn answer(&self, request: Request<Incoming>, connection: &Arc<Connection>) -> Response<AnswerBody> {
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        match (request.uri().path(), &self.routes) {
            ("/healthz", _) if is_read => plain(StatusCode::OK, "ok"),
            ("/readyz", _) if is_read => self.readiness().await,
            (path, Some(routes)) if !self.bridge.has_channel(path) => {
                let answer = routes.answer(request).await;
                if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
                    connection.enter(Phase::Upgraded);
                } else if is_endless(&answer) {
                    connection.enter(Phase::Streaming);
                }
                answer
                    .map(|body| AnswerBody::OfRoutes { body, _streaming: Streaming::on(connection.clone()) })
            }
            _ => self.bridge.answer_http(request).await.map(AnswerBody::Whole),
        }
    }

    async fn readiness(&self) -> Response<AnswerBody> {
        if !self.is_stopping() && self.bridge.is_ready().await {
            plain(StatusCode::OK, "ready")
        } else {
            plain(StatusCode::SERVICE_UNAVAILABLE, "not ready")
        }
    }
}

/// Whether nobody knows how long an answer is: it may go on for as long as somebody listens.
fn is_endless<B: Body>(answer: &Response<B>) -> bool {
    answer.body().size_hint().exact().is_none() && !answer.headers().contains_key(CONTENT_LENGTH)
}

fn plain(status: StatusCode, text: &'static str) -> Response<AnswerBody> {
    let mut answer = Response::new(AnswerBody::Whole(Full::new(Bytes::from_static(text.as_bytes()))));
    *answer.status_mut() = status;
    answer
}

/// The router for the requests of one connection.
pub(super) struct ConnectionRouter {
    router: Arc<Router>,
    connection: Arc<Connection>,
}

impl ConnectionRouter {
    pub(super) fn new(router: Arc<Router>, connection: Arc<Connection>) -> Self {
        Self { router, connection }
    }
}

impl Service<Request<Incoming>> for ConnectionRouter {
    type Response = Response<AnswerBody>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let (router, connection) = (self.router.clone(), self.connection.clone());
        connection.enter(Phase::Serving);
        Box::pin(async move {
            let mut answer = router.answer(request, &connection).await;
            // A connection that is kept open would be cut in the middle of the next request.
            if router.is_stopping() {
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            if connection.phase() == Phase::Serving {
                connection.enter(Phase::Idle);
            }
            Ok(answer)
        })
    }
}

type Answer = BoxFuture<'static, Response<UnsyncBoxBody<Bytes, BodyError>>>;

/// What is served where the bridge has no channel.
#[derive(Clone)]
pub(super) struct Routes(Arc<dyn Fn(Request<RequestBody>) -> Answer + Send + Sync>);

impl Routes {
    pub(super) fn new<S, B>(service: S) -> Self
    where
        S: tower_service::Service<Request<RequestBody>, Response = Response<B>, Error = Infallible>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        Self(Arc::new(move |request| {
            let mut service = service.clone();
            Box::pin(async move {
                let Ok(()) = poll_fn(|cx| service.poll_ready(cx)).await;
                let Ok(answer) = service.call(request).await;
                answer.map(|body| body.map_err(Into::into).boxed_unsync())
            })
        }))
    }

    fn answer(&self, request: Request<Incoming>) -> Answer {
        (self.0)(request.map(RequestBody))
    }
}

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Routes")
    }
}
