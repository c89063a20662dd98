//! The answer to a message that expects none.

use serde::Serialize;

/// `{}`: the message was taken.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Empty {}

impl Empty {
    /// The body of the response.
    pub fn to_bytes(self) -> Vec<u8> {
        super::body(&self)
    }
}
