//! Where Vapi sends a call, and what goes along for whoever takes it there.

use std::collections::BTreeMap;

use vapi_types::reply::{
    NumberDestination, SipDestination, TransferDestination, TransferPlan, TransferReply,
};

use crate::{
    channel::Arrival,
    crm::RecordRef,
    function::{Destination as Chosen, Dtmf, Transfer},
    phone::PhoneNumber,
    routing::Destination,
    screen_pop::ScreenPop,
};

/// How long a text for a colleague may be, in characters: what is heard, or stands in a header.
const LONGEST: usize = 300;

/// How many digits Vapi takes for an extension.
const LONGEST_EXTENSION: usize = 10;

/// Which number a colleague sees at whose telephone a transferred call rings.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ShownNumber {
    /// That of the caller.
    Caller,
    /// The one that the assistant has.
    Assistant,
    /// This one, which the carrier must know for one of ours.
    Number(PhoneNumber),
}

impl ShownNumber {
    fn placeholder(&self) -> String {
        match self {
            Self::Caller => "{{customer.number}}".to_owned(),
            Self::Assistant => "{{phoneNumber.number}}".to_owned(),
            Self::Number(number) => number.as_e164().to_owned(),
        }
    }
}

/// How the channel transfers.
#[derive(Clone, Debug, Default)]
pub(super) struct Manner {
    /// Whoever takes a call that a function transfers hears the reason first.
    pub(super) announced: bool,
    /// Which number is seen there.
    pub(super) shown: Option<ShownNumber>,
}

impl Manner {
    /// The same without a word: of a call that its data sends somewhere there is no reason to tell.
    fn unannounced(&self) -> Self {
        Self { announced: false, ..self.clone() }
    }
}

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

    /// Keys are pressed before anybody hears anything. Vapi does that by `TwiML` on the leg to the colleague.
    fn plan_with_keys(&self, keys: &Dtmf, announced: bool) -> TransferPlan {
        let press = format!("<Play digits=\"{}\"/>", keys.as_str());
        let say = self.reason.as_ref().filter(|_| announced);
        let say = say.map(|reason| format!("<Say>{}</Say>", escaped(reason))).unwrap_or_default();
        TransferPlan::default().mode("warm-transfer-twiml").twiml(press + &say)
    }

    fn to_number(&self, number: &str, keys: Option<&Dtmf>, manner: &Manner) -> TransferDestination {
        let mut destination = NumberDestination::default().number(number);
        destination.caller_id = manner.shown.as_ref().map(ShownNumber::placeholder);
        let (extension, keys) = match keys {
            Some(keys) if keys.is_digits() && keys.as_str().len() <= LONGEST_EXTENSION => (Some(keys), None),
            keys => (None, keys),
        };
        destination.extension = extension.map(|keys| keys.as_str().to_owned());
        destination.transfer_plan = keys
            .map(|keys| self.plan_with_keys(keys, manner.announced))
            .or_else(|| self.plan(manner.announced));
        destination.into()
    }

    fn to_sip(&self, uri: &str, manner: &Manner) -> TransferDestination {
        let (destination, headers) = (SipDestination::default().sip_uri(uri), self.headers());
        let destination = if headers.is_empty() { destination } else { destination.sip_headers(headers) };
        match self.plan(manner.announced) {
            Some(plan) => destination.transfer_plan(plan).into(),
            None => destination.into(),
        }
    }
}

/// A text as it stands between tags.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
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
pub(super) fn destination(arrival: &Arrival<'_>, manner: &Manner) -> Option<TransferDestination> {
    let luggage = Luggage::of_arrival(arrival);
    match &arrival.route.destination {
        Destination::Number(number) => Some(luggage.to_number(number, None, &manner.unannounced())),
        Destination::Sip(uri) => Some(luggage.to_sip(uri, &manner.unannounced())),
        Destination::Agent | Destination::Voicemail | Destination::Queue(_) | Destination::Workflow(_) => {
            None
        }
    }
}

/// The answer to a request for a destination: where a function sends the call, else where the data of the caller
/// does.
pub(super) fn transfer(decided: Option<&Transfer>, manner: &Manner, arrival: &Arrival<'_>) -> TransferReply {
    match decided.and_then(|transfer| chosen(transfer, manner)).or_else(|| destination(arrival, manner)) {
        Some(destination) => TransferReply::to(destination),
        None => TransferReply::refuse("There is nowhere to transfer this call to. Offer to take a message."),
    }
}

/// Where a function sends the call, if Vapi can go there.
fn chosen(transfer: &Transfer, manner: &Manner) -> Option<TransferDestination> {
    let luggage = Luggage::of_transfer(transfer);
    match &transfer.to {
        Chosen::Number(number) => Some(luggage.to_number(number.as_e164(), None, manner)),
        Chosen::Extension(number, keys) => Some(luggage.to_number(number.as_e164(), Some(keys), manner)),
        Chosen::Sip(uri) => Some(luggage.to_sip(uri, manner)),
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
