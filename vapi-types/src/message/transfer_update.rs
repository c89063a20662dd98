//! `transfer-update`: the call is being transferred.

use super::wire_message;
use crate::{destination::Destination, wire::Raw};

wire_message! {
    /// The call goes to another place or another assistant.
    pub struct TransferUpdate {
        /// Where it goes.
        pub destination: Option<Destination> = shown "destination",
        /// Assistant that takes over, in full; unparsed.
        pub to_assistant: Option<Raw> = shown "toAssistant",
        /// Assistant that had the call, in full; unparsed.
        pub from_assistant: Option<Raw> = shown "fromAssistant",
        /// Workflow step that takes over.
        pub to_step_record: Option<Raw> = shown "toStepRecord",
        /// Workflow step that had the call.
        pub from_step_record: Option<Raw> = shown "fromStepRecord",
    }
}
