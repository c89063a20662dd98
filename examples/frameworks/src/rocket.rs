//! Rocket has types of its own for everything, so the raw call is made.

use std::io::Cursor;

use rocket::data::{Data, ToByteUnit as _};
use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome, Route};
use rocket::{Build, Request, Response, Rocket};
use voice_crm_core::{Bridge, channel::WebhookRequest};

/// The bridge answers what no other route does.
pub fn mount(rocket: Rocket<Build>, bridge: Bridge) -> Rocket<Build> {
    rocket.mount("/", [Route::ranked(100, Method::Post, "/<_..>", Webhooks(bridge))])
}

#[derive(Clone)]
struct Webhooks(Bridge);

#[rocket::async_trait]
impl Handler for Webhooks {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let limit = (self.0.body_limit() + 1).bytes();
        let Ok(body) = data.open(limit).into_bytes().await else { return Outcome::Error(Status::BadRequest) };
        let header = |name: &str| request.headers().get_one(name).map(str::as_bytes);
        let (method, url) = (request.method().as_str(), request.uri().to_string());
        let webhook = WebhookRequest { method, url: &url, header: &header, body: body.into_inner().into() };
        let reply = self.0.handle(request.uri().path().as_str(), webhook).await;
        let mut response = Response::new();
        response.set_status(Status::new(reply.status));
        response.set_raw_header("content-type", reply.content_type);
        for (name, value) in &reply.headers {
            response
                .adjoin_raw_header(name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned());
        }
        response.set_sized_body(reply.body.len(), Cursor::new(reply.body));
        Outcome::Success(response)
    }
}
