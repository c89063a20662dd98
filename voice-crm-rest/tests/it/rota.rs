//! The service of these tests.

use std::cell::Cell;

use http::StatusCode;
use serde_json::Value;
use voice_crm_rest::{
    Client, ClientBuilder, ErrorKind, Operation, Service, Verdict,
    script::{Script, Step},
};

#[derive(Debug)]
pub(crate) enum Rota {}

pub(crate) type Error = voice_crm_rest::Error<Rota>;
pub(crate) type Result<T> = voice_crm_rest::Result<T, Rota>;

pub(crate) const TOKEN: &str = "canary-token-77aa";
pub(crate) const OK: Step = Step::Answer(200, "{}");

thread_local! {
    /// How many explanations this test has read.
    pub(crate) static READ: Cell<u32> = const { Cell::new(0) };
}

impl Service for Rota {
    const NAME: &'static str = "rota";
    const USER_AGENT: &'static str = "rota/1";
    type Refusal = Value;
    type Code = i64;

    fn refusal(body: &[u8]) -> Option<Value> {
        READ.with(|read| read.set(read.get() + 1));
        serde_json::from_slice(body).ok()
    }

    fn code(refusal: &Value) -> Option<i64> {
        refusal["code"].as_i64()
    }

    fn judge(operation: Operation, status: StatusCode, refusal: Option<&Value>) -> Option<Verdict> {
        let asleep = refusal.and_then(Self::code) == Some(7);
        (asleep && operation.verb == "POST" && status == 429).then_some(Verdict::Refused(ErrorKind::Gone))
    }
}

/// A client whose jitter is always at its bound.
pub(crate) fn builder(script: &Script) -> ClientBuilder<Rota> {
    let builder = Client::builder("https://rota.example.com/v1");
    builder.bearer(TOKEN).transport(script.clone()).jitter(|| 1.0)
}

pub(crate) fn client(script: &Script) -> Client<Rota> {
    builder(script).build().unwrap()
}
