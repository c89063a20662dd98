//! The one login that may run at a time, and what is remembered of the last one.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::builder::Settings;
use super::entry::Entry;
use super::surroundings::{ArcSwapOption, Handle, Mutex, MutexGuard, now, timeout};
use crate::auth::{AccessToken, TokenSource};
use crate::error::{Error, ErrorKind, Result, Retry};

const FIRST_BACKOFF: Duration = Duration::from_millis(250);
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// What all clones of a cache share.
pub(super) struct Shared<S> {
    source: S,
    settings: Settings,
    pub(super) current: ArcSwapOption<Entry>,
    state: Mutex<State>,
}

/// Changed under the lock only, and never across an await.
#[derive(Default)]
struct State {
    flight: Option<watch::Receiver<Option<Result<Arc<AccessToken>>>>>,
    failures: u32,
    grounded: Option<(Instant, Error)>,
}

/// What a reader that found no fresh token gets.
pub(super) enum Boarding {
    /// A token that is still good.
    Valid(Arc<AccessToken>),
    /// There is none; the login under way will tell.
    Wait(Flight),
}

/// A login under way, as a waiting reader sees it.
pub(super) struct Flight(watch::Receiver<Option<Result<Arc<AccessToken>>>>);

impl Flight {
    pub(super) async fn landing(mut self) -> Result<Arc<AccessToken>> {
        match self.0.wait_for(Option::is_some).await {
            Ok(landing) => landing.clone().unwrap_or_else(|| Err(lost())),
            Err(_) => Err(lost()),
        }
    }
}

fn lost() -> Error {
    Error::new(ErrorKind::Transport, "the login ended without an outcome, try again").with_retry(Retry::Safe)
}

impl<S: TokenSource + 'static> Shared<S> {
    pub(super) fn new(source: S, settings: Settings) -> Self {
        Self { source, settings, current: ArcSwapOption::empty(), state: Mutex::default() }
    }

    /// A valid token at once, or the login to wait for; starts one where it is due.
    pub(super) fn board(self: &Arc<Self>, now: Instant) -> Result<Boarding> {
        let mut state = self.state();
        // Read under the lock: a login that has just landed is seen, and not repeated.
        let valid = self.current.load_full().filter(|entry| now < entry.hard);
        let mut due = None;
        let boarding = if let Some(entry) = valid {
            if now >= entry.soft && state.flight.is_none() && state.may_fly(now).is_ok() {
                // Nobody waits for this one, so a missing runtime is no reason to fail.
                due = self.prepare(&mut state).ok();
            }
            Boarding::Valid(Arc::clone(&entry.token))
        } else if let Some(flight) = &state.flight {
            Boarding::Wait(Flight(flight.clone()))
        } else {
            state.may_fly(now)?;
            let pilot = due.insert(self.prepare(&mut state)?);
            Boarding::Wait(Flight(pilot.outcome.subscribe()))
        };
        // A runtime that is shutting down drops the task at once, and with it the pilot, who then
        // takes the lock to report: it must be free by now.
        drop(state);
        if let Some(pilot) = due {
            pilot.runtime.clone().spawn(pilot.fly());
        }
        Ok(boarding)
    }

    /// Reserves the runway for a login, which then runs in a task of its own.
    fn prepare(self: &Arc<Self>, state: &mut State) -> Result<Pilot<S>> {
        let runtime = Handle::try_current().map_err(|_| {
            Error::new(ErrorKind::Configuration, "a login needs a tokio runtime: call from within one")
        })?;
        let (outcome, flight) = watch::channel(None);
        state.flight = Some(flight);
        Ok(Pilot { shared: Arc::clone(self), outcome, runtime, landed: false })
    }

    pub(super) fn invalidate(&self, rejected: &AccessToken) {
        let _state = self.state();
        let current = self.current.load();
        if current.as_ref().is_some_and(|entry| entry.token.is_same_login(rejected)) {
            self.current.store(None);
        }
    }

    /// Takes note of a login's outcome and frees the runway.
    fn land(&self, outcome: Result<AccessToken>, runtime: &Handle) -> Result<Arc<AccessToken>> {
        let now = now();
        let mut state = self.state();
        state.flight = None;
        match outcome {
            Ok(token) => {
                let token = Arc::new(token);
                let lifetime =
                    token.known_lifetime((self.settings.wall_clock)()).unwrap_or(self.settings.lifetime);
                let entry = Arc::new(Entry::new(Arc::clone(&token), lifetime, now, (self.settings.chance)()));
                entry.start_timer(runtime);
                self.current.store(Some(entry));
                state.failures = 0;
                state.grounded = None;
                Ok(token)
            }
            Err(error) => {
                let wait = backoff(state.failures, (self.settings.chance)())
                    .max(error.retry_after().unwrap_or_default());
                state.failures = state.failures.saturating_add(1);
                state.grounded = Some((now + wait, error.clone()));
                Err(error.with_retry_after(Some(wait)))
            }
        }
    }
}

impl<S> Shared<S> {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under the lock leaves the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The last failure, as long as its back-off lasts.
    fn may_fly(&self, now: Instant) -> Result<()> {
        match &self.grounded {
            Some((until, error)) if now < *until => {
                Err(error.clone().with_retry_after(Some(until.duration_since(now))))
            }
            _ => Ok(()),
        }
    }
}

/// Between half of a doubling bound and the whole of it: logins are counted by the hour, so the
/// wait must not come out as nothing.
fn backoff(failures: u32, chance: f64) -> Duration {
    let bound = FIRST_BACKOFF.saturating_mul(1 << failures.min(16)).min(LONGEST_BACKOFF);
    bound.mul_f64(0.5 + 0.5 * chance.clamp(0.0, 1.0))
}

/// Sees one login through. Dropped before the end (a panic in the source, a runtime that goes
/// away), it reports a failure, so nobody waits for ever and the next reader can try again.
struct Pilot<S: TokenSource + 'static> {
    shared: Arc<Shared<S>>,
    outcome: watch::Sender<Option<Result<Arc<AccessToken>>>>,
    runtime: Handle,
    landed: bool,
}

impl<S: TokenSource + 'static> Pilot<S> {
    async fn fly(mut self) {
        let patience = self.shared.settings.login_timeout;
        let outcome = timeout(patience, self.shared.source.fetch()).await.unwrap_or_else(|_| {
            Err(Error::new(ErrorKind::Deadline, "the login took too long").with_retry(Retry::Safe))
        });
        self.land(outcome);
    }

    fn land(&mut self, outcome: Result<AccessToken>) {
        self.landed = true;
        crate::telemetry::login(outcome.as_ref().err());
        let landing = self.shared.land(outcome, &self.runtime);
        self.outcome.send_replace(Some(landing));
    }
}

impl<S: TokenSource + 'static> Drop for Pilot<S> {
    fn drop(&mut self) {
        if !self.landed {
            self.land(Err(lost()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_grows_and_is_bounded() {
        assert_eq!(backoff(0, 0.0), Duration::from_millis(125));
        assert_eq!(backoff(0, 1.0), Duration::from_millis(250));
        assert_eq!(backoff(1, 1.0), Duration::from_millis(500));
        assert_eq!(backoff(u32::MAX, 1.0), LONGEST_BACKOFF);
    }
}
