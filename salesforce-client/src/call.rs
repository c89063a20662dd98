//! What every call struct holds: the client, the request, and the time it has.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

use http::{HeaderName, HeaderValue};

use crate::client::Client;
use crate::error::Result;
use crate::request::Request;
use crate::response::Response;

/// The future of a call, once it is awaited.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

const AUTO_ASSIGN: HeaderName = HeaderName::from_static("sforce-auto-assign");
const DUPLICATE_RULE: HeaderName = HeaderName::from_static("sforce-duplicate-rule-header");

/// A request that is not sent yet. A mistake in its parts is told when it is awaited.
pub(crate) struct Call<'a> {
    pub(crate) client: &'a Client,
    pub(crate) request: Result<Request>,
    pub(crate) deadline: Option<Instant>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(client: &'a Client, request: Result<Request>) -> Self {
        Self { client, request, deadline: None }
    }

    pub(crate) fn deadline(mut self, deadline: Instant) -> Self {
        self.deadline = Some(deadline);
        self
    }

    pub(crate) fn map(mut self, change: impl FnOnce(Request) -> Result<Request>) -> Self {
        self.request = self.request.and_then(change);
        self
    }

    fn header(self, name: HeaderName, value: &'static str) -> Self {
        self.map(|request| Ok(request.header(name, HeaderValue::from_static(value))))
    }

    /// Whether the org's assignment rules may change the owner.
    pub(crate) fn assignment_rules(self, apply: bool) -> Self {
        self.header(AUTO_ASSIGN, if apply { "TRUE" } else { "FALSE" })
    }

    /// Saves the record although a duplicate rule warns.
    pub(crate) fn allow_duplicates(self) -> Self {
        self.header(DUPLICATE_RULE, "allowSave=true")
    }

    pub(crate) async fn send(self) -> Result<Response> {
        self.client.execute(&self.request?, self.deadline).await
    }
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.request {
            Ok(request) => request.fmt(f),
            Err(error) => error.fmt(f),
        }
    }
}
