//! What of a builder's settings cannot work, whatever else is right.

use std::time::Duration;

use super::{BridgeBuilder, SetupProblem, start::MARGIN};
use crate::outbox::SinkPolicy;

/// All settings with which a bridge could only fail.
pub(super) fn settings(builder: &BridgeBuilder) -> Vec<SetupProblem> {
    let mut problems = Vec::new();
    let mut refuse = |setting, value: String, instead| {
        problems.push(SetupProblem::Setting { setting, value, instead });
    };
    if builder.organisation.trim().is_empty() {
        let instead = "give a name; it is part of the key of every write, so choose it once";
        refuse("organisation", "empty".to_owned(), instead);
    }
    let tool = builder.tool_deadline;
    if tool <= MARGIN {
        let instead = "an answer must be ready a quarter of a second before; give some seconds";
        refuse("tool_deadline", format!("{tool:?}"), instead);
    }
    for (setting, span) in [
        ("arrival_deadline", builder.arrival_deadline),
        ("retention", builder.retention.unwrap_or(Duration::MAX)),
    ] {
        if span.is_zero() {
            refuse(setting, "zero".to_owned(), "give a span, or leave it out");
        }
    }
    match builder.read_timeout {
        Some(span) if span.is_zero() => {
            refuse("read_timeout", "zero".to_owned(), "no look-up is ever there at once; give a span");
        }
        Some(span) if span > tool => {
            let instead = "the answer is due before; give less than tool_deadline";
            refuse("read_timeout", format!("{span:?}"), instead);
        }
        Some(_) | None => {}
    }
    if builder.body_limit == 0 {
        refuse(
            "body_limit",
            "zero".to_owned(),
            "every webhook has a body; a report of a call has up to 8 MiB",
        );
    }
    for (setting, value) in policy(&builder.delivery) {
        refuse(setting, value, "no write would ever be brought to the CRM; give at least one, or a span");
    }
    problems
}

/// The values of a policy with which nothing is delivered.
fn policy(policy: &SinkPolicy) -> Vec<(&'static str, String)> {
    let counts = [
        ("delivery.live_batch", policy.live_batch),
        ("delivery.live_requests", policy.live_requests),
        ("delivery.batch", policy.batch),
        ("delivery.batches", policy.batches),
    ];
    let spans = [
        ("delivery.live_timeout", policy.live_timeout),
        ("delivery.batch_timeout", policy.batch_timeout),
        ("delivery.lease_margin", policy.lease_margin),
        ("delivery.backoff_cap", policy.backoff_cap),
    ];
    let counts = counts.into_iter().filter(|(_, count)| *count == 0).map(|(name, _)| name);
    let spans = spans.into_iter().filter(|(_, span)| span.is_zero()).map(|(name, _)| name);
    counts.chain(spans).map(|name| (name, "zero".to_owned())).collect()
}
