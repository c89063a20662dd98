//! AWS Lambda behind an API gateway: `lambda_http` takes a tower service.
//!
//! A function that is frozen between two requests finishes nothing in between: give it a journal in PostgreSQL, and let
//! a process that stays drain it.

use lambda_http::{Adapter, Error};
use voice_crm_core::Bridge;
use voice_crm_core::bridge::{BridgeService, ReplyBody};

/// Answers events until the function ends.
///
/// # Errors
///
/// When Lambda's runtime cannot be reached.
pub async fn run(bridge: &Bridge) -> Result<(), Error> {
    lambda_http::run(bridge.service()).await
}

/// The same for one event at a time, as `lambda_runtime` and tests want it.
pub fn mount(bridge: &Bridge) -> Adapter<'static, lambda_http::http::Response<ReplyBody>, BridgeService> {
    bridge.service().into()
}
