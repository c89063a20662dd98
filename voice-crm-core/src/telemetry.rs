//! The names of everything that is counted and logged, in one place. No name here carries a caller's words.

use std::{sync::OnceLock, time::Instant};

use metrics::{Counter, Histogram, IntoF64};

use crate::{
    caller::{LockScope, ProofKey},
    function::{CallContext, Outcome},
    write_limits::Limit,
};

mod rate_limit;

/// How much of a path is written to the log.
const SHOWN_OF_PATH: usize = 80;
/// A longer part of a path may be a secret.
const SHOWN_OF_SEGMENT: usize = 16;

/// A webhook was turned away; `reason` is one word of a closed set. The log has one line in ten seconds for each.
pub(crate) fn webhook_refused(channel: &'static str, reason: &'static str) {
    metrics::counter!("voice_crm_webhooks_refused_total", "channel" => channel, "reason" => reason)
        .increment(1);
    if let Some(not_logged) = rate_limit::admit((channel, reason)) {
        tracing::warn!(channel, reason, not_logged, "a webhook was refused");
    }
}

/// A webhook was not proved genuine; the log says in which headers the proof was looked for.
pub(crate) fn webhook_unproven(
    channel: &'static str,
    reason: &'static str,
    looked_at: impl FnOnce() -> String,
) {
    metrics::counter!("voice_crm_webhooks_refused_total", "channel" => channel, "reason" => reason)
        .increment(1);
    if let Some(not_logged) = rate_limit::admit((channel, reason)) {
        let headers = looked_at();
        tracing::warn!(channel, reason, headers, not_logged, "a webhook was not proved genuine");
    }
}

/// A request came to a path at which no channel is; `mounts` gives the paths at which one is.
pub(crate) fn nothing_there(path: &str, mounts: impl FnOnce() -> Vec<String>) {
    let (channel, reason) = ("none", "unknown_path");
    metrics::counter!("voice_crm_webhooks_refused_total", "channel" => channel, "reason" => reason)
        .increment(1);
    if let Some(not_logged) = rate_limit::admit((channel, reason)) {
        let (path, taken_at) = (shown(path), mounts().join(", "));
        tracing::warn!(path, taken_at, not_logged, "a request came to a path at which nothing is");
    }
}

/// A path as it may stand in the log.
fn shown(path: &str) -> String {
    let segment = |segment: &str| {
        let is_plain =
            segment.len() <= SHOWN_OF_SEGMENT && segment.bytes().all(|byte| byte.is_ascii_graphic());
        if is_plain { segment.to_owned() } else { "..".to_owned() }
    };
    let path: Vec<_> = path.split('/').map(segment).collect();
    let mut path = path.join("/");
    path.truncate(SHOWN_OF_PATH);
    path
}

/// A connection was closed to make room, or because it took too long; `reason` is one word of a closed set.
#[cfg(feature = "serve")]
pub(crate) fn connection_cut(reason: &'static str) {
    metrics::counter!("voice_crm_connections_cut_total", "reason" => reason).increment(1);
    tracing::debug!(reason, "a connection was cut");
}

/// A connection could not be accepted. The log has one line in ten seconds, since it comes when descriptors run out.
#[cfg(feature = "serve")]
pub(crate) fn not_accepted(error: &std::io::Error) {
    if let Some(not_logged) = rate_limit::admit(("serve", "not_accepted")) {
        tracing::warn!(%error, not_logged, "a connection was not accepted");
    }
}

/// How many connections are open.
#[cfg(feature = "serve")]
pub(crate) fn connections_open(count: usize) {
    metrics::gauge!("voice_crm_connections").set(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
}

/// A webhook was taken; `kind` is one word of a closed set.
pub(crate) fn webhook_taken(channel: &'static str, kind: &'static str) {
    metrics::counter!("voice_crm_webhooks_total", "channel" => channel, "kind" => kind).increment(1);
}

/// A platform asks for what nobody here serves; `kind` is one word of a closed set. The log has one line in ten seconds
/// for each.
pub(crate) fn request_unserved(channel: &'static str, kind: &'static str) {
    webhook_taken(channel, "unserved");
    if let Some(not_logged) = rate_limit::admit((channel, kind)) {
        tracing::warn!(
            channel,
            kind,
            not_logged,
            "the platform asks for what is not set here; it gets an answer that does no harm"
        );
    }
}

/// A call that came in was turned away, since nobody is set to take it.
pub(crate) fn call_turned_away(channel: &'static str) {
    metrics::counter!("voice_crm_calls_turned_away_total", "channel" => channel).increment(1);
    if let Some(not_logged) = rate_limit::admit((channel, "call_turned_away")) {
        tracing::warn!(
            channel,
            not_logged,
            "a call was turned away: its number has no assistant, and none is set on the channel"
        );
    }
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

/// A write was beyond a limit of its call or number. The log has one line in ten seconds for each limit.
pub(crate) fn write_refused(limit: Limit, cx: &CallContext) {
    metrics::counter!("voice_crm_writes_refused_total", "limit" => limit.as_str()).increment(1);
    if let Some(not_logged) = rate_limit::admit(("writes", limit.as_str())) {
        tracing::warn!(
            limit = limit.as_str(),
            not_logged,
            function = cx.function,
            channel = cx.channel,
            call = cx.call().id().as_str(),
            "a write beyond the limit was refused; BridgeBuilder::write_limits sets it"
        );
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_shown_without_what_may_be_a_secret() {
        assert_eq!(shown("/webhok/vapi"), "/webhok/vapi");
        assert_eq!(shown("/kazo/canary-webhook-secret-91be/"), "/kazo/../");
        assert_eq!(shown("/a b\n/\u{e9}"), "/../..");
        assert_eq!(shown(&"/a".repeat(1_000)).len(), SHOWN_OF_PATH);
    }
}
