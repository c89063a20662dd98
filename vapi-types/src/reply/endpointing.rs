//! The answer to `call.endpointing.request`.

use std::time::Duration;

use serde::Serialize;

/// How long the assistant waits before it speaks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EndpointingReply {
    timeout_seconds: f64,
}

impl EndpointingReply {
    /// Waits this long, but never over 15 seconds, which is the most the API takes.
    pub fn after(wait: Duration) -> Self {
        Self { timeout_seconds: wait.as_secs_f64().min(15.0) }
    }

    /// The body of the response.
    pub fn to_bytes(self) -> Vec<u8> {
        super::body(&self)
    }
}
