//! `phone-call-control`: the server is to forward or end the call itself.

use super::wire_message;
use crate::{destination::Destination, wire::open_word};

wire_message! {
    /// Asks the server, which carries the call, to do what Vapi cannot do for it.
    pub struct PhoneCallControl {
        /// What is to be done.
        pub request: Option<ControlRequest> = shown "request",
        /// Where the call is to go.
        pub destination: Option<Destination> = shown "destination",
    }
}

open_word! {
    /// What is to be done with a call.
    pub enum ControlRequest {
        /// Transfer it.
        Forward = "forward",
        /// End it.
        HangUp = "hang-up",
    }
}
