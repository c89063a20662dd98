//! The names of everything that is counted and logged, in one place. No name here carries a caller's words.

use std::{sync::OnceLock, time::Instant};

use metrics::{Counter, Histogram, IntoF64};

use crate::{
    caller::{LockScope, ProofKey},
    function::{CallContext, Outcome},
};

/// A webhook was turned away; `reason` is one word of a closed set.
pub(crate) fn webhook_refused(channel: &'static str, reason: &'static str) {
    metrics::counter!("voice_crm_webhooks_refused_total", "channel" => channel, "reason" => reason)
        .increment(1);
    tracing::warn!(channel, reason, "a webhook was refused");
}

/// A webhook was taken; `kind` is one word of a closed set.
pub(crate) fn webhook_taken(channel: &'static str, kind: &'static str) {
    metrics::counter!("voice_crm_webhooks_total", "channel" => channel, "kind" => kind).increment(1);
}

/// A caller gave something wrong as proof of who they are.
pub(crate) fn proof_failed() {
    metrics::counter!("voice_crm_proofs_failed_total").increment(1);
}

/// A limit of failed proofs is used up; the name tells an operator which, and nothing of whose.
pub(crate) fn proof_locked(scope: LockScope, key: &ProofKey) {
    metrics::counter!("voice_crm_proof_locks_total", "scope" => scope.as_str()).increment(1);
    tracing::warn!(
        scope = scope.as_str(),
        name = key.name(),
        "too many proofs have failed, so that no more are judged"
    );
}

/// The span of a function call, in the words of OpenTelemetry's conventions for generative AI.
pub(crate) fn tool_call_span(cx: &CallContext) -> tracing::Span {
    tracing::info_span!(
        "execute_tool",
        gen_ai.operation.name = "execute_tool",
        gen_ai.tool.name = cx.function,
        gen_ai.tool.call.id = cx.tool_call().as_str(),
        gen_ai.tool.kind = "function",
        voice_crm.channel = cx.channel,
        voice_crm.call = cx.call().id().as_str(),
    )
}

/// The figures of one function, each looked up once and then kept: looking up costs more than most calls.
///
/// What is to keep the figures must therefore be installed before the first call.
pub(crate) struct ToolFigures {
    function: &'static str,
    kept: [OnceLock<(Counter, Histogram)>; Outcome::PLACES],
}

impl ToolFigures {
    /// The figures of a registered function, or of `_unknown`.
    pub(crate) fn of(function: &'static str) -> Self {
        Self { function, kept: [const { OnceLock::new() }; Outcome::PLACES] }
    }

    /// A function call came to its end.
    pub(crate) fn ended(&self, outcome: &Outcome, began: Instant) {
        let (calls, times) = self.kept[outcome.place()].get_or_init(|| {
            let (function, outcome) = (self.function, outcome.as_str());
            let calls =
                metrics::counter!("voice_crm_tool_calls_total", "tool" => function, "outcome" => outcome);
            // `gen_ai.execute_tool.duration` of the same conventions, in this crate's own spelling.
            let times =
                metrics::histogram!("voice_crm_tool_call_seconds", "tool" => function, "outcome" => outcome);
            (calls, times)
        });
        calls.increment(1);
        times.record(SinceThen(began));
    }
}

/// The seconds since a moment. The clock is read when they are recorded, and so not at all where nobody records.
struct SinceThen(Instant);

impl IntoF64 for SinceThen {
    fn into_f64(self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}
