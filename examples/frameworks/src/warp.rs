//! warp takes filters only, so the raw call is made.

use bytes::Bytes;
use voice_crm_core::{Bridge, channel::WebhookRequest};
use warp::http::{HeaderMap, HeaderValue, Response};
use warp::path::FullPath;
use warp::{Filter, Rejection, Reply};

/// A filter that the bridge answers; put your own before it with `or`.
pub fn mount(bridge: Bridge) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    let limit = warp::body::content_length_limit(u64::try_from(bridge.body_limit()).unwrap_or(u64::MAX));
    let whole = warp::post().and(limit).and(warp::path::full()).and(warp::header::headers_cloned());
    whole
        .and(warp::body::bytes())
        .then(move |path, headers, body| webhook(bridge.clone(), path, headers, body))
}

async fn webhook(bridge: Bridge, path: FullPath, headers: HeaderMap, body: Bytes) -> impl Reply {
    let header = |name: &str| headers.get(name).map(HeaderValue::as_bytes);
    let webhook = WebhookRequest { method: "POST", url: path.as_str(), header: &header, body };
    let reply = bridge.handle(path.as_str(), webhook).await;
    let response = Response::builder().status(reply.status).header("content-type", reply.content_type);
    let response =
        reply.headers.iter().fold(response, |response, (name, value)| response.header(name, value));
    response.body(reply.body.to_vec())
}
