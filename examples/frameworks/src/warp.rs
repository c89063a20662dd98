//! warp takes filters only, so the request is put together anew for the bridge.

use bytes::{Buf, Bytes};
use futures_util::{Stream, TryStreamExt as _};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use tower_service::Service as _;
use voice_crm_core::Bridge;
use warp::http::{HeaderMap, Method, Request, Response, Uri};
use warp::path::FullPath;
use warp::{Filter, Rejection, Reply};

/// A filter that the bridge answers; put your own before it with `or`.
pub fn mount(bridge: Bridge) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    let head = warp::method().and(warp::path::full()).and(query).and(warp::header::headers_cloned());
    head.and(warp::body::stream()).then(move |method, path, query, headers, body| {
        webhook(bridge.clone(), (method, path, query, headers), body)
    })
}

async fn webhook(
    bridge: Bridge,
    (method, path, query, headers): (Method, FullPath, String, HeaderMap),
    body: impl Stream<Item = Result<impl Buf + Send + 'static, warp::Error>> + Send + 'static,
) -> Response<Bytes> {
    let url = if query.is_empty() { path.as_str().to_owned() } else { format!("{}?{query}", path.as_str()) };
    let mut request = Request::new(StreamBody::new(body.map_ok(Frame::data)));
    *request.method_mut() = method;
    // What came as a path and a query is one.
    *request.uri_mut() = url.parse::<Uri>().unwrap_or_default();
    *request.headers_mut() = headers;
    let (head, body) = match bridge.service().call(request).await {
        Ok(response) => response.into_parts(),
        Err(never) => match never {},
    };
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(never) => match never {},
    };
    Response::from_parts(head, body)
}
