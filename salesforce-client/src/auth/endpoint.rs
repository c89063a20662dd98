//! `POST /services/oauth2/...`: what all logins share. One exchange, and nothing of it kept.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;
use url::form_urlencoded::Serializer;

use super::AccessToken;
use crate::error::login::{self, Grant as Asked};
use crate::error::{Error, ErrorKind, Result, Retry};
use crate::login_host::HostPolicy;
use crate::retry::retry_after;
use crate::transport::{Reached, Transport};

const TOKEN: &str = "/services/oauth2/token";

/// The login service of one org.
#[derive(Clone)]
pub(super) struct Endpoint {
    pub(super) hosts: HostPolicy,
    pub(super) transport: Arc<dyn Transport>,
}

/// What a login gave.
pub(super) struct Grant {
    pub(super) access_token: AccessToken,
    pub(super) refresh_token: Option<SecretString>,
    pub(super) identity_url: Option<Url>,
}

/// An exchange that gave nothing, and whether the login service may have acted on it all the same.
pub(super) struct Refused {
    pub(super) error: Error,
    pub(super) unclear: bool,
}

impl Refused {
    fn clear(error: Error) -> Self {
        Self { error, unclear: false }
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    instance_url: String,
    #[serde(default)]
    refresh_token: Option<String>,
    #[serde(default)]
    id: Option<String>,
}

impl Endpoint {
    /// Asks for a token with these fields.
    pub(super) async fn token(&self, fields: &[(&str, &str)]) -> Result<Grant> {
        self.grant(fields).await.map_err(|refused| refused.error)
    }

    /// As [`Self::token`]; tells also whether a failure leaves open what the service did.
    pub(super) async fn grant(&self, fields: &[(&str, &str)]) -> Result<Grant, Refused> {
        let named = |error: Error| error.with_request("POST oauth2/token");
        let request = self.form(TOKEN, fields).map_err(|error| Refused::clear(named(error)))?;
        let refreshes = fields.contains(&("grant_type", "refresh_token"));
        let asked = if refreshes { Asked::RefreshToken } else { Asked::Other };
        let answer = self.exchange_for(asked, request).await;
        let (status, answer) =
            answer.map_err(|refused| Refused { error: named(refused.error), unclear: refused.unclear })?;
        // A token was given; that it cannot be read does not take it back.
        self.read(status, &answer).map_err(|error| Refused { error: named(error), unclear: true })
    }

    /// Sends a form to `path`, with no session.
    pub(super) fn form(&self, path: &str, fields: &[(&str, &str)]) -> Result<http::Request<Bytes>> {
        let mut body = Serializer::new(String::new());
        body.extend_pairs(fields.iter().filter(|(_, value)| !value.is_empty()));
        self.request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::from(body.finish()))
            .map_err(|_| unusable())
    }

    /// Asks for `path` with a session.
    pub(super) fn get(&self, path: &str, authorization: &HeaderValue) -> Result<http::Request<Bytes>> {
        self.request(Method::GET, path)
            .header(header::AUTHORIZATION, authorization)
            .body(Bytes::new())
            .map_err(|_| unusable())
    }

    fn request(&self, method: Method, path: &str) -> http::request::Builder {
        let mut address = self.hosts.login().as_url().clone();
        address.set_path(path);
        http::Request::builder()
            .method(method)
            .uri(address.as_str())
            .header(header::ACCEPT, "application/json")
    }

    /// One exchange that asks for no token.
    pub(super) async fn exchange(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<(StatusCode, Bytes), Refused> {
        self.exchange_for(Asked::Other, request).await
    }

    /// One exchange. A login changes no data, so it may be tried again unless it must fail the same way.
    async fn exchange_for(
        &self,
        asked: Asked,
        request: http::Request<Bytes>,
    ) -> Result<(StatusCode, Bytes), Refused> {
        let answer = self.transport.attempt(request).await.map_err(|failed| {
            let unclear = failed.reached() == Reached::Maybe;
            let error = Error::from(failed);
            let retry = if error.retry() == Retry::Never { Retry::Never } else { Retry::Safe };
            Refused { error: error.with_retry(retry), unclear }
        })?;
        let (parts, body) = answer.into_parts();
        if parts.status.is_success() {
            return Ok((parts.status, body));
        }
        let error = login::refused(parts.status, &body, asked).with_retry_after(retry_after(&parts.headers));
        // The service's own words are a refusal; a proxy's page proves nothing.
        Err(Refused { unclear: error.oauth().is_none() && error.entries().is_empty(), error })
    }

    /// The token of a good answer. Its body is never kept for a look: it holds the secret.
    fn read(&self, status: StatusCode, body: &Bytes) -> Result<Grant> {
        let answer: TokenAnswer = serde_json::from_slice(body).map_err(|_| {
            unreadable(status, "the login answer is not a token: check that the host is a Salesforce org")
        })?;
        let instance_url = Url::parse(&answer.instance_url)
            .map_err(|_| unreadable(status, "the login answer names no usable instance address"))?;
        self.hosts.check(&instance_url)?;
        Ok(Grant {
            access_token: AccessToken::new(SecretString::from(answer.access_token), instance_url)?,
            refresh_token: answer.refresh_token.map(SecretString::from),
            identity_url: answer.id.and_then(|id| Url::parse(&id).ok()),
        })
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Endpoint").field(self.hosts.login()).finish()
    }
}

pub(super) fn unreadable(status: StatusCode, hint: &'static str) -> Error {
    Error::new(ErrorKind::Decode, hint).with_status(status)
}

fn unusable() -> Error {
    Error::new(ErrorKind::Configuration, "the login host's address cannot be used")
}
