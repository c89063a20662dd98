//! `POST https://oauth.twilio.com/v2/token`: tokens by client credentials, one login for all who wait.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use base64::Engine as _;
use http::HeaderValue;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

use super::ClientSecret;
use crate::error::{Error, ErrorKind, Result};
use crate::form::Form;
use crate::host::Product;
use crate::request::Request;
use crate::response::Response;

/// The token in use, and the way to the next.
///
/// A token is *fresh*, then *ripe*, then over. While it is ripe one request logs in again and all others go on
/// with the old token; when it is over all wait for one login.
#[derive(Debug)]
pub(crate) struct Tokens {
    id: Box<str>,
    secret: ClientSecret,
    current: RwLock<Option<Arc<Token>>>,
    /// Held by whoever logs in; what the last login failed with, and when.
    flight: Mutex<Option<(Instant, ErrorKind)>>,
}

#[derive(Debug)]
struct Token {
    header: HeaderValue,
    ripe: Instant,
    over: Instant,
}

impl Tokens {
    pub(super) fn new(id: Box<str>, secret: ClientSecret) -> Self {
        Self { id, secret, current: RwLock::default(), flight: Mutex::default() }
    }

    /// The header with a valid token. `send` carries the login when there is one to be made.
    pub(crate) async fn header<F>(&self, send: impl FnOnce(Request) -> F) -> Result<HeaderValue>
    where
        F: Future<Output = Result<Response>>,
    {
        let asked = Instant::now();
        let valid = self.valid(asked);
        let flight = match &valid {
            Some(token) if asked < token.ripe => return Ok(token.header.clone()),
            Some(token) => match self.flight.try_lock() {
                Ok(flight) => flight,
                Err(_) => return Ok(token.header.clone()),
            },
            None => self.flight.lock().await,
        };
        if let Some(token) = self.valid(Instant::now()).filter(|token| Instant::now() < token.ripe) {
            return Ok(token.header.clone());
        }
        // Those who waited while the login failed share its failure: a thousand more logins would not help.
        match (*flight, valid) {
            (Some((failed, _)), Some(token)) if failed.elapsed() < PAUSE => Ok(token.header.clone()),
            (Some((failed, kind)), None) if failed >= asked => {
                Err(Error::new(kind, self.request().operation()))
            }
            (_, valid) => self.log_in(flight, valid, send).await,
        }
    }

    async fn log_in<F>(
        &self,
        mut flight: MutexGuard<'_, Option<(Instant, ErrorKind)>>,
        old: Option<Arc<Token>>,
        send: impl FnOnce(Request) -> F,
    ) -> Result<HeaderValue>
    where
        F: Future<Output = Result<Response>>,
    {
        let answer = match send(self.request()).await {
            Ok(response) => read(&response),
            Err(error) => Err(error),
        };
        match answer {
            Ok(token) => {
                *flight = None;
                let header = token.header.clone();
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(token));
                Ok(header)
            }
            Err(error) => {
                *flight = Some((Instant::now(), error.kind()));
                tracing::warn!(%error, "no new token");
                old.map_or(Err(error), |token| Ok(token.header.clone()))
            }
        }
    }

    /// Forgets this token; one that took its place stays.
    pub(crate) fn forget(&self, refused: &HeaderValue) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_some_and(|token| token.header == refused) {
            *current = None;
        }
    }

    fn valid(&self, now: Instant) -> Option<Arc<Token>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.clone().filter(|token| now < token.over)
    }

    /// Logging in twice does no harm.
    fn request(&self) -> Request {
        let mut form = Form::new();
        form.set("grant_type", "client_credentials");
        form.set("client_id", &*self.id);
        form.set("client_secret", self.secret.0.expose_secret());
        Request::post("/v2/token", form).product(Product::OAuth).repeatable()
    }
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    expires_in: Option<u64>,
}

fn read(response: &Response) -> Result<Token> {
    let answer: Answer = response.json()?;
    let token = answer.access_token.as_str();
    let lifetime = answer.expires_in.map(Duration::from_secs).or_else(|| lifetime(token)).unwrap_or(SHORT);
    let now = Instant::now();
    let mut header = HeaderValue::try_from(format!("Bearer {token}"))
        .map_err(|_| Error::new(ErrorKind::Decode, response.operation()))?;
    header.set_sensitive(true);
    // The last tenth of its life, a minute at most, is left to the next login.
    let margin = (lifetime / 10).min(Duration::from_secs(60));
    let ripe = now + lifetime.saturating_sub(margin);
    Ok(Token { header, ripe, over: now + lifetime.saturating_sub(margin / 4) })
}

/// The time from `iat` to `exp` of a JWT. The difference needs no clock that agrees with Twilio's.
fn lifetime(token: &str) -> Option<Duration> {
    #[derive(Deserialize)]
    struct Claims {
        iat: u64,
        exp: u64,
    }
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Claims = serde_json::from_slice(&claims).ok()?;
    claims.exp.checked_sub(claims.iat).map(Duration::from_secs)
}

/// How long a failed login is not repeated while the old token is still valid.
const PAUSE: Duration = Duration::from_secs(5);

/// How long a token is trusted that does not say how long it lives.
const SHORT: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lifetime_of_a_jwt_is_a_difference() {
        let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
        let token = format!("{}.{}.x", encode("{}"), encode(r#"{"iat":1000,"exp":4600}"#));

        assert_eq!(lifetime(&token), Some(Duration::from_secs(3600)));
        assert_eq!(lifetime("opaque"), None);
        assert_eq!(lifetime(&format!(".{}.", encode(r#"{"iat":2,"exp":1}"#))), None);
    }
}
