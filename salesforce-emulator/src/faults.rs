//! Faults that a real org, or the network before it, shows now and then; switched while the org runs.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

mod plan;

pub use self::plan::FaultPlan;

/// One thing that can go wrong with a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
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
}

/// What is in store for one kind of request.
#[derive(Debug, Default)]
struct Lane {
    plan: FaultPlan,
    next: VecDeque<(usize, Option<Fault>)>,
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
    /// Faults that only the API knows, such as a row lock, are a 503 there.
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

    pub(crate) fn draw_api(&self) -> (Duration, Option<Fault>) {
        lock(&self.api).draw()
    }

    pub(crate) fn draw_streaming(&self) -> (Duration, Option<Fault>) {
        lock(&self.streaming).draw()
    }

    pub(crate) fn draw_token(&self) -> (Duration, Option<Fault>) {
        lock(&self.token).draw()
    }
}

impl Lane {
    fn draw(&mut self) -> (Duration, Option<Fault>) {
        while let Some((left, fault)) = self.next.front_mut() {
            if *left > 0 {
                *left -= 1;
                return (self.plan.latency, *fault);
            }
            self.next.pop_front();
        }
        (self.plan.latency, self.plan.draw())
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
        let drawn: Vec<_> = (0..5).map(|_| faults.draw_api().1).collect();
        assert_eq!(drawn, [None, Some(Fault::RowLock), Some(Fault::RowLock), Some(Fault::Html502), None]);
        assert_eq!(faults.draw_token().1, None);
    }
}
