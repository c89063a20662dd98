//! What Twilio tells of a call, in the bridge's words.

use serde_json::Value;
use twilio_client::{
    callback::{
        Attestation as StirAttestation, CallStatusCallback, Callback, Params, RelayEndCallback, StirVerdict,
        StirVerification, VoiceCallback,
    },
    word::{AnsweredBy as Heard, CallStatus, Direction as Went, RecordingStatus},
};
use vapi_types::without_lone_surrogates;

use super::{DecodeError, Incoming};
use crate::{
    call::{
        AnsweredBy, Call, CallEvent, Direction, EndedCall, Fault, FaultCategory, Happening, Platform,
        Recording,
    },
    caller::{Attestation, Caller},
    phone::Region,
};

/// A call that comes in.
pub(super) fn arrived(voice: &VoiceCallback, home: Region) -> Result<Call, DecodeError> {
    let mut call = call(voice.params(), home)?;
    call.attestation = voice.stir().as_ref().map_or(Attestation::Absent, attestation);
    Ok(call)
}

/// A call that the voice agent lets go of.
pub(super) fn handed_over(end: &RelayEndCallback, home: Region) -> Result<Call, DecodeError> {
    call(end.params(), home)
}

/// The message that a caller has left, where Twilio asks what comes after it.
///
/// Twilio asks the address that answered the call, in the same words as for a call that comes in; only the recording
/// tells one from the other.
pub(super) fn left_message(callback: &Callback, home: Region) -> Result<Option<CallEvent>, DecodeError> {
    let params = match callback {
        Callback::Voice(voice) => voice.params(),
        Callback::Gather(gather) => gather.params(),
        _ => return Ok(None),
    };
    let Some(url) = params.get("RecordingUrl") else { return Ok(None) };
    let mut kept = Recording::at(url);
    kept.seconds = params.get("RecordingDuration").and_then(|length| length.parse().ok());
    Ok(Some(CallEvent::new(call(params, home)?, Happening::LeftMessage(kept))))
}

/// Whether a transfer was not answered, so that the caller still waits for somebody.
pub(super) fn was_not_answered(callback: &Callback) -> bool {
    let Callback::Dial(dial) = callback else { return false };
    matches!(
        dial.dial_call_status(),
        Some(CallStatus::Busy | CallStatus::NoAnswer | CallStatus::Failed | CallStatus::Canceled)
    )
}

/// What happened on a call.
pub(super) fn event(callback: &Callback, home: Region) -> Result<Incoming, DecodeError> {
    let (params, what) = match callback {
        Callback::CallStatus(status) => (status.params(), stage(status, home)?),
        Callback::Amd(amd) => (amd.params(), amd.answered_by().map(|by| Happening::Answered(heard(&by)))),
        Callback::Gather(gather) => {
            (gather.params(), gather.digits().or_else(|| gather.speech()).map(Happening::Entered))
        }
        Callback::Recording(recording) => {
            let done = recording.recording_status() == Some(RecordingStatus::Completed);
            let kept = recording.recording_url().filter(|_| done).map(|url| {
                let mut kept = Recording::at(url);
                kept.seconds = recording.duration().and_then(|length| length.as_secs().try_into().ok());
                Happening::Recorded(kept)
            });
            (recording.params(), kept)
        }
        Callback::Conference(conference) => {
            let what = match conference.params().get("StatusCallbackEvent") {
                Some("participant-hold") => Some(Happening::Held),
                Some("participant-unhold") => Some(Happening::Resumed),
                _ => None,
            };
            (conference.params(), what)
        }
        Callback::Transcription(said) => {
            let text = said.data().filter(|_| said.is_final() == Some(true)).and_then(|data| {
                let data: Value = serde_json::from_str(&without_lone_surrogates(&data)).ok()?;
                Some(data.get("transcript")?.as_str()?.to_owned())
            });
            let by_caller = said.params().get("Track") == Some("inbound_track");
            (said.params(), text.map(|text| Happening::Said { by_caller, text }))
        }
        Callback::Dial(dial) => (dial.params(), None),
        other => return Ok(Incoming::Ignored(kind(other).to_owned())),
    };
    let call = call(params, home)?;
    let at = params
        .get("Timestamp")
        .and_then(|text| jiff::fmt::rfc2822::parse(text).ok())
        .map(|at| at.timestamp());
    Ok(match what {
        Some(what) => Incoming::Event(CallEvent::new(call, what).at(at)),
        None => Incoming::Ignored(kind(callback).to_owned()),
    })
}

/// The step that a call has come to. What ends is the call with the caller, not a leg that was dialled from it.
fn stage(status: &CallStatusCallback, home: Region) -> Result<Option<Happening>, DecodeError> {
    let is_leg = status.parent_call_sid().is_some();
    let Some(word) = status.call_status() else { return Ok(None) };
    Ok(Some(match (&word, is_leg) {
        (CallStatus::Ringing, _) => Happening::Ringing,
        (CallStatus::InProgress, true) => Happening::Answered(AnsweredBy::Unknown),
        (CallStatus::InProgress, false) => {
            Happening::Answered(status.answered_by().map_or(AnsweredBy::Unknown, |by| heard(&by)))
        }
        (
            CallStatus::Completed
            | CallStatus::Busy
            | CallStatus::Failed
            | CallStatus::NoAnswer
            | CallStatus::Canceled,
            false,
        ) => {
            let mut ended = EndedCall::new(call(status.params(), home)?, word.as_str());
            ended.knowledge = 1;
            ended.seconds = status.duration().and_then(|length| length.as_secs().try_into().ok());
            let at = status.timestamp().and_then(|text| jiff::fmt::rfc2822::parse(&text).ok());
            ended.ended_at = at.map(|at| at.timestamp());
            ended.recording_url = status.recording_url();
            ended.answered_by = status.answered_by().map_or(AnsweredBy::Unknown, |by| heard(&by));
            ended.fault =
                (word == CallStatus::Failed).then(|| Fault::new(FaultCategory::Transport, "failed"));
            Happening::Ended(Box::new(ended))
        }
        (other, _) => Happening::Progressed(other.as_str().to_owned()),
    }))
}

/// The call, by the leg that the caller is on: what was dialled from it belongs to it.
fn call(params: &Params, home: Region) -> Result<Call, DecodeError> {
    let sid = params.get("ParentCallSid").or_else(|| params.get("CallSid")).ok_or_else(|| DecodeError {
        sentence: "there is no CallSid; is this a webhook of Twilio Voice?".to_owned(),
    })?;
    let went = params.get("Direction").map(Went::from);
    let outbound = matches!(went, Some(Went::OutboundApi | Went::OutboundDial));
    // The customer is the far end; on a leg that was dialled from the caller's, neither side says who that is.
    let far = if params.get("ParentCallSid").is_some() {
        None
    } else {
        params.get(if outbound { "To" } else { "From" })
    };
    let mut call = Call::new(Platform::TWILIO.call(sid), Caller::from_number(far, home));
    if outbound && params.get("ParentCallSid").is_none() {
        call.direction = Direction::Outbound;
    }
    Ok(call)
}

fn heard(by: &Heard) -> AnsweredBy {
    match by {
        Heard::Human => AnsweredBy::Person,
        Heard::Fax => AnsweredBy::Fax,
        Heard::MachineStart | Heard::MachineEndBeep | Heard::MachineEndSilence | Heard::MachineEndOther => {
            AnsweredBy::Machine
        }
        _ => AnsweredBy::Unknown,
    }
}

/// What a verdict is worth. One for a call that was forwarded, or that only passed through, speaks of an earlier leg.
fn attestation(verdict: &StirVerdict) -> Attestation {
    let is_of_this_leg = !verdict.is_diverted() && !verdict.is_passthrough();
    match verdict.verification() {
        StirVerification::Passed(StirAttestation::Full) if is_of_this_leg => Attestation::Full,
        StirVerification::Passed(_) => Attestation::Partial,
        StirVerification::Failed => Attestation::Failed,
        _ => Attestation::Absent,
    }
}

fn kind(callback: &Callback) -> &'static str {
    match callback {
        Callback::CallStatus(_) => "call-status",
        Callback::Dial(_) => "dial",
        Callback::Conference(_) => "conference",
        Callback::Recording(_) => "recording",
        Callback::Transcription(_) => "transcription",
        Callback::Stream(_) => "stream",
        Callback::Siprec(_) => "siprec",
        Callback::Message(_) => "message",
        Callback::Assignment(_) | Callback::Routing(_) => "taskrouter",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_full_attestation_of_this_very_leg_vouches_for_a_number() {
        for (verdict, worth) in [
            ("TN-Validation-Passed-A", Attestation::Full),
            ("TN-Validation-Passed-A-Diverted", Attestation::Partial),
            ("TN-Validation-Passed-A-Passthrough", Attestation::Partial),
            ("TN-Validation-Passed-B", Attestation::Partial),
            ("TN-Validation-Passed-C", Attestation::Partial),
            ("TN-Validation-Failed-A", Attestation::Failed),
            ("No-TN-Validation", Attestation::Absent),
            ("", Attestation::Absent),
        ] {
            assert_eq!(attestation(&verdict.into()), worth, "{verdict}");
        }
    }
}
