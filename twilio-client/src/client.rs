//! The client: an account at Twilio's hosts, on the loop that every request goes through.

mod builder;

use std::sync::Arc;
use std::time::Instant;

use tokio::time;
use voice_crm_rest::Download;

pub use self::builder::ClientBuilder;

use crate::auth::Credentials;
use crate::error::{Error, ErrorKind, Result};
use crate::host::Hosts;
use crate::pace::Pace;
use crate::request::Request;
use crate::response::Response;
use crate::service::Twilio;
use crate::sid::AccountSid;

/// A client of one Twilio account; clones are cheap and share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    rest: voice_crm_rest::Client<Twilio>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    account: AccountSid,
    hosts: Hosts,
    pace: Pace,
}

impl Client {
    /// Starts a client of this account.
    pub fn builder(account: AccountSid, credentials: Credentials) -> ClientBuilder {
        ClientBuilder::new(account, credentials)
    }

    /// The account this client acts in.
    pub fn account(&self) -> &AccountSid {
        &self.shared.account
    }

    /// The same client, whose every call gives up at this instant, pauses and repeats included. Without it
    /// a call has the total timeout of the builder.
    #[must_use]
    pub fn with_deadline(&self, deadline: Instant) -> Self {
        Self { rest: self.rest.with_deadline(deadline), shared: Arc::clone(&self.shared) }
    }

    /// Sends any request of Twilio's API, with the same repeats and errors as every other call.
    ///
    /// # Errors
    ///
    /// [`Error`] of any kind but [`ErrorKind::Decode`].
    pub async fn execute(&self, request: Request) -> Result<Response> {
        let rest = self.to_rest(&request);
        if !request.is_paced() {
            return self.rest.execute(rest).await;
        }
        let deadline = self.rest.deadline();
        let turn = self.shared.pace.reserve(time::Instant::now(), deadline);
        let turn = turn.ok_or_else(|| Error::new(ErrorKind::Timeout, request.operation()))?;
        time::sleep_until(turn).await;
        self.rest.with_deadline(deadline.into_std()).execute(rest).await
    }

    /// Sends a request that deletes something; an attempt whose answer was lost may have done so.
    pub(crate) async fn delete(&self, request: &Request) -> Result<()> {
        self.rest.delete(self.to_rest(request)).await
    }

    /// Reads something long as a stream.
    pub(crate) fn download(&self, request: &Request) -> Download<Twilio> {
        self.rest.download(self.to_rest(request))
    }

    pub(crate) fn loop_of(&self) -> &voice_crm_rest::Client<Twilio> {
        &self.rest
    }

    pub(crate) fn hosts(&self) -> &Hosts {
        &self.shared.hosts
    }

    pub(crate) fn to_rest(&self, request: &Request) -> voice_crm_rest::Request {
        request.to_rest(&self.shared.hosts, &self.shared.account)
    }
}
