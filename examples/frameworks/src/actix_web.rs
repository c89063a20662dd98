//! actix-web has an older `http` crate and requests that stay on their thread, so the raw call is made.

use actix_web::http::{StatusCode, header::HeaderValue};
use actix_web::web::{Bytes, Data, PayloadConfig, ServiceConfig, to};
use actix_web::{HttpRequest, HttpResponse};
use voice_crm_core::{Bridge, channel::WebhookRequest};

/// For `App::configure`: the bridge answers what no other route does.
pub fn mount(bridge: Bridge) -> impl FnOnce(&mut ServiceConfig) {
    let limit = PayloadConfig::new(bridge.body_limit());
    move |app| {
        app.app_data(limit).app_data(Data::new(bridge)).default_service(to(webhook));
    }
}

#[expect(clippy::future_not_send, reason = "a request of actix-web stays on its thread")]
async fn webhook(request: HttpRequest, body: Bytes, bridge: Data<Bridge>) -> HttpResponse {
    let (method, url, headers) = (request.method().as_str(), request.uri().to_string(), request.headers());
    let header = |name: &str| headers.get(name).map(HeaderValue::as_bytes);
    let webhook = WebhookRequest { method, url: &url, header: &header, body };
    let reply = bridge.handle(request.path(), webhook).await;
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    response.insert_header(("content-type", reply.content_type));
    for (name, value) in &reply.headers {
        response.append_header((name.as_str(), value.as_bytes()));
    }
    response.body(reply.body)
}
