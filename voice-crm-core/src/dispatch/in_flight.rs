//! Function calls that are under way: the same one, delivered again, joins the first and never runs beside it.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use futures_util::{
    FutureExt as _,
    future::{BoxFuture, Shared},
};

use super::{Registered, run};
use crate::{
    call::{CallId, ToolCallId},
    function::{CallContext, FunctionError, FunctionErrorKind, Outcome},
    phrase,
};

/// A function call by what identifies it; other arguments under the same id are another one.
type Key = (&'static str, CallId, ToolCallId, Bytes);
type Running = Shared<BoxFuture<'static, Outcome>>;

/// The function calls that are under way in this process.
#[derive(Clone, Default)]
pub(super) struct InFlight(Arc<Mutex<HashMap<Key, Running>>>);

impl InFlight {
    /// Runs a function call in a task of its own, or joins the one that runs already.
    ///
    /// In a task of its own, because a sender that hangs up must not stop a write half-way.
    pub(super) async fn join(&self, cx: CallContext, registered: Arc<Registered>) -> Outcome {
        let key = (cx.channel, cx.call.id.clone(), cx.tool_call.clone(), cx.arguments.clone());
        self.running(key, cx, registered).await
    }

    fn running(&self, key: Key, cx: CallContext, registered: Arc<Registered>) -> Running {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = calls.get(&key) {
            return running.clone();
        }
        let (these, own_key) = (self.clone(), key.clone());
        let task = tokio::spawn(async move {
            let outcome = run(&registered, &cx).await;
            these.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&own_key);
            outcome
        });
        let broken = || Outcome::Failed(FunctionError::new(FunctionErrorKind::Broken, phrase::BROKEN));
        let running = task.map(move |ended| ended.unwrap_or_else(|_| broken())).boxed().shared();
        calls.insert(key, running.clone());
        running
    }
}

impl fmt::Debug for InFlight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InFlight").finish_non_exhaustive()
    }
}
