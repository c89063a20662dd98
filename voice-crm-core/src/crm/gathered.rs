//! Caller look-ups that come in together share a request: each at once while few are under way, and what comes in
//! meanwhile in the next one.

use std::{
    fmt, mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::oneshot, time::Instant};

use crate::{
    crm::{CallerMatch, Crm, CrmError, CrmErrorKind, Urgency},
    deadline::Deadline,
    phone::PhoneNumber,
};

/// How many requests for look-ups are under way at once; what comes in meanwhile shares the next.
const REQUESTS: usize = 8;
/// How many look-ups one request takes.
const SHARE: usize = 100;

/// The look-ups of a CRM.
#[derive(Clone)]
pub(crate) struct GatheredReads {
    crm: Arc<dyn Crm>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    waiting: Vec<Waiting>,
    requests: usize,
    last_sent: Option<Instant>,
}

struct Waiting {
    phone: PhoneNumber,
    deadline: Deadline,
    tell: oneshot::Sender<Result<CallerMatch, CrmError>>,
}

impl GatheredReads {
    pub(crate) fn new(crm: Arc<dyn Crm>) -> Self {
        Self { crm, state: Arc::default() }
    }

    pub(crate) fn crm(&self) -> &Arc<dyn Crm> {
        &self.crm
    }

    /// Who has this number.
    pub(crate) async fn find_caller(
        &self,
        phone: PhoneNumber,
        deadline: Deadline,
    ) -> Result<CallerMatch, CrmError> {
        let (tell, told) = oneshot::channel();
        {
            let mut state = self.state();
            state.waiting.push(Waiting { phone, deadline, tell });
            if state.requests < self.most() {
                state.requests += 1;
                tokio::spawn(self.clone().ask());
            }
        }
        told.await.unwrap_or_else(|_| Err(unheard()))
    }

    /// In want of requests it is one at a time.
    fn most(&self) -> usize {
        if self.crm.room(Urgency::Live).gather.is_zero() { REQUESTS } else { 1 }
    }

    /// Asks until nobody waits; in a task of its own, so that who hangs up takes no other's answer along.
    async fn ask(self) {
        let _end = End(&self);
        loop {
            tokio::time::sleep_until(self.due()).await;
            let mut share = {
                let mut state = self.state();
                if state.waiting.is_empty() {
                    return;
                }
                let some = state.waiting.len().min(SHARE);
                let rest = state.waiting.split_off(some);
                state.last_sent = Some(Instant::now());
                mem::replace(&mut state.waiting, rest)
            };
            share.retain(|waiting| !waiting.tell.is_closed());
            let Some(deadline) = share.iter().map(|waiting| waiting.deadline).max() else { continue };
            let phones: Vec<_> = share.iter().map(|waiting| waiting.phone.clone()).collect();
            let found = match phones.as_slice() {
                [phone] => vec![self.crm.find_caller(phone, deadline).await],
                phones => self.crm.find_callers(phones, deadline).await,
            };
            for (waiting, found) in share.into_iter().zip(found) {
                // Whoever has hung up does not hear it.
                let _ = waiting.tell.send(found);
            }
        }
    }

    /// When the next request may be sent: at once, unless requests are scarce.
    fn due(&self) -> Instant {
        let gather = self.crm.room(Urgency::Live).gather;
        let now = Instant::now();
        if gather > Duration::ZERO { self.state().last_sent.map_or(now, |last| last + gather) } else { now }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One task less asks, however it ended.
struct End<'a>(&'a GatheredReads);

impl Drop for End<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.requests -= 1;
        // Who came in at the last moment, or waited behind a panic, is not left waiting.
        if !state.waiting.is_empty() && state.requests < self.0.most() {
            state.requests += 1;
            tokio::spawn(self.0.clone().ask());
        }
    }
}

fn unheard() -> CrmError {
    CrmError::new(CrmErrorKind::Unavailable, "the caller look-up ended without an answer")
}

impl fmt::Debug for GatheredReads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatheredReads").finish_non_exhaustive()
    }
}
