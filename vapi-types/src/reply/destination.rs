//! Where a call may be transferred to.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::RawValue;

use crate::wire::{Field, Fields, Object, Trail, Value, open_word, settings};

/// A transfer destination.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum TransferDestination {
    /// A phone number.
    Number(NumberDestination),
    /// A SIP URI.
    Sip(SipDestination),
    /// Another assistant of the squad.
    Assistant(AssistantDestination),
}

impl TransferDestination {
    /// A phone number in E.164 form.
    pub fn number(number: impl Into<String>) -> Self {
        NumberDestination::default().number(number).into()
    }

    /// A SIP URI.
    pub fn sip(uri: impl Into<String>) -> Self {
        SipDestination::default().sip_uri(uri).into()
    }

    /// Another assistant of the squad, by name.
    pub fn assistant(name: impl Into<String>) -> Self {
        AssistantDestination::default().assistant_name(name).into()
    }
}

impl From<NumberDestination> for TransferDestination {
    fn from(destination: NumberDestination) -> Self {
        Self::Number(destination)
    }
}

impl From<SipDestination> for TransferDestination {
    fn from(destination: SipDestination) -> Self {
        Self::Sip(destination)
    }
}

impl From<AssistantDestination> for TransferDestination {
    fn from(destination: AssistantDestination) -> Self {
        Self::Assistant(destination)
    }
}

impl Serialize for TransferDestination {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::Number(destination) => {
                map.serialize_entry("type", "number")?;
                destination.write_fields(&mut map)?;
            }
            Self::Sip(destination) => {
                map.serialize_entry("type", "sip")?;
                destination.write_fields(&mut map)?;
            }
            Self::Assistant(destination) => {
                map.serialize_entry("type", "assistant")?;
                destination.write_fields(&mut map)?;
            }
        }
        map.end()
    }
}

impl Value for TransferDestination {
    const EXPECTED: &'static str = "a destination";

    fn read(raw: &RawValue, trail: &Trail<'_>) -> Option<Self> {
        let mut fields = Fields::new(serde_json::from_str(raw.get()).ok()?, *trail);
        let kind: String = Option::take_from(&mut fields, "type")?;
        match kind.as_str() {
            "number" => Some(Self::Number(Object::from_fields(&mut fields))),
            "sip" => Some(Self::Sip(Object::from_fields(&mut fields))),
            "assistant" => Some(Self::Assistant(Object::from_fields(&mut fields))),
            _ => None,
        }
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}

settings! {
    /// A phone number to transfer to.
    pub struct NumberDestination {
        /// The number, 3 to 40 characters.
        pub number: String = hidden "number",
        /// Extension behind it, at most 10 characters.
        pub extension: String = hidden "extension",
        /// Number the called sees.
        pub caller_id: String = hidden "callerId",
        /// What is said before; nothing if empty.
        pub message: String = hidden "message",
        /// Whether Vapi insists on the E.164 form.
        pub number_e164_check_enabled: bool = shown "numberE164CheckEnabled",
        /// How the transfer is done.
        pub transfer_plan: TransferPlan = shown "transferPlan",
        /// When the model should choose it.
        pub description: String = hidden "description",
    }
}

settings! {
    /// A SIP URI to transfer to.
    pub struct SipDestination {
        /// The URI.
        pub sip_uri: String = hidden "sipUri",
        /// Number the called sees.
        pub caller_id: String = hidden "callerId",
        /// Headers of the SIP request.
        pub sip_headers: BTreeMap<String, String> = hidden "sipHeaders",
        /// What is said before; nothing if empty.
        pub message: String = hidden "message",
        /// How the transfer is done.
        pub transfer_plan: TransferPlan = shown "transferPlan",
        /// When the model should choose it.
        pub description: String = hidden "description",
    }
}

settings! {
    /// An assistant of the same squad to transfer to.
    pub struct AssistantDestination {
        /// Its name.
        pub assistant_name: String = shown "assistantName",
        /// What it gets to know of the conversation.
        pub transfer_mode: TransferMode = shown "transferMode",
        /// What is said before; nothing if empty.
        pub message: String = hidden "message",
        /// When the model should choose it.
        pub description: String = hidden "description",
    }
}

open_word! {
    /// What the next assistant gets to know of the conversation.
    pub enum TransferMode {
        /// All of it.
        RollingHistory = "rolling-history",
        /// All of it, under its own instructions.
        SwapSystemMessage = "swap-system-message-in-history",
        /// All of it but the transfer, under its own instructions.
        SwapSystemMessageWithoutTransfer = "swap-system-message-in-history-and-remove-transfer-tool-messages",
        /// Nothing.
        DeleteHistory = "delete-history",
    }
}

settings! {
    /// How a transfer to a number or a SIP URI is done.
    pub struct TransferPlan {
        /// `blind-transfer`, `warm-transfer-say-summary` and others.
        pub mode: String = shown "mode",
        /// What the called hears in a warm transfer.
        pub message: String = hidden "message",
        /// How long a warm transfer waits, 1 to 600 seconds.
        pub timeout: u64 = shown "timeout",
        /// How long the called may ring, 1 to 600 seconds.
        pub dial_timeout: u64 = shown "dialTimeout",
        /// `refer`, `bye` or `dial`.
        pub sip_verb: String = shown "sipVerb",
        /// What the caller hears meanwhile.
        pub hold_audio_url: String = hidden "holdAudioUrl",
        /// `TwiML` of a `warm-transfer-twiml`.
        pub twiml: String = hidden "twiml",
        /// How a summary is made, in the detail of the REST API.
        pub summary_plan: serde_json::Value = shown "summaryPlan",
        /// What happens when nobody answers, in the detail of the REST API.
        pub fallback_plan: serde_json::Value = hidden "fallbackPlan",
    }
}
