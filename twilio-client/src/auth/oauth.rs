//! `POST https://oauth.twilio.com/v2/token`: tokens by client credentials, one login for all who wait.

mod token;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use http::HeaderValue;
use secrecy::ExposeSecret as _;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::{self, Instant};
use voice_crm_rest::{Authorize, Operation, Request};

use self::token::Token;
use super::ClientSecret;
use crate::error::{Error, ErrorKind, Result};
use crate::form::Form;
use crate::service::Twilio;

/// The token in use, and the way to the next.
///
/// A token is *fresh*, then *ripe*, then over. When it is ripe the first request starts a login and everybody goes
/// on with the old token; when it is over all wait for the one login. A login runs in a task of its own, so that a
/// caller who goes away neither stops nor repeats it.
#[derive(Clone, Debug)]
pub(crate) struct Tokens(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    id: Box<str>,
    secret: ClientSecret,
    /// Where logins go, which carry no credentials but their form.
    address: String,
    client: voice_crm_rest::Client<Twilio>,
    state: Mutex<State>,
}

/// Changed under the lock only, and never across an await.
#[derive(Debug, Default)]
struct State {
    current: Option<Token>,
    refresh: Option<PendingRefresh>,
    failures: u32,
    /// The last failure, and until when it is not tried again.
    backing_off: Option<(Instant, Error)>,
}

/// The outcome of the login under way, once there is one.
type PendingRefresh = watch::Receiver<Option<Result<HeaderValue>>>;

impl Tokens {
    /// Tokens of this application, fetched at this address through this client.
    pub(crate) fn new(
        id: Box<str>,
        secret: ClientSecret,
        address: String,
        client: voice_crm_rest::Client<Twilio>,
    ) -> Self {
        Self(Arc::new(Shared { id, secret, address, client, state: Mutex::default() }))
    }

    /// A valid token at once, or the login to wait for; starts one where it is due.
    fn token_or_refresh(&self, now: Instant) -> Result<TokenOrRefresh> {
        let mut state = self.state();
        let valid = state.current.as_ref().filter(|token| now < token.over);
        let (obtained, due) = match (valid, &state.refresh) {
            (Some(token), refresh) => {
                let due = now >= token.ripe && refresh.is_none() && state.may_refresh(now).is_ok();
                (Some(TokenOrRefresh::Valid(token.header.clone())), due)
            }
            (None, Some(refresh)) => (Some(TokenOrRefresh::Wait(refresh.clone())), false),
            (None, None) => {
                state.may_refresh(now)?;
                (None, true)
            }
        };
        if !due {
            return obtained.ok_or_else(lost);
        }
        let Ok(runtime) = Handle::try_current() else {
            return obtained.ok_or_else(|| Error::configuration(LOGIN, "a login needs a tokio runtime"));
        };
        let (outcome, refresh) = watch::channel(None);
        state.refresh = Some(refresh.clone());
        // A runtime that is shutting down drops the spawned future at once. Then the `RefreshTask` in it takes the lock to
        // report, so the lock must be free.
        drop(state);
        // The chance spreads the renewal and the back-off.
        let chance = self.0.client.chance();
        let task = RefreshTask { tokens: self.clone(), asked: now, chance, outcome, finished: false };
        runtime.spawn(task.run());
        Ok(obtained.unwrap_or(TokenOrRefresh::Wait(refresh)))
    }

    /// Notes the outcome of a login.
    fn finish_refresh(&self, outcome: Result<Token>, chance: f64) -> Result<HeaderValue> {
        let mut state = self.state();
        state.refresh = None;
        match outcome {
            Ok(token) => {
                let header = token.header.clone();
                *state = State { current: Some(token), ..State::default() };
                Ok(header)
            }
            Err(error) => {
                tracing::warn!(%error, "no new token");
                let pause = backoff(state.failures, chance).max(error.retry_after().unwrap_or_default());
                state.failures = state.failures.saturating_add(1);
                state.backing_off = Some((Instant::now() + pause, error.clone()));
                Err(error)
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under the lock leaves the state half changed.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Logging in twice does no harm.
    fn request(&self) -> Request {
        let mut form = Form::new();
        form.set("grant_type", "client_credentials");
        form.set("client_id", &*self.0.id);
        form.set("client_secret", self.0.secret.0.expose_secret());
        Request::post(LOGIN.template)
            .base(self.0.address.as_str())
            .body("application/x-www-form-urlencoded", form.encode())
            .repeatable()
    }
}

#[async_trait]
impl Authorize<Twilio> for Tokens {
    async fn header(&self, deadline: Instant) -> Result<Option<HeaderValue>> {
        let mut refresh = match self.token_or_refresh(Instant::now())? {
            TokenOrRefresh::Valid(header) => return Ok(Some(header)),
            TokenOrRefresh::Wait(refresh) => refresh,
        };
        let outcome = time::timeout_at(deadline, refresh.wait_for(Option::is_some)).await;
        match outcome.map_err(|_| Error::new(ErrorKind::Timeout, LOGIN))? {
            Ok(outcome) => outcome.clone().unwrap_or_else(|| Err(lost())).map(Some),
            Err(_) => Err(lost()),
        }
    }

    /// Forgets this token; one that took its place stays.
    fn forget(&self, refused: &HeaderValue) -> bool {
        let mut state = self.state();
        if state.current.as_ref().is_some_and(|token| token.header == refused) {
            state.current = None;
        }
        true
    }
}

impl State {
    /// The last failure, as long as its back-off lasts.
    fn may_refresh(&self, now: Instant) -> Result<()> {
        match &self.backing_off {
            Some((until, error)) if now < *until => Err(error.clone().waiting(*until - now)),
            _ => Ok(()),
        }
    }
}

/// What a caller gets.
enum TokenOrRefresh {
    /// A token that is still good.
    Valid(HeaderValue),
    /// There is none; the login under way will tell.
    Wait(PendingRefresh),
}

/// Sees one login through. Dropped before the end (a transport that panics, a runtime that goes away), it reports a
/// failure, so that nobody waits for ever.
struct RefreshTask {
    tokens: Tokens,
    asked: Instant,
    chance: f64,
    outcome: watch::Sender<Option<Result<HeaderValue>>>,
    finished: bool,
}

impl RefreshTask {
    async fn run(mut self) {
        // For whoever comes later as well, so without the deadline of the first who waits.
        let answer = self.tokens.0.client.execute(self.tokens.request()).await;
        let token = answer.and_then(|answer| Token::read(&answer, self.asked, self.chance));
        self.finish(token);
    }

    fn finish(&mut self, outcome: Result<Token>) {
        self.finished = true;
        let told = self.tokens.finish_refresh(outcome, self.chance);
        self.outcome.send_replace(Some(told));
    }
}

impl Drop for RefreshTask {
    fn drop(&mut self) {
        if !self.finished {
            self.finish(Err(lost()));
        }
    }
}

fn lost() -> Error {
    Error::new(ErrorKind::Timeout, LOGIN)
}

/// Between half of a doubling bound and the whole of it: logins are counted by the hour, so the pause must not come
/// out as nothing.
fn backoff(failures: u32, chance: f64) -> Duration {
    let bound = Duration::from_millis(250).saturating_mul(1 << failures.min(16)).min(LONGEST_BACKOFF);
    bound.mul_f64(0.5 + 0.5 * chance.clamp(0.0, 1.0))
}

const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// The name of the login in errors.
const LOGIN: Operation = Operation::new("POST", "/v2/token");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_back_off_grows_to_half_a_minute() {
        assert_eq!(backoff(0, 0.0), Duration::from_millis(125));
        assert_eq!(backoff(1, 1.0), Duration::from_millis(500));
        assert_eq!(backoff(u32::MAX, 1.0), LONGEST_BACKOFF);
    }
}
