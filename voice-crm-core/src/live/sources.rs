//! Where the feed comes from: events that are durable, calls that arrive, and functions that came to an outcome.

use std::sync::PoisonError;

use jiff::Timestamp;

use super::{
    LiveFeed,
    card::FunctionCalled,
    kept::{Update, What},
};
use crate::{
    call::{Call, CallEvent},
    crm::CallerMatch,
    function::{CallContext, Outcome},
    routing::Route,
};

impl LiveFeed {
    /// Shows an event, which is durable as far as it is kept at all.
    pub(crate) fn happened(&self, event: &CallEvent, caller: Option<&CallerMatch>, now: Timestamp) {
        let (call, at) = (&event.call, event.at.unwrap_or(now));
        self.apply(Update { call, at, caller, owner: None, what: What::Happened(&event.what) });
    }

    /// Shows a call that comes in or moves on.
    pub(crate) fn arrived(
        &self,
        call: &Call,
        caller: &CallerMatch,
        route: &Route,
        comes_in: bool,
        now: Timestamp,
    ) {
        let owner = route.agent.as_ref().map(|agent| agent.as_str().into());
        let what = if comes_in { What::Arrived } else { What::Moved };
        self.apply(Update { call, at: now, caller: Some(caller), owner, what });
    }

    /// Shows what a function came to.
    pub(crate) async fn settled(&self, cx: &CallContext, outcome: &Outcome) {
        let caller = cx.known_caller().await;
        let written = cx.written.lock().unwrap_or_else(PoisonError::into_inner);
        let records = written.iter().filter_map(|write| write.record.clone()).collect();
        drop(written);
        let (tool_call, function, outcome, at) =
            (cx.tool_call().clone(), cx.function, outcome.as_str(), cx.now());
        let what = What::Settled(FunctionCalled { tool_call, function, outcome, at }, records);
        self.apply(Update { call: cx.call(), at, caller: Some(&caller), owner: None, what });
    }
}
