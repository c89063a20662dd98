//! Names of spans, events and metrics, in one place. Nothing here carries data of a caller.

use std::time::Duration;

use http::StatusCode;
use tracing::{Span, field};

use crate::error::{Error, Result};
use crate::request::Request;

/// The span of one call, all its attempts included.
pub(crate) fn span(request: &Request) -> Span {
    tracing::info_span!(
        "salesforce.request",
        method = request.method.as_str(),
        template = request.template.as_ref(),
        status = field::Empty,
        error_code = field::Empty,
        attempts = field::Empty,
        duration_ms = field::Empty,
    )
}

/// Notes an attempt that failed.
pub(crate) fn failed_attempt(error: &Error, attempt: u32) {
    tracing::debug!(attempt, kind = ?error.kind(), status = error.status().map(|s| s.as_u16()), "attempt failed");
    metrics::counter!("salesforce_client_failed_attempts_total", "kind" => kind_name(error)).increment(1);
}

/// Notes that the org has not answered for so long that calls are not sent.
pub(crate) fn resting(rest: Duration) {
    tracing::warn!(rest_ms = rest.as_millis(), "the org does not answer: calls are not sent for a while");
}

/// Notes that a call, or its repeat, was not sent.
pub(crate) fn withheld(what: &'static str) {
    metrics::counter!("salesforce_client_withheld_total", "what" => what).increment(1);
}

/// Notes how the call ended.
pub(crate) fn finished(
    span: &Span,
    request: &Request,
    outcome: Result<StatusCode, &Error>,
    attempts: u32,
    elapsed: Duration,
) {
    span.record("attempts", attempts);
    span.record("duration_ms", elapsed.as_secs_f64() * 1e3);
    let (status, error) = match outcome {
        Ok(status) => (Some(status), None),
        Err(error) => (error.status(), Some(error)),
    };
    if let Some(status) = status {
        span.record("status", status.as_u16());
    }
    if let Some(code) = error.and_then(Error::code) {
        span.record("error_code", field::display(code));
    }
    let ended = error.map_or("ok", kind_name);
    let method = method_name(request);
    metrics::counter!("salesforce_client_requests_total", "method" => method, "outcome" => ended)
        .increment(1);
    metrics::histogram!("salesforce_client_request_seconds", "method" => method)
        .record(elapsed.as_secs_f64());
}

/// Notes how a login ended.
pub(crate) fn login(failed: Option<&Error>) {
    let ended = failed.map_or("ok", kind_name);
    metrics::counter!("salesforce_client_logins_total", "outcome" => ended).increment(1);
    if let Some(error) = failed {
        tracing::warn!(kind = ?error.kind(), "login failed: {error}");
    } else {
        tracing::debug!("logged in");
    }
}

fn method_name(request: &Request) -> &'static str {
    match request.method {
        http::Method::GET => "GET",
        http::Method::PUT => "PUT",
        http::Method::PATCH => "PATCH",
        http::Method::DELETE => "DELETE",
        _ => "POST",
    }
}

fn kind_name(error: &Error) -> &'static str {
    use crate::error::ErrorKind as Kind;
    match error.kind() {
        Kind::Configuration => "configuration",
        Kind::InvalidRequest => "invalid_request",
        Kind::Authentication => "authentication",
        Kind::Reauthorization => "reauthorization",
        Kind::PageExpired => "page_expired",
        Kind::Transport => "transport",
        Kind::Deadline => "deadline",
        Kind::Limit => "limit",
        Kind::Unavailable => "unavailable",
        Kind::Rejected => "rejected",
        Kind::Decode => "decode",
    }
}
