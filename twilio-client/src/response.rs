//! An answer as a value.

use crate::service::Twilio;

/// A complete answer of Twilio's.
///
/// `Debug` shows the status and the size, not the body.
pub type Response = voice_crm_rest::Response<Twilio>;

/// How many requests of the account Twilio was at when it gave this answer.
pub fn concurrent_requests(response: &Response) -> Option<u32> {
    response.headers().get("twilio-concurrent-requests")?.to_str().ok()?.parse().ok()
}
