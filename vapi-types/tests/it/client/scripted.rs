//! The client that runs on a script.

use vapi_types::client::{Client, ClientBuilder};
pub(crate) use voice_crm_rest::script::{Script, Step};

pub(crate) const KEY: &str = "canary-token-77aa";

pub(crate) trait Scripted {
    fn builder(&self) -> ClientBuilder;

    /// A client whose jitter is always at its bound.
    fn client(&self) -> Client {
        self.builder().build().unwrap()
    }
}

impl Scripted for Script {
    fn builder(&self) -> ClientBuilder {
        Client::builder(KEY).transport(self.clone()).jitter(|| 1.0)
    }
}
