//! What is counted and logged of jobs. Nothing here carries what a person said.

use std::error::Error as _;

use crate::{
    SinkError,
    journal::{Lease, Outcome},
};

/// An attempt failed.
pub(super) fn attempt_failed(lease: &Lease, error: &SinkError) {
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    tracing::warn!(
        key = %lease.key(),
        sink = lease.lane().sink(),
        job = lease.kind(),
        class = ?error.kind(),
        code = error.code().unwrap_or_default(),
        may_have_applied = error.may_have_applied(),
        attempts = lease.attempts() + 1,
        %error,
        cause,
        "a job failed"
    );
}

/// It was decided what becomes of a job after an attempt.
pub(super) fn attempt_ended(lease: &Lease, outcome: &Outcome) {
    let outcome = match outcome {
        Outcome::Done(_) => "done",
        Outcome::Retry { .. } => "retry",
        Outcome::Snooze { .. } => "snooze",
        Outcome::Dead(reason) => {
            tracing::error!(
                key = %lease.key(),
                reference = lease.key().reference().as_str(),
                lane = lease.lane().as_str(),
                job = lease.kind(),
                code = reason.code,
                reason = reason.sentence,
                "a job is dead; an operator can retry or discard it"
            );
            "dead"
        }
    };
    let (sink, job) = (lease.lane().sink().to_owned(), lease.kind().to_owned());
    metrics::counter!("voice_crm_jobs_total", "sink" => sink, "job" => job, "outcome" => outcome)
        .increment(1);
}
