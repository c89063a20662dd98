//! `POST /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Transcriptions.json`

use jiff::Timestamp;
use url::Url;

use super::fork::ForkStatus;
use crate::ask::asks;
use crate::described::described;
use crate::sid::{CallSid, TranscriptionSid};
use crate::word::{CallbackMethod, Track};

described! {
    /// A transcription that runs beside a call.
    Transcription {
        /// Its identifier.
        sid: TranscriptionSid,
        /// Whether it goes on.
        status: ForkStatus,
        ;
        /// The call it is of.
        call_sid: CallSid,
        /// The name to stop it by.
        name: String,
        /// When it last changed.
        date_updated: Timestamp,
    } shows [sid, status]
}

asks! {
    /// A transcription to be begun, from [`LiveCall::start_transcription`](super::LiveCall::start_transcription);
    /// await it.
    ///
    /// See Twilio's page "Real-Time Transcription resource".
    StartTranscription -> Transcription {
        /// The name to stop it by.
        name: &str = "Name",
        /// Which side to write down; both unless set.
        track: &Track = "Track",
        /// Where to send what was said.
        status_callback: &Url = "StatusCallbackUrl",
        /// The method of the callback.
        status_callback_method: CallbackMethod = "StatusCallbackMethod",
        /// What to call the side that Twilio hears.
        inbound_label: &str = "InboundTrackLabel",
        /// What to call the side that Twilio plays.
        outbound_label: &str = "OutboundTrackLabel",
        /// Whether to send what is not certain yet.
        partial_results: bool = "PartialResults",
        /// The language, such as `en-US`.
        language: &str = "LanguageCode",
        /// Who writes it down: `google`, `deepgram`.
        engine: &str = "TranscriptionEngine",
        /// Whether to mask swearing.
        profanity_filter: bool = "ProfanityFilter",
        /// The model of the engine.
        speech_model: &str = "SpeechModel",
        /// Words to expect, with commas between them.
        hints: &str = "Hints",
        /// Whether to set commas and full stops.
        punctuation: bool = "EnableAutomaticPunctuation",
        /// A service of Conversational Intelligence to keep it.
        intelligence_service: &str = "IntelligenceService",
        /// A configuration of conversations to keep it by.
        conversation_configuration: &str = "ConversationConfiguration",
        /// The conversation to keep it in.
        conversation: &str = "ConversationId",
        /// A configuration of the transcription itself.
        configuration: &str = "ConfigurationId",
        /// Whether to pass on what the engine says besides.
        provider_data: bool = "EnableProviderData",
    }
}

pub(super) const ALL: &str = "/2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Transcriptions.json";
pub(super) const ONE: &str =
    "/2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Transcriptions/{TranscriptionSid}.json";
