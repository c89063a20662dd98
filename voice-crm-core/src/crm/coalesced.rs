//! Caller look-ups that come in together share a request: each at once while few are under way, and what comes in
//! meanwhile in the next one.

use std::{
    fmt, mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::oneshot, time::Instant};

use crate::{
    crm::{CallerMatch, Crm, CrmError, CrmErrorKind, ReadOptions, Urgency},
    phone::PhoneNumber,
};

/// How many requests for look-ups are under way at once; what comes in meanwhile shares the next.
const REQUESTS: usize = 8;
/// How many look-ups one request takes.
const SHARE: usize = 100;

/// The look-ups of a CRM.
#[derive(Clone)]
pub(crate) struct CoalescedReads {
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
    options: ReadOptions,
    answer: oneshot::Sender<Result<CallerMatch, CrmError>>,
}

impl CoalescedReads {
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
        options: ReadOptions,
    ) -> Result<CallerMatch, CrmError> {
        let (answer, answered) = oneshot::channel();
        {
            let mut state = self.state();
            state.waiting.push(Waiting { phone, options, answer });
            if state.requests < self.most() {
                state.requests += 1;
                tokio::spawn(self.clone().ask());
            }
        }
        answered.await.unwrap_or_else(|_| Err(unheard()))
    }

    /// In want of requests it is one at a time.
    fn most(&self) -> usize {
        if self.crm.capacity(Urgency::Live).linger.is_zero() { REQUESTS } else { 1 }
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
            share.retain(|waiting| !waiting.answer.is_closed());
            let Some(options) = shared_options(&share) else { continue };
            let phones: Vec<_> = share.iter().map(|waiting| waiting.phone.clone()).collect();
            let found = match phones.as_slice() {
                [phone] => vec![self.crm.find_caller(phone, options).await],
                phones => self.crm.find_callers(phones, options).await,
            };
            for (waiting, found) in share.into_iter().zip(found) {
                // Whoever has hung up does not hear it.
                let _ = waiting.answer.send(found);
            }
        }
    }

    /// When the next request may be sent: at once, unless requests are scarce.
    fn due(&self) -> Instant {
        let linger = self.crm.capacity(Urgency::Live).linger;
        let now = Instant::now();
        if linger > Duration::ZERO { self.state().last_sent.map_or(now, |last| last + linger) } else { now }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One task less asks, however it ended.
struct End<'a>(&'a CoalescedReads);

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

/// The options of the request that these share: the last of their deadlines, and their call if all have the same one.
fn shared_options(share: &[Waiting]) -> Option<ReadOptions> {
    let (first, rest) = share.split_first()?;
    Some(rest.iter().fold(first.options, |shared, waiting| ReadOptions {
        deadline: shared.deadline.max(waiting.options.deadline),
        call: shared.call.filter(|call| waiting.options.call == Some(*call)),
    }))
}

fn unheard() -> CrmError {
    CrmError::new(CrmErrorKind::Unavailable, "the caller look-up ended without an answer")
}

impl fmt::Debug for CoalescedReads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CoalescedReads").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{crm::CallTag, deadline::Deadline, phone::Region};

    fn waiting(seconds: u64, call: Option<&str>) -> Waiting {
        let by = ReadOptions::by(Deadline::after(Duration::from_secs(seconds)));
        Waiting {
            phone: PhoneNumber::parse("+12125550123", Region::US).unwrap(),
            options: call.map_or(by, |call| by.for_call(CallTag::new("vapi", call))),
            answer: oneshot::channel().0,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_shared_request_is_of_no_call_unless_all_who_wait_are_on_the_same_one() {
        let call = |share: &[Waiting]| shared_options(share).unwrap().call;
        let first = CallTag::new("vapi", "1");
        assert_eq!(call(&[waiting(1, Some("1"))]), Some(first));
        assert_eq!(call(&[waiting(1, Some("1")), waiting(1, Some("1"))]), Some(first));
        assert_eq!(call(&[waiting(1, Some("1")), waiting(1, Some("2"))]), None);
        assert_eq!(call(&[waiting(1, Some("1")), waiting(1, None)]), None);
        assert_eq!(call(&[waiting(1, None), waiting(1, Some("1"))]), None);
        let last = shared_options(&[waiting(1, None), waiting(3, None), waiting(2, None)]).unwrap();
        assert_eq!(last.deadline.remaining(), Duration::from_secs(3));
        assert!(shared_options(&[]).is_none());
    }
}
