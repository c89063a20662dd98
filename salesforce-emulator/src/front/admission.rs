//! Which calls are let in: the token, the calls of the day and of a user, and how many may take long at once.

use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use super::{
    Front, lock,
    play::{concurrency_limit, daily_limit, expired},
};
use crate::{error::ApiError, http::Request, id::RecordId, limits::Window};

/// The limits that calls are let in by.
#[derive(Debug)]
pub(crate) struct Admission {
    pub(crate) window: Mutex<Option<Window>>,
    /// Whether a day's calls can be used up.
    pub(crate) enforces_daily: bool,
    /// How many calls each user has in any stretch of time.
    per_user: Mutex<Option<(u64, Duration)>>,
    /// How many each user had in a day when the org started.
    daily_per_user: Option<u64>,
    users: Mutex<HashMap<RecordId, Window>>,
    running: Mutex<HashMap<u64, Instant>>,
    /// How many calls may run at once that have taken as long as this.
    pub(crate) long_calls: Mutex<(usize, Duration)>,
}

impl Admission {
    pub(crate) fn new(enforces_daily: bool, user_calls: Option<u64>) -> Self {
        Self {
            window: Mutex::new(None),
            enforces_daily,
            per_user: Mutex::new(user_calls.map(|calls| (calls, DAY))),
            daily_per_user: user_calls,
            users: Mutex::default(),
            running: Mutex::default(),
            long_calls: Mutex::new((LONG_CALLS, LONG)),
        }
    }

    fn user_may_call(&self, user: RecordId) -> bool {
        let Some((calls, stretch)) = *lock(&self.per_user) else { return true };
        lock(&self.users).entry(user).or_insert_with(|| Window::new(calls, stretch)).admit()
    }

    /// Sets what each user has, and forgets what was used of it.
    pub(crate) fn limit_users(&self, limit: Option<(u64, Duration)>) {
        *lock(&self.per_user) = limit;
        lock(&self.users).clear();
    }

    /// Goes back to the limits of the start, of which nothing is used.
    pub(crate) fn reset(&self) {
        *lock(&self.window) = None;
        *lock(&self.long_calls) = (LONG_CALLS, LONG);
        self.limit_users(self.daily_per_user.map(|calls| (calls, DAY)));
    }

    fn is_crowded(&self) -> bool {
        let (most, long) = *lock(&self.long_calls);
        lock(&self.running).values().filter(|since| since.elapsed() >= long).count() >= most
    }
}

/// A call that is running; it stops counting when it is dropped.
pub(super) struct Running<'a> {
    admission: &'a Admission,
    seq: u64,
    pub(super) user: RecordId,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        lock(&self.admission.running).remove(&self.seq);
    }
}

impl Front {
    /// Checks the token, then the limits; only a call that passes all of them is counted.
    pub(super) fn admit(
        &self,
        seq: u64,
        request: &Request,
        token: Option<&str>,
    ) -> Result<Running<'_>, ApiError> {
        let now = lock(&self.engine).now();
        let user = token.and_then(|token| Some(lock(&self.sessions).check(token, now)?.user.id));
        let Some(user) = user else {
            lock(&self.traffic).stats.rejected_tokens += 1;
            return Err(expired());
        };
        let admission = &self.admission;
        let spent = admission.enforces_daily && lock(&self.traffic).used >= self.daily_calls;
        let refusal = if spent || lock(&admission.window).as_mut().is_some_and(|window| !window.admit()) {
            Some(daily_limit())
        } else if admission.is_crowded() {
            Some(concurrency_limit())
        } else if !admission.user_may_call(user) {
            Some(daily_limit())
        } else {
            None
        };
        if let Some(refusal) = refusal {
            lock(&self.traffic).stats.limit_rejections += 1;
            return Err(refusal);
        }
        lock(&self.traffic).api_call(request.route.kind(&request.method));
        lock(&admission.running).insert(seq, Instant::now());
        Ok(Running { admission, seq, user })
    }
}

/// See Salesforce, "API Request Limits and Allocations".
const LONG_CALLS: usize = 25;
const LONG: Duration = Duration::from_secs(20);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
