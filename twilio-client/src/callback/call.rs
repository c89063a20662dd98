//! Webhooks about one call: what to do with it, how it goes, what the caller entered.

use std::time::Duration;

use super::family::families;
use super::stir::StirVerdict;
use crate::endpoint::Endpoint;
use crate::sid::{AccountSid, ApplicationSid, CallSid, RecordingSid};
use crate::word::{AnsweredBy, CallStatus, Direction};

families! {
    /// A call that comes in, or that wants its next instructions.
    ///
    /// See Twilio's page "TwiML for Programmable Voice", "Twilio's request to your application".
    VoiceCallback {
        /// The leg.
        call_sid: CallSid = "CallSid",
        /// The account it belongs to.
        account_sid: AccountSid = "AccountSid",
        /// How far it has come.
        call_status: CallStatus = "CallStatus",
        /// Who calls. A hint, not a proof: see [`stir`](Self::stir).
        caller: Endpoint = "From",
        /// Who is called.
        called: Endpoint = "To",
        /// Who began it.
        direction: Direction = "Direction",
        /// Who or what answered, on a call that was placed with detection of machines and waited for its verdict.
        answered_by: AnsweredBy = "AnsweredBy",
        /// Whose call was forwarded to us.
        forwarded_from: Endpoint = "ForwardedFrom",
        /// The name the telephone network has for the caller, if lookups are on.
        caller_name: String = "CallerName",
        /// The leg that made this one.
        parent_call_sid: CallSid = "ParentCallSid",
        /// The application it came through.
        application_sid: ApplicationSid = "ApplicationSid",
        /// What lets an outgoing call keep this one's caller and attestation.
        call_token: String = "CallToken",
        /// Where the caller's number is registered: the city.
        from_city: String = "FromCity",
        /// The state.
        from_state: String = "FromState",
        /// The postal code.
        from_zip: String = "FromZip",
        /// The country, such as `US`.
        from_country: String = "FromCountry",
        /// Where our number is registered: the country.
        to_country: String = "ToCountry",
        /// The SIP domain it came to.
        sip_domain: String = "SipDomain",
        /// Whom SIP knows the caller as.
        sip_username: String = "SipUsername",
        /// The name of the call in SIP.
        sip_call_id: String = "SipCallId",
        /// Whether the network vouches for the caller's number.
        stir: StirVerdict = "StirVerstat",
        /// What the network signed about the caller's number.
        stir_passport: String = "StirPassportToken",
        /// What add-ons found, as JSON text.
        add_ons: String = "AddOns",
        /// On a fallback, which URL failed.
        error_url: String = "ErrorUrl",
        /// On a fallback, why, as one of Twilio's codes.
        error_code: u64 = "ErrorCode",
    }

    /// A call that has come a step further. Steps can come out of order: mind
    /// [`sequence_number`](Self::sequence_number).
    CallStatusCallback {
        /// The leg.
        call_sid: CallSid = "CallSid",
        /// The account it belongs to.
        account_sid: AccountSid = "AccountSid",
        /// The leg that made this one.
        parent_call_sid: CallSid = "ParentCallSid",
        /// How far it has come.
        call_status: CallStatus = "CallStatus",
        /// The number of the step, from 0. With the call it names the step, for telling repeats apart.
        sequence_number: u64 = "SequenceNumber",
        /// Who calls.
        caller: Endpoint = "From",
        /// Who is called.
        called: Endpoint = "To",
        /// Who began it.
        direction: Direction = "Direction",
        /// How long it lasted.
        duration: Duration = "CallDuration",
        /// How many minutes are charged.
        minutes: u64 = "Duration",
        /// When it happened, as a date of RFC 2822.
        timestamp: String = "Timestamp",
        /// What sent this, `call-progress-events` mostly.
        source: String = "CallbackSource",
        /// What SIP said at the end.
        sip_response_code: u64 = "SipResponseCode",
        /// Who or what answered.
        answered_by: AnsweredBy = "AnsweredBy",
        /// The address of the recording.
        recording_url: String = "RecordingUrl",
        /// The recording.
        recording_sid: RecordingSid = "RecordingSid",
        /// How long the recording is.
        recording_duration: Duration = "RecordingDuration",
        /// What the network says of the number we showed: `A`, `B` or `C`.
        stir_status: String = "StirStatus",
    }

    /// The verdict of answering machine detection, when it comes by itself.
    AmdCallback {
        /// The leg.
        call_sid: CallSid = "CallSid",
        /// The account it belongs to.
        account_sid: AccountSid = "AccountSid",
        /// Who or what answered.
        answered_by: AnsweredBy = "AnsweredBy",
        /// How many milliseconds it took to find out.
        milliseconds: u64 = "MachineDetectionDuration",
    }

    /// Keys or speech that `<Gather>` took; also what it hears so far.
    GatherCallback {
        /// The leg.
        call_sid: CallSid = "CallSid",
        /// Who calls.
        caller: Endpoint = "From",
        /// The keys.
        digits: String = "Digits",
        /// The key that ended them.
        finished_on_key: String = "FinishedOnKey",
        /// What was said.
        speech: String = "SpeechResult",
        /// How sure that is, from 0 to 1.
        confidence: f64 = "Confidence",
        /// The language it was heard in.
        language: String = "Language",
        /// What has been said so far and will not change.
        stable_speech: String = "StableSpeechResult",
        /// What has been said so far and may change.
        unstable_speech: String = "UnstableSpeechResult",
        /// The number of this piece.
        sequence_number: u64 = "SequenceNumber",
    }

    /// A `<Dial>` that is over, and asks what comes after.
    DialCallback {
        /// The leg that dialled.
        call_sid: CallSid = "CallSid",
        /// The leg that was dialled.
        dial_call_sid: CallSid = "DialCallSid",
        /// How that went.
        dial_call_status: CallStatus = "DialCallStatus",
        /// How long they spoke.
        duration: Duration = "DialCallDuration",
        /// Whether they spoke at all.
        bridged: bool = "DialBridged",
        /// The recording.
        recording_sid: RecordingSid = "RecordingSid",
        /// The address of the recording.
        recording_url: String = "RecordingUrl",
    }
}

impl VoiceCallback {
    /// Whether it is about a leg that `<Dial>` placed: what the called side is to hear before it is connected.
    pub fn is_dialled_leg(&self) -> bool {
        match self.direction() {
            Some(direction) => direction == Direction::OutboundDial,
            None => self.parent_call_sid().is_some(),
        }
    }
}

impl DialCallback {
    /// Whether the caller spoke with somebody.
    ///
    /// Twilio says so outright where it can. An `answered` comes from dialling into a conference; a call that was taken
    /// but never connected, such as by a screening that was declined, is `completed` all the same.
    pub fn has_reached_somebody(&self) -> bool {
        self.bridged().unwrap_or_else(|| {
            matches!(
                self.dial_call_status(),
                Some(CallStatus::Completed | CallStatus::InProgress | CallStatus::Answered)
            )
        })
    }
}
