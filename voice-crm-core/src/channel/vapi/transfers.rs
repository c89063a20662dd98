//! Transfers that a function decided upon, until Vapi asks where the call goes.
//!
//! The model is told to use Vapi's own `transferCall` tool, which has no destination in it; Vapi then sends a
//! `transfer-destination-request`. What is remembered here is lost with the process and not shared between
//! replicas; then the routing decides, and where that has no address either the caller stays with the assistant,
//! who is told that there was nowhere to go.

use std::time::Duration;

use moka::sync::Cache;

use crate::{
    call::CallId,
    function::{Act, Outcome, Transfer},
};

/// How long Vapi may take to ask.
const MEMORY: Duration = Duration::from_secs(600);

#[derive(Clone)]
pub(super) struct Transfers(Cache<CallId, Transfer>);

impl Default for Transfers {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(10_000).time_to_live(MEMORY).build())
    }
}

impl Transfers {
    /// Remembers where the functions of a batch send the call.
    pub(super) fn note(&self, call: &CallId, outcomes: &[Outcome]) {
        for outcome in outcomes {
            if let Outcome::Answered(answer) = outcome
                && let Some(Act::Transfer(transfer)) = answer.act()
            {
                self.0.insert(call.clone(), Transfer::clone(transfer));
            }
        }
    }

    /// Where a function sends the call, if one does.
    pub(super) fn decided(&self, call: &CallId) -> Option<Transfer> {
        self.0.get(call)
    }
}
