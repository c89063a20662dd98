//! actix-web has an older `http` crate and requests that stay on their thread, so the raw calls are made.

use actix_web::http::{StatusCode, header::HeaderValue};
use actix_web::web::{Data, Payload, ServiceConfig, to};
use actix_web::{HttpRequest, HttpResponse};
use voice_crm_core::{
    Bridge,
    channel::{Reply, WebhookHead, WebhookRequest},
};

/// For `App::configure`: the bridge answers what no other route does.
pub fn mount(bridge: Bridge) -> impl FnOnce(&mut ServiceConfig) {
    move |app| {
        app.app_data(Data::new(bridge)).default_service(to(webhook));
    }
}

#[expect(clippy::future_not_send, reason = "a request of actix-web stays on its thread")]
async fn webhook(request: HttpRequest, body: Payload, bridge: Data<Bridge>) -> HttpResponse {
    let (path, method, url) = (request.path(), request.method().as_str(), request.uri().to_string());
    let headers = request.headers();
    // A signature that was sent twice is not one to choose from.
    let header = |name: &str| {
        let mut values = headers.get_all(name).map(HeaderValue::as_bytes);
        values.next().filter(|_| values.next().is_none())
    };
    if let Err(reply) = bridge.screen(path, &WebhookHead { method, url: &url, header: &header }) {
        return respond(reply);
    }
    let body = match body.to_bytes_limited(bridge.body_limit()).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return HttpResponse::BadRequest().finish(),
        Err(_) => return HttpResponse::PayloadTooLarge().finish(),
    };
    respond(bridge.handle(path, WebhookRequest { method, url: &url, header: &header, body }).await)
}

fn respond(reply: Reply) -> HttpResponse {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    response.insert_header(("content-type", reply.content_type));
    for (name, value) in &reply.headers {
        response.append_header((name.as_str(), value.as_bytes()));
    }
    response.body(reply.body)
}
