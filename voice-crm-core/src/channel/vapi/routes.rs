//! Where Vapi sends a call, by the route that was decided.

use vapi_types::reply::{TransferDestination, TransferReply};

use crate::{channel::Arrival, routing::Destination};

/// The destination in Vapi's words; none for what only the assistant itself can be, and for queues, which Vapi has
/// none of.
pub(super) fn destination(destination: &Destination) -> Option<TransferDestination> {
    match destination {
        Destination::Number(number) => Some(TransferDestination::number(number)),
        Destination::Sip(uri) => Some(TransferDestination::sip(uri)),
        Destination::Agent | Destination::Voicemail | Destination::Queue(_) | Destination::Workflow(_) => {
            None
        }
    }
}

/// The answer to a request for a destination: where a function sends the call, else where the data of the caller
/// does.
pub(super) fn transfer(decided: Option<TransferDestination>, arrival: &Arrival<'_>) -> TransferReply {
    match decided.or_else(|| destination(&arrival.route.destination)) {
        Some(destination) => TransferReply::to(destination),
        None => TransferReply::refuse("There is nowhere to transfer this call to. Offer to take a message."),
    }
}
