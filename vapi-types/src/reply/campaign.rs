//! The answer to `campaign.predial`.

use serde::Serialize;

/// Whether a contact may be dialled.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct PredialReply {
    eligible: bool,
}

impl PredialReply {
    /// Dial, or leave it.
    pub fn eligible(eligible: bool) -> Self {
        Self { eligible }
    }

    /// The body of the response.
    pub fn to_bytes(self) -> Vec<u8> {
        super::body(&self)
    }
}
