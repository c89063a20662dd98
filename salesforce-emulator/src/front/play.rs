//! Plays a fault around the work of a request.

use std::time::Duration;

use super::{Front, lock, pause};
use crate::{
    engine::locked,
    error::{ApiError, Code},
    faults::{AfterStall, Fault},
    http::Answer,
};

impl Front {
    /// Plays a fault around the work; no answer means that the connection is cut.
    pub(super) async fn play(
        &self,
        fault: Fault,
        token: Option<&str>,
        work: impl FnOnce() -> Answer,
    ) -> Option<Answer> {
        let error = match fault {
            Fault::Unavailable503BeforeWrite | Fault::OAuth(_) => unavailable(),
            Fault::Unavailable503AfterWrite => {
                work();
                unavailable()
            }
            Fault::Stall { lasting, then } => {
                pause(lasting).await;
                match then {
                    AfterStall::Write => return Some(work()),
                    AfterStall::Nothing => unavailable(),
                }
            }
            Fault::SilenceAfterWrite => {
                work();
                pause(SILENCE).await;
                return None;
            }
            Fault::CutBeforeWrite => return None,
            Fault::CutAfterWrite => {
                work();
                return None;
            }
            Fault::ConcurrentRequestLimit => concurrency_limit(),
            Fault::DailyLimit => daily_limit(),
            Fault::RowLock => locked(),
            Fault::TokenExpired => {
                lock(&self.traffic).stats.rejected_tokens += 1;
                if let Some(token) = token {
                    lock(&self.sessions).revoke(token);
                }
                expired()
            }
            Fault::Html502 => return Some(bad_gateway()),
            Fault::Refused(refusal) => ApiError::from(&refusal),
        };
        Some(Answer::from(&error))
    }
}

/// Longer than any client waits.
const SILENCE: Duration = Duration::from_secs(600);

pub(super) fn expired() -> ApiError {
    ApiError::new(Code::InvalidSession, "Session expired or invalid")
}

pub(super) fn concurrency_limit() -> ApiError {
    let message = "ConcurrentRequests (Concurrent API Requests) Limit exceeded.";
    ApiError::new(Code::RequestLimitExceeded, message)
}

pub(super) fn daily_limit() -> ApiError {
    ApiError::new(Code::RequestLimitExceeded, "TotalRequests Limit exceeded.")
}

pub(super) fn unavailable() -> ApiError {
    ApiError::new(Code::ServerUnavailable, "We are down for maintenance. Sorry for the inconvenience.")
}

fn bad_gateway() -> Answer {
    let page =
        "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
    Answer::html(502, page)
}
