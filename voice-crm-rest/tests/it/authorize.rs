//! Credentials: where they go, and what takes the place of those that expired.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use http::HeaderValue;
use tokio::time::Instant;
use voice_crm_rest::{
    Authorize, Client, ErrorKind, Request,
    script::{Script, Step},
};

use crate::rota::{OK, Result, Rota, client};

/// Tokens in a row; one that was refused is not given again.
struct Tokens(Mutex<u32>);

#[async_trait]
impl Authorize<Rota> for Tokens {
    async fn header(&self, _: Instant) -> Result<Option<HeaderValue>> {
        let number = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(HeaderValue::from_str(&format!("Bearer {number}")).ok())
    }

    fn forget(&self, _: &HeaderValue) -> bool {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        true
    }
}

fn sent_with(script: &Script) -> Vec<String> {
    let header = |sent: &http::Request<_>| sent.headers()["authorization"].to_str().unwrap().to_owned();
    script.sent().iter().map(header).collect()
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_and_the_request_is_made() {
    let script = Script::new(&[Step::Answer(401, ""), OK, Step::Answer(401, ""), Step::Answer(401, "")]);
    let client = client(&script).authorized(Tokens(Mutex::new(0)));

    client.execute(Request::post("/people")).await.unwrap();
    let error = client.execute(Request::post("/people")).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(sent_with(&script), ["Bearer 0", "Bearer 1", "Bearer 1", "Bearer 2"]);
}

#[tokio::test]
async fn a_fixed_token_that_is_refused_is_not_sent_again() {
    let script = Script::new(&[Step::Answer(401, "")]);

    assert_eq!(
        client(&script).execute(Request::get("/a")).await.unwrap_err().kind(),
        ErrorKind::Authentication
    );
    assert_eq!(script.attempts(), 1);
}

#[test]
fn a_client_that_cannot_work_or_would_show_its_token_is_not_built() {
    let build = |base: &str, token: &str| Client::<Rota>::builder(base).bearer(token).build();

    for base in [
        "http://rota.example.com",
        "http://localhost.example.com",
        "http://10.0.0.1",
        "https://user@rota.example.com",
        "https://rota.example.com/?key=1",
        "ftp://127.0.0.1",
        "rota",
    ] {
        assert_eq!(build(base, "k").unwrap_err().kind(), ErrorKind::Configuration, "{base}");
    }
    for token in ["", " ", "a\nb"] {
        assert_eq!(build("https://a.example", token).unwrap_err().kind(), ErrorKind::Configuration);
    }
    for base in ["https://a.example/v1", "http://127.0.0.1:4010", "http://[::1]:4010", "http://localhost"] {
        build(base, "k").unwrap();
    }
}

#[tokio::test]
async fn no_address_of_a_single_request_sees_the_token_in_the_clear() {
    let script = Script::new(&[]);
    let elsewhere = Request::get("/a").to("http://rota.example.com/a".parse().unwrap());
    let based = Request::get("/a").base("http://rota.example.com");

    for request in [elsewhere, based] {
        let error = client(&script).execute(request).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Configuration, 0));
    }
}

#[tokio::test]
async fn what_fills_a_template_cannot_leave_its_segment() {
    let script = Script::new(&[OK]);
    let client = client(&script);
    let one = |id: &str| client.execute(Request::get("/a/{id}.json").fill("id", id));

    for id in ["", ".", ".."] {
        assert_eq!(one(id).await.unwrap_err().kind(), ErrorKind::Configuration);
    }
    one("a/../b?c#d%2F").await.unwrap();
    assert_eq!(script.sent()[0].uri().path(), "/v1/a/a%2F..%2Fb%3Fc%23d%252F.json");
}
