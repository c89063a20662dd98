//! The client that runs on a script.

use std::time::Duration;

use twilio_client::client::ClientBuilder;
use twilio_client::{AuthToken, CallSid, Client, Credentials};
pub(crate) use voice_crm_rest::script::{Script, Step};

pub(crate) const CALL: &str = r#"{"sid":"CA00000000000000000000000000000001","status":"queued"}"#;

/// A call that is read only after a second.
pub(crate) const SLOW: Step = Step::Late(Duration::from_secs(1), 200, CALL);

pub(crate) trait Scripted {
    fn builder(&self) -> ClientBuilder;

    /// A client whose jitter is always at its bound.
    fn client(&self) -> Client {
        self.builder().build().unwrap()
    }
}

impl Scripted for Script {
    fn builder(&self) -> ClientBuilder {
        let token = AuthToken::new("canary-token-77aa").unwrap();
        Client::builder("AC00000000000000000000000000000001".parse().unwrap(), Credentials::auth_token(token))
            .transport(self.clone())
            .jitter(|| 1.0)
    }
}

pub(crate) fn call() -> CallSid {
    "CA00000000000000000000000000000001".parse().unwrap()
}
