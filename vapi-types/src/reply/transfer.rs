//! The answer to `transfer-destination-request`.

use super::TransferDestination;
use crate::{tool::ToolMessage, wire::settings};

settings! {
    /// Where a call goes.
    pub struct TransferReply {
        /// The destination.
        pub destination: TransferDestination = shown "destination",
        /// What is said before the transfer.
        pub message: ToolMessage = shown "message",
        /// Why there is no transfer, for the model to hear.
        pub error: String = hidden "error",
    }
}

impl TransferReply {
    /// Transfers to a destination.
    pub fn to(destination: impl Into<TransferDestination>) -> Self {
        Self::default().destination(destination)
    }

    /// Does not transfer, and tells the model why.
    pub fn refuse(error: impl Into<String>) -> Self {
        Self::default().error(error)
    }

    /// The body of the response.
    pub fn to_bytes(&self) -> Vec<u8> {
        super::body(self)
    }
}
