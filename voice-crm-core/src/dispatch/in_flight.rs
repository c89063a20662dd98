//! Function calls that are under way: the same one, delivered again, joins the first and never runs beside it.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::Duration,
};

use futures_util::{
    FutureExt as _,
    future::{BoxFuture, Shared},
};
use tokio::time::timeout_at;
use tracing::Instrument as _;

use super::{Registered, confirmation::Confirmations, run, too_late};
use crate::{
    call::CallId,
    function::{Answer, CallContext, FunctionError, FunctionErrorKind, Outcome},
    phrase,
};

/// How long a write function may go on behind its deadline, so that no broken one goes on for ever.
const AFTERMATH: Duration = Duration::from_secs(60);

/// A function call by what identifies it; other arguments under the same id are another one.
type Key = (&'static str, CallId, String, [u8; 16]);

/// A function call that is under way.
#[derive(Clone)]
struct Running {
    outcome: Shared<BoxFuture<'static, Outcome>>,
    /// It says whether something was made durable, so that it may be promised.
    cx: Arc<CallContext>,
}

/// The function calls that are under way in this process.
#[derive(Clone, Default)]
pub(super) struct InFlight(Arc<Mutex<HashMap<Key, Running>>>);

impl InFlight {
    /// Runs a function call in a task of its own, or joins the one that runs already; gives an outcome by the
    /// deadline.
    ///
    /// In a task of its own, because neither a sender that hangs up nor a deadline that passes may stop a
    /// write half-way.
    pub(super) async fn join(
        &self,
        cx: &Arc<CallContext>,
        registered: &Arc<Registered>,
        confirmations: &Confirmations,
    ) -> Outcome {
        let Running { outcome, cx: running } = self.running(cx, registered, confirmations);
        match timeout_at(cx.deadline.instant().into(), outcome).await {
            Ok(outcome) => outcome,
            // Only what is durable may be promised.
            Err(_) if running.durable.load(Ordering::Relaxed) => {
                Outcome::Answered(Answer::say(phrase::STILL_WORKING))
            }
            Err(_) => too_late(),
        }
    }

    fn running(
        &self,
        cx: &Arc<CallContext>,
        registered: &Arc<Registered>,
        confirmations: &Confirmations,
    ) -> Running {
        let key = (cx.channel, cx.call.id().clone(), cx.origin().into_owned(), *cx.digest().as_bytes());
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = calls.get(&key) {
            return running.clone();
        }
        let (these, own_key, own) = (self.clone(), key.clone(), cx.clone());
        let (cx, registered, confirmations) = (cx.clone(), registered.clone(), confirmations.clone());
        let task = async move {
            let limit = tokio::time::Instant::from(cx.deadline.instant()) + AFTERMATH;
            let running = run(&registered, &cx, &confirmations);
            let outcome = timeout_at(limit, running).await.unwrap_or_else(|_| too_late());
            these.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&own_key);
            outcome
        };
        let task = tokio::spawn(task.in_current_span());
        let broken = || Outcome::Failed(FunctionError::new(FunctionErrorKind::Broken, phrase::BROKEN));
        let outcome = task.map(move |ended| ended.unwrap_or_else(|_| broken())).boxed().shared();
        let running = Running { outcome, cx: own };
        calls.insert(key, running.clone());
        running
    }
}

impl fmt::Debug for InFlight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InFlight").finish_non_exhaustive()
    }
}
