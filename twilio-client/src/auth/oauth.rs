//! `POST https://oauth.twilio.com/v2/token`: tokens by client credentials, one login for all who wait.

mod token;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use secrecy::ExposeSecret as _;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::{self, Instant};

use self::token::Token;
use super::ClientSecret;
use crate::error::{Error, ErrorKind, Result};
use crate::form::Form;
use crate::host::Product;
use crate::request::{Operation, Request};
use crate::response::Response;

/// The token in use, and the way to the next.
///
/// A token is *fresh*, then *ripe*, then over. When it is ripe the first request starts a login and everybody goes
/// on with the old token; when it is over all wait for the one login. A login runs in a task of its own, so that a
/// caller who goes away neither stops nor repeats it.
#[derive(Debug)]
pub(crate) struct Tokens {
    id: Box<str>,
    secret: ClientSecret,
    state: Mutex<State>,
}

/// Changed under the lock only, and never across an await.
#[derive(Debug, Default)]
struct State {
    current: Option<Token>,
    flight: Option<Landing>,
    failures: u32,
    /// The last failure, and until when it is not tried again.
    grounded: Option<(Instant, Error)>,
}

/// The outcome of the login under way, once there is one.
type Landing = watch::Receiver<Option<Result<HeaderValue>>>;

impl Tokens {
    pub(super) fn new(id: Box<str>, secret: ClientSecret) -> Self {
        Self { id, secret, state: Mutex::default() }
    }

    /// The header with a valid token. `send` carries the login if one is to be made, and `chance` spreads its
    /// renewal and its back-off.
    pub(crate) async fn header<F>(
        self: &Arc<Self>,
        deadline: Instant,
        chance: f64,
        send: impl FnOnce(Request) -> F,
    ) -> Result<HeaderValue>
    where
        F: Future<Output = Result<Response>> + Send + 'static,
    {
        let mut landing = match self.board(Instant::now(), chance, send)? {
            Boarding::Valid(header) => return Ok(header),
            Boarding::Wait(landing) => landing,
        };
        let landed = time::timeout_at(deadline, landing.wait_for(Option::is_some)).await;
        match landed.map_err(|_| Error::new(ErrorKind::Timeout, LOGIN))? {
            Ok(landing) => landing.clone().unwrap_or_else(|| Err(lost())),
            Err(_) => Err(lost()),
        }
    }

    /// A valid token at once, or the login to wait for; starts one where it is due.
    fn board<F>(
        self: &Arc<Self>,
        now: Instant,
        chance: f64,
        send: impl FnOnce(Request) -> F,
    ) -> Result<Boarding>
    where
        F: Future<Output = Result<Response>> + Send + 'static,
    {
        let mut state = self.state();
        let valid = state.current.as_ref().filter(|token| now < token.over);
        let (boarding, due) = match (valid, &state.flight) {
            (Some(token), flight) => {
                let due = now >= token.ripe && flight.is_none() && state.may_fly(now).is_ok();
                (Some(Boarding::Valid(token.header.clone())), due)
            }
            (None, Some(flight)) => (Some(Boarding::Wait(flight.clone())), false),
            (None, None) => {
                state.may_fly(now)?;
                (None, true)
            }
        };
        if !due {
            return boarding.ok_or_else(lost);
        }
        let Ok(runtime) = Handle::try_current() else {
            return boarding.ok_or_else(|| Error::configuration(LOGIN, "a login needs a tokio runtime"));
        };
        let (outcome, landing) = watch::channel(None);
        state.flight = Some(landing.clone());
        // A runtime that is shutting down drops the task at once, and with it the pilot, who then takes the lock.
        drop(state);
        let pilot = Pilot { tokens: Arc::clone(self), asked: now, chance, outcome, landed: false };
        runtime.spawn(pilot.fly(send(self.request())));
        Ok(boarding.unwrap_or(Boarding::Wait(landing)))
    }

    /// Takes note of a login's outcome.
    fn land(&self, outcome: Result<Token>, chance: f64) -> Result<HeaderValue> {
        let mut state = self.state();
        state.flight = None;
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
                state.grounded = Some((Instant::now() + pause, error.clone()));
                Err(error)
            }
        }
    }

    /// Forgets this token; one that took its place stays.
    pub(crate) fn forget(&self, refused: &HeaderValue) {
        let mut state = self.state();
        if state.current.as_ref().is_some_and(|token| token.header == refused) {
            state.current = None;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under the lock leaves the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Logging in twice does no harm.
    fn request(&self) -> Request {
        let mut form = Form::new();
        form.set("grant_type", "client_credentials");
        form.set("client_id", &*self.id);
        form.set("client_secret", self.secret.0.expose_secret());
        Request::post(LOGIN.template, form).product(Product::OAuth).repeatable()
    }
}

impl State {
    /// The last failure, as long as its back-off lasts.
    fn may_fly(&self, now: Instant) -> Result<()> {
        match &self.grounded {
            Some((until, error)) if now < *until => Err(error.clone().waiting(*until - now)),
            _ => Ok(()),
        }
    }
}

/// What a caller gets.
enum Boarding {
    /// A token that is still good.
    Valid(HeaderValue),
    /// There is none; the login under way will tell.
    Wait(Landing),
}

/// Sees one login through. Dropped before the end (a transport that panics, a runtime that goes away), it reports a
/// failure, so that nobody waits for ever.
struct Pilot {
    tokens: Arc<Tokens>,
    asked: Instant,
    chance: f64,
    outcome: watch::Sender<Option<Result<HeaderValue>>>,
    landed: bool,
}

impl Pilot {
    async fn fly(mut self, login: impl Future<Output = Result<Response>> + Send) {
        let answer = login.await;
        let token = answer.and_then(|answer| Token::read(&answer, self.asked, self.chance));
        self.land(token);
    }

    fn land(&mut self, outcome: Result<Token>) {
        self.landed = true;
        let landing = self.tokens.land(outcome, self.chance);
        self.outcome.send_replace(Some(landing));
    }
}

impl Drop for Pilot {
    fn drop(&mut self) {
        if !self.landed {
            self.land(Err(lost()));
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
const LOGIN: Operation = Operation { verb: "POST", template: "/v2/token" };

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
