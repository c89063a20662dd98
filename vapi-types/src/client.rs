//! The part of Vapi's REST API that a bridge needs.
//!
//! ```no_run
//! use vapi_types::client::{Client, CreateCall, Say};
//! use vapi_types::customer::Customer;
//!
//! # async fn run() -> vapi_types::client::Result<()> {
//! let client = Client::builder(std::env::var("VAPI_API_KEY").unwrap_or_default()).build()?;
//! let call = CreateCall::default().assistant_id("assistant").phone_number_id("number");
//!
//! let call = client.calls().create(&call, Customer::at("+14155550199")).await?;
//! client.control(&call)?.say(&Say::now("Please hold the line.")).await?;
//!
//! let mut assistants = client.assistants().list();
//! while let Some(page) = assistants.next_page().await? {
//!     println!("{} assistants", page.len());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What may be repeated is repeated: everything after 429 or when it never left this machine, reads, updates and
//! deletions after 408, 5xx and a broken connection too. A creation whose outcome is unknown is not repeated, since a
//! person would be called twice; it fails with [`ErrorKind::Ambiguous`].

use std::time::Instant;

use secrecy::SecretString;
pub use voice_crm_rest::{ErrorKind, Request, Retry, RetryPolicy, transport};
use voice_crm_rest::{Operation, Service};

pub mod assistants;
pub mod calls;
pub mod control;
pub mod list;
pub mod phone_numbers;
pub mod stored;
pub mod tools;

mod builder;
mod host;
mod read;
mod refusal;
mod window;

pub use builder::ClientBuilder;
pub use calls::CreateCall;
pub use control::{Control, Say};
pub use host::Host;
pub use list::List;
pub use refusal::Refusal;
pub use stored::Stored;

/// Vapi's REST API, to the loop that every request goes through.
#[derive(Debug)]
#[non_exhaustive]
pub enum Vapi {}

impl Service for Vapi {
    const NAME: &'static str = "vapi";
    const USER_AGENT: &'static str = concat!("vapi-types/", env!("CARGO_PKG_VERSION"));
    type Refusal = Refusal;
    type Code = std::convert::Infallible;

    fn refusal(body: &[u8]) -> Option<Refusal> {
        Refusal::parse(body)
    }
}

/// A request to Vapi that did not succeed. It holds Vapi's sentences, as the [`Refusal`], and prints none.
pub type Error = voice_crm_rest::Error<Vapi>;

/// The result of a request to Vapi.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A complete answer of Vapi's.
pub type Response = voice_crm_rest::Response<Vapi>;

/// A client of one Vapi organization; clones are cheap and share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    rest: voice_crm_rest::Client<Vapi>,
    host: Host,
}

impl Client {
    /// Starts a client with a private API key.
    pub fn builder(api_key: impl Into<SecretString>) -> ClientBuilder {
        ClientBuilder::new(api_key.into())
    }

    /// The same client, whose every request gives up at this instant, pauses and repeats included. Without it
    /// a request has the total timeout of the builder.
    #[must_use]
    pub fn with_deadline(&self, deadline: Instant) -> Self {
        Self { rest: self.rest.with_deadline(deadline), host: self.host.clone() }
    }

    /// Sends any request of Vapi's API, with the same repeats and errors as every other.
    ///
    /// # Errors
    /// [`Error`] of any kind but [`ErrorKind::Decode`].
    pub async fn execute(&self, request: Request) -> Result<Response> {
        self.rest.execute(request).await
    }

    /// Deletes something, unless an attempt whose answer was lost has done so.
    pub(crate) async fn delete(&self, request: Request) -> Result<()> {
        self.rest.delete(request).await
    }

    pub(crate) fn host(&self) -> &Host {
        &self.host
    }
}
