//! Where Vapi sends a call, and what goes along for whoever takes it there.

use std::collections::BTreeMap;

use vapi_types::reply::{
    NumberDestination, SipDestination, TransferDestination, TransferPlan, TransferReply,
};

use crate::{
    channel::Arrival,
    crm::RecordRef,
    function::{Destination as Chosen, Transfer},
    routing::Destination,
    screen_pop::ScreenPop,
};

/// How long a text for a colleague may be, in characters: what is heard, or stands in a header.
const LONGEST: usize = 300;

/// What goes along with a call.
#[derive(Clone, Debug, Default)]
pub(super) struct Luggage {
    /// The record for the colleague's screen.
    record: Option<RecordRef>,
    /// Why the call comes, on one line.
    reason: Option<String>,
}

impl Luggage {
    fn of_transfer(transfer: &Transfer) -> Self {
        Self { record: transfer.pop.clone(), reason: on_one_line(&transfer.reason) }
    }

    fn of_arrival(arrival: &Arrival<'_>) -> Self {
        let record = match ScreenPop::for_caller(arrival.caller, arrival.call.caller.number()) {
            ScreenPop::Record(record) => Some(record),
            _ => None,
        };
        Self { record, reason: None }
    }

    fn headers(&self) -> BTreeMap<String, String> {
        let record = self.record.as_ref().and_then(|record| on_one_line(record.as_str()));
        let named = [("X-Record-Id", record), ("X-Transfer-Reason", self.reason.clone())];
        named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    /// The colleague hears the reason before the caller is put through.
    fn plan(&self, announced: bool) -> Option<TransferPlan> {
        let reason = self.reason.clone().filter(|_| announced)?;
        Some(TransferPlan::default().mode("warm-transfer-say-message").message(reason))
    }

    fn to_number(&self, number: &str, announced: bool) -> TransferDestination {
        let destination = NumberDestination::default().number(number);
        match self.plan(announced) {
            Some(plan) => destination.transfer_plan(plan).into(),
            None => destination.into(),
        }
    }

    fn to_sip(&self, uri: &str, announced: bool) -> TransferDestination {
        let (destination, headers) = (SipDestination::default().sip_uri(uri), self.headers());
        let destination = if headers.is_empty() { destination } else { destination.sip_headers(headers) };
        match self.plan(announced) {
            Some(plan) => destination.transfer_plan(plan).into(),
            None => destination.into(),
        }
    }
}

/// Words that a model wrote, made fit for a header: nothing in them ends it or begins another.
fn on_one_line(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(|sign: char| sign.is_whitespace() || sign.is_control()).collect();
    let line: String = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let line: String = line.chars().take(LONGEST).collect();
    (!line.is_empty()).then_some(line)
}

/// The destination of a call by the data of the caller; none for what only the assistant itself can be, and for
/// queues, which Vapi has none of.
pub(super) fn destination(arrival: &Arrival<'_>) -> Option<TransferDestination> {
    let luggage = Luggage::of_arrival(arrival);
    match &arrival.route.destination {
        Destination::Number(number) => Some(luggage.to_number(number, false)),
        Destination::Sip(uri) => Some(luggage.to_sip(uri, false)),
        Destination::Agent | Destination::Voicemail | Destination::Queue(_) | Destination::Workflow(_) => {
            None
        }
    }
}

/// The answer to a request for a destination: where a function sends the call, else where the data of the caller
/// does.
pub(super) fn transfer(decided: Option<&Transfer>, announced: bool, arrival: &Arrival<'_>) -> TransferReply {
    match decided.and_then(|transfer| chosen(transfer, announced)).or_else(|| destination(arrival)) {
        Some(destination) => TransferReply::to(destination),
        None => TransferReply::refuse("There is nowhere to transfer this call to. Offer to take a message."),
    }
}

/// Where a function sends the call, if Vapi can go there.
fn chosen(transfer: &Transfer, announced: bool) -> Option<TransferDestination> {
    let luggage = Luggage::of_transfer(transfer);
    match &transfer.to {
        Chosen::Number(number) => Some(luggage.to_number(number.as_e164(), announced)),
        Chosen::Sip(uri) => Some(luggage.to_sip(uri, announced)),
        Chosen::Queue(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_a_caller_says_it_is_one_header(text in "(.|\\r\\n|\\x00){0,400}") {
            let header = on_one_line(&text).unwrap_or_default();
            prop_assert!(!header.chars().any(char::is_control));
            prop_assert!(header.chars().count() <= LONGEST);
        }
    }
}
