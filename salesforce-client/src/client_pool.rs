//! `ClientPool`: several integration users of one org, used as one client.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::client::Client;
use crate::error::{Error, ErrorKind, Limit, Result, Retry};

/// How long a user rests after a refusal that its next request would get too.
const REST: Duration = Duration::from_secs(60);

/// Clients of one org, one per integration user, each with its own token, limits and budget.
///
/// A piece of work stays with one user from its first request to its last, because a user's query
/// pages are that user's alone. Clones share everything.
#[derive(Clone)]
pub struct ClientPool {
    users: Arc<[User]>,
}

struct User {
    client: Client,
    busy: AtomicUsize,
    rests_until: Mutex<Option<Instant>>,
}

impl ClientPool {
    /// A pool of these clients.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] when there is none.
    pub fn new(clients: impl IntoIterator<Item = Client>) -> Result<Self> {
        let user = |client| User { client, busy: AtomicUsize::new(0), rests_until: Mutex::new(None) };
        let users: Arc<[User]> = clients.into_iter().map(user).collect();
        if users.is_empty() {
            return Err(Error::new(ErrorKind::Configuration, "a pool needs at least one client"));
        }
        Ok(Self { users })
    }

    /// The clients, in the order they were given.
    pub fn clients(&self) -> impl Iterator<Item = &Client> {
        self.users.iter().map(|user| &user.client)
    }

    /// Does `work` as the least busy user. When that user is at a limit of its own or cannot log in,
    /// and nothing was applied, the work is begun again as the next one.
    ///
    /// # Errors
    /// What the last user that was asked got.
    pub async fn run<T, W, F>(&self, work: W) -> Result<T>
    where
        W: Fn(Client) -> F,
        F: Future<Output = Result<T>>,
    {
        let mut asked = vec![false; self.users.len()];
        loop {
            let index = self.choose(&asked);
            let user = &self.users[index];
            asked[index] = true;
            let outcome = {
                let _turn = Turn::begin(user);
                work(user.client.clone()).await
            };
            match outcome {
                Err(error) if is_the_users_own(&error) => {
                    user.rest(error.retry_after().unwrap_or(REST));
                    if asked.iter().all(|asked| *asked) {
                        return Err(error);
                    }
                }
                outcome => return outcome,
            }
        }
    }

    /// The least busy user among those that were not asked yet, and, if there is a choice, do not rest.
    fn choose(&self, asked: &[bool]) -> usize {
        let now = Instant::now();
        let left = || (0..self.users.len()).filter(|index| !asked[*index]);
        let load = |index: &usize| {
            let user = &self.users[*index];
            (user.rests(now), user.busy.load(Ordering::Relaxed))
        };
        left().min_by_key(load).unwrap_or_default()
    }
}

impl User {
    fn rests(&self, now: Instant) -> bool {
        self.rests_until.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|until| now < until)
    }

    fn rest(&self, time: Duration) {
        let until = Instant::now().checked_add(time);
        *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }
}

/// Whether another user may do what this one could not, without doing anything twice.
fn is_the_users_own(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Authentication | ErrorKind::Reauthorization => !error.after_ambiguity(),
        // The daily budget is the org's: no other user has more of it.
        ErrorKind::Limit => error.retry() == Retry::Safe && error.limit() != Some(Limit::Daily),
        _ => false,
    }
}

/// Counts a piece of work from its beginning to its end, however it ends.
struct Turn<'a>(&'a User);

impl<'a> Turn<'a> {
    fn begin(user: &'a User) -> Self {
        user.busy.fetch_add(1, Ordering::Relaxed);
        Self(user)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

impl fmt::Debug for ClientPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientPool").field("users", &self.users.len()).finish_non_exhaustive()
    }
}
