//! Faults that a real org, or the network before it, shows now and then; switched while the org runs.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

mod held;
mod lane;
mod oauth_error;
mod plan;
mod refusal;

pub(crate) use self::held::Held;
use self::lane::Lane;
pub use self::{
    held::{FaultId, Scope},
    oauth_error::OAuthError,
    plan::FaultPlan,
    refusal::Refusal,
};

/// One thing that can go wrong with a request.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// 503 `SERVER_UNAVAILABLE`; nothing is done.
    Unavailable503BeforeWrite,
    /// 503 `SERVER_UNAVAILABLE`, though the request was carried out.
    Unavailable503AfterWrite,
    /// No answer for a while. What follows happens even if the client has hung up.
    Stall {
        /// How long nothing happens.
        lasting: Duration,
        /// What happens then.
        then: AfterStall,
    },
    /// The request is carried out at once, and no answer ever comes, until the client hangs up.
    SilenceAfterWrite,
    /// The connection is closed without an answer; nothing is done.
    CutBeforeWrite,
    /// The connection is closed without an answer, though the request was carried out.
    CutAfterWrite,
    /// 403 `REQUEST_LIMIT_EXCEEDED` for too many requests at once; nothing is done.
    ConcurrentRequestLimit,
    /// 403 `REQUEST_LIMIT_EXCEEDED` for the calls of the day; nothing is done.
    DailyLimit,
    /// 400 `UNABLE_TO_LOCK_ROW`; nothing is done.
    RowLock,
    /// 401 `INVALID_SESSION_ID`, and the token is no longer good.
    TokenExpired,
    /// 502 with the HTML page of a proxy; nothing is done.
    Html502,
    /// Any refusal of the API; nothing is done.
    Refused(Refusal),
    /// A refusal of the token endpoint; no token is given.
    OAuth(OAuthError),
}

/// What follows a stall.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum AfterStall {
    /// The request is carried out and answered.
    Write,
    /// Nothing is done, and the answer is 503.
    Nothing,
}

/// The switches of one org.
#[derive(Debug, Default)]
pub struct Faults {
    api: Mutex<Lane>,
    token: Mutex<Lane>,
    streaming: Mutex<Lane>,
    last: AtomicU64,
}

impl Faults {
    /// Replaces the plan for API calls.
    pub fn set(&self, plan: FaultPlan) {
        lock(&self.api).plan = plan;
    }

    /// Plays the fault on the next `n` API calls, after those already asked for, whatever the plan says.
    pub fn next(&self, n: usize, fault: Fault) {
        lock(&self.api).next.push_back((n, Some(fault)));
    }

    /// Lets the next `n` API calls through, after the faults already asked for.
    pub fn pass(&self, n: usize) {
        lock(&self.api).next.push_back((n, None));
    }

    /// Replaces the plan for the token endpoint, which the other plan never touches.
    pub fn set_token(&self, plan: FaultPlan) {
        lock(&self.token).plan = plan;
    }

    /// Plays the fault on the next `n` requests to the token endpoint.
    ///
    /// Faults that only the API knows, such as a row lock, are a 503 there, as [`Fault::OAuth`] is elsewhere.
    pub fn next_token(&self, n: usize, fault: Fault) {
        lock(&self.token).next.push_back((n, Some(fault)));
    }

    /// Replaces the plan for exchanges of the Streaming API, which the other plans never touch.
    pub fn set_streaming(&self, plan: FaultPlan) {
        lock(&self.streaming).plan = plan;
    }

    /// Plays the fault on the next `n` exchanges of the Streaming API, whatever they ask for.
    ///
    /// A fault after the write has the exchange carried out: the events of a connect are gone with its answer.
    pub fn next_streaming(&self, n: usize, fault: Fault) {
        lock(&self.streaming).next.push_back((n, Some(fault)));
    }

    /// Lets the next `n` exchanges of the Streaming API through, after the faults already asked for.
    pub fn pass_streaming(&self, n: usize) {
        lock(&self.streaming).next.push_back((n, None));
    }

    /// Plays the fault on every request to the token endpoint until it is released.
    pub fn hold_token(&self, fault: Fault) -> FaultId {
        self.keep(&self.token, Scope::Everything, fault)
    }

    /// Plays the fault on every exchange of the Streaming API until it is released.
    pub fn hold_streaming(&self, fault: Fault) -> FaultId {
        self.keep(&self.streaming, Scope::Everything, fault)
    }

    /// Takes a held fault away, and tells whether it was still there.
    pub fn release(&self, id: FaultId) -> bool {
        [&self.api, &self.token, &self.streaming].into_iter().any(|lane| {
            let held = &mut lock(lane).held;
            let before = held.len();
            held.retain(|known| known.id != id);
            held.len() < before
        })
    }

    /// Makes every API call take this much longer.
    pub fn set_latency(&self, latency: Duration) {
        lock(&self.api).plan.latency = latency;
    }

    /// Drops the plans and everything asked for.
    pub fn clear(&self) {
        *lock(&self.api) = Lane::default();
        *lock(&self.token) = Lane::default();
        *lock(&self.streaming) = Lane::default();
    }

    /// Holds a fault for API calls; see [`Org::hold_fault`](crate::Org::hold_fault).
    pub(crate) fn hold(&self, scope: Scope, fault: Fault) -> FaultId {
        self.keep(&self.api, scope, fault)
    }

    fn keep(&self, lane: &Mutex<Lane>, scope: Scope, fault: Fault) -> FaultId {
        let id = FaultId(self.last.fetch_add(1, Ordering::Relaxed) + 1);
        lock(lane).held.push(Held { id, scope, fault });
        id
    }

    /// Draws for an API call; `concerns` tells whether the call has to do with what a fault holds for.
    pub(crate) fn draw_api(&self, concerns: impl Fn(&Scope) -> bool) -> (Duration, Option<Fault>) {
        lock(&self.api).draw(concerns)
    }

    /// The faults that single records meet.
    pub(crate) fn of_rows(&self) -> Vec<Held> {
        lock(&self.api).held.iter().filter(|held| held.is_of_rows()).cloned().collect()
    }

    pub(crate) fn draw_streaming(&self) -> (Duration, Option<Fault>) {
        lock(&self.streaming).draw(|_| true)
    }

    pub(crate) fn draw_token(&self) -> (Duration, Option<Fault>) {
        lock(&self.token).draw(|_| true)
    }
}

fn lock(lane: &Mutex<Lane>) -> MutexGuard<'_, Lane> {
    lane.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{Fault, Faults};

    #[test]
    fn the_next_calls_meet_the_fault_and_the_one_after_does_not() {
        let faults = Faults::default();
        faults.pass(1);
        faults.next(2, Fault::RowLock);
        faults.next(0, Fault::DailyLimit);
        faults.next(1, Fault::Html502);
        let drawn: Vec<_> = (0..5).map(|_| faults.draw_api(|_| true).1).collect();
        assert_eq!(drawn, [None, Some(Fault::RowLock), Some(Fault::RowLock), Some(Fault::Html502), None]);
        assert_eq!(faults.draw_token().1, None);
    }
}
