//! Where a call is transferred to, as messages report it.

use crate::wire::{Raw, open_word, wire_object};

wire_object! {
    /// A transfer destination: a number, a SIP URI or an assistant, told apart by `kind`.
    ///
    /// This is the inbound form; a reply names its target with
    /// [`TransferDestination`](crate::reply::TransferDestination).
    pub struct Destination {
        /// What it is.
        pub kind: Option<DestinationKind> = shown "type",
        /// Phone number.
        pub number: Option<String> = hidden "number",
        /// Extension behind the number.
        pub extension: Option<String> = hidden "extension",
        /// SIP URI.
        pub sip_uri: Option<String> = hidden "sipUri",
        /// Number shown to the called.
        pub caller_id: Option<String> = hidden "callerId",
        /// Assistant the call is handed to, by name.
        pub assistant_name: Option<String> = shown "assistantName",
        /// Assistant the call is handed to, by id.
        pub assistant_id: Option<String> = shown "assistantId",
        /// What the caller hears before the transfer: a text or a message object.
        pub message: Option<Raw> = shown "message",
        /// What the destination is for, in the operator's words.
        pub description: Option<String> = hidden "description",
        /// How the transfer is done.
        pub transfer_plan: Option<Raw> = shown "transferPlan",
    }
}

open_word! {
    /// What a destination is.
    pub enum DestinationKind {
        /// A phone number.
        Number = "number",
        /// A SIP URI.
        Sip = "sip",
        /// An assistant.
        Assistant = "assistant",
        /// A squad of assistants.
        Squad = "squad",
        /// Decided while the call runs.
        Dynamic = "dynamic",
    }
}
