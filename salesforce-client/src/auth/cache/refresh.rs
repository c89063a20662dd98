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
use crate::retry::half_or_more;

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
    refresh: Option<watch::Receiver<Option<Result<Arc<AccessToken>>>>>,
    failures: u32,
    backing_off: Option<(Instant, Error)>,
}

/// What a reader that found no fresh token gets.
pub(super) enum TokenOrRefresh {
    /// A token that is still good.
    Valid(Arc<AccessToken>),
    /// There is none; the login under way will tell.
    Wait(PendingRefresh),
}

/// A login under way, as a waiting reader sees it.
pub(super) struct PendingRefresh(watch::Receiver<Option<Result<Arc<AccessToken>>>>);

impl PendingRefresh {
    pub(super) async fn outcome(mut self) -> Result<Arc<AccessToken>> {
        match self.0.wait_for(Option::is_some).await {
            Ok(outcome) => outcome.clone().unwrap_or_else(|| Err(lost())),
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
    pub(super) fn token_or_refresh(self: &Arc<Self>, now: Instant) -> Result<TokenOrRefresh> {
        let mut state = self.state();
        // Read under the lock: a login that has just ended is seen, and not repeated.
        let valid = self.current.load_full().filter(|entry| now < entry.hard);
        let mut due = None;
        let obtained = if let Some(entry) = valid {
            if now >= entry.soft && state.refresh.is_none() && state.may_refresh(now).is_ok() {
                // Nobody waits for this one, so a missing runtime is no reason to fail.
                due = self.prepare_refresh(&mut state).ok();
            }
            TokenOrRefresh::Valid(Arc::clone(&entry.token))
        } else if let Some(refresh) = &state.refresh {
            TokenOrRefresh::Wait(PendingRefresh(refresh.clone()))
        } else {
            state.may_refresh(now)?;
            let task = due.insert(self.prepare_refresh(&mut state)?);
            TokenOrRefresh::Wait(PendingRefresh(task.outcome.subscribe()))
        };
        // A runtime that is shutting down drops the spawned future at once. Then the `RefreshTask` in it takes the lock to
        // report, so the lock must be free.
        drop(state);
        if let Some(task) = due {
            task.runtime.clone().spawn(task.run());
        }
        Ok(obtained)
    }

    /// Marks a login as under way, and gives the task that will run it.
    fn prepare_refresh(self: &Arc<Self>, state: &mut State) -> Result<RefreshTask<S>> {
        let runtime = Handle::try_current().map_err(|_| {
            Error::new(ErrorKind::Configuration, "a login needs a tokio runtime: call from within one")
        })?;
        let (outcome, refresh) = watch::channel(None);
        state.refresh = Some(refresh);
        Ok(RefreshTask { shared: Arc::clone(self), outcome, runtime, finished: false })
    }

    pub(super) fn invalidate(&self, rejected: &AccessToken) {
        let _state = self.state();
        let current = self.current.load();
        if current.as_ref().is_some_and(|entry| entry.token.is_same_login(rejected)) {
            self.current.store(None);
        }
    }

    /// Notes the outcome of a login, so that the next may begin.
    fn finish_refresh(&self, outcome: Result<AccessToken>, runtime: &Handle) -> Result<Arc<AccessToken>> {
        let now = now();
        let mut state = self.state();
        state.refresh = None;
        match outcome {
            Ok(token) => {
                let token = Arc::new(token);
                let lifetime =
                    token.known_lifetime((self.settings.wall_clock)()).unwrap_or(self.settings.lifetime);
                let entry = Arc::new(Entry::new(Arc::clone(&token), lifetime, now, (self.settings.chance)()));
                entry.start_timer(runtime);
                self.current.store(Some(entry));
                state.failures = 0;
                state.backing_off = None;
                Ok(token)
            }
            Err(error) => {
                // What is asked for is asked of everybody, so our own wait comes on top.
                let wait = backoff(state.failures, (self.settings.chance)())
                    .saturating_add(error.retry_after().unwrap_or_default());
                state.failures = state.failures.saturating_add(1);
                state.backing_off = Some((now + wait, error.clone()));
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
    fn may_refresh(&self, now: Instant) -> Result<()> {
        match &self.backing_off {
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
    half_or_more(bound, chance)
}

/// Sees one login through. Dropped before the end (a panic in the source, a runtime that goes
/// away), it reports a failure, so nobody waits for ever and the next reader can try again.
struct RefreshTask<S: TokenSource + 'static> {
    shared: Arc<Shared<S>>,
    outcome: watch::Sender<Option<Result<Arc<AccessToken>>>>,
    runtime: Handle,
    finished: bool,
}

impl<S: TokenSource + 'static> RefreshTask<S> {
    async fn run(mut self) {
        let login_timeout = self.shared.settings.login_timeout;
        let outcome = timeout(login_timeout, self.shared.source.fetch()).await.unwrap_or_else(|_| {
            Err(Error::new(ErrorKind::Deadline, "the login took too long").with_retry(Retry::Safe))
        });
        self.finish(outcome);
    }

    fn finish(&mut self, outcome: Result<AccessToken>) {
        self.finished = true;
        crate::telemetry::login(outcome.as_ref().err());
        let told = self.shared.finish_refresh(outcome, &self.runtime);
        self.outcome.send_replace(Some(told));
    }
}

impl<S: TokenSource + 'static> Drop for RefreshTask<S> {
    fn drop(&mut self) {
        if !self.finished {
            self.finish(Err(lost()));
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
