//! Rocket has types of its own for everything, so the raw calls are made.

use std::io::Cursor;

use rocket::data::{Data, ToByteUnit as _};
use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome, Route};
use rocket::{Build, Request, Response, Rocket};
use voice_crm_core::{
    Bridge,
    channel::{Reply, WebhookHead, WebhookRequest},
};

/// The bridge answers what no other route does.
pub fn mount(rocket: Rocket<Build>, bridge: &Bridge) -> Rocket<Build> {
    let methods = [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete, Method::Options];
    let route = |method| Route::ranked(100, method, "/<_..>", Webhooks(bridge.clone()));
    rocket.mount("/", methods.map(route))
}

#[derive(Clone)]
struct Webhooks(Bridge);

#[rocket::async_trait]
impl Handler for Webhooks {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let path = request.uri().path().as_str();
        let (method, url) = (request.method().as_str(), request.uri().to_string());
        // A signature that was sent twice is not one to choose from.
        let header = |name: &str| {
            let mut values = request.headers().get(name).map(str::as_bytes);
            values.next().filter(|_| values.next().is_none())
        };
        if let Err(reply) = self.0.screen(path, &WebhookHead { method, url: &url, header: &header }) {
            return respond(reply);
        }
        let limit = (self.0.body_limit() + 1).bytes();
        let Ok(body) = data.open(limit).into_bytes().await else { return Outcome::Error(Status::BadRequest) };
        let webhook = WebhookRequest { method, url: &url, header: &header, body: body.into_inner().into() };
        respond(self.0.handle(path, webhook).await)
    }
}

fn respond<'r>(reply: Reply) -> Outcome<'r> {
    let mut response = Response::new();
    response.set_status(Status::new(reply.status));
    response.set_raw_header("content-type", reply.content_type);
    for (name, value) in &reply.headers {
        response.adjoin_raw_header(name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned());
    }
    response.set_sized_body(reply.body.len(), Cursor::new(reply.body));
    Outcome::Success(response)
}
