//! What Twilio tells of a call, in the bridge's words.

use serde_json::Value;
use twilio_client::{
    callback::{
        Attestation as StirAttestation, CallStatusCallback, Callback, Params, RecordCallback,
        RecordingCallback, RelayEndCallback, StirVerdict, StirVerification, VoiceCallback,
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

/// Whether what answered can be left no message: a fax, or a machine whose greeting nobody waited for.
pub(super) fn takes_no_message(by: &Heard) -> bool {
    matches!(by, Heard::Fax | Heard::MachineStart)
}

/// What answered a call of ours before anybody spoke with it.
pub(super) fn machine(voice: &VoiceCallback, home: Region) -> Result<CallEvent, DecodeError> {
    let by = voice.answered_by().map_or(AnsweredBy::Unknown, |by| heard(&by));
    Ok(CallEvent::new(call(voice.params(), home)?, Happening::Answered(by)))
}

/// The message that a caller has left, where Twilio asks what comes after it.
pub(super) fn left_message(record: &RecordCallback, home: Region) -> Result<Incoming, DecodeError> {
    let Some(url) = record.recording_url() else { return Ok(Incoming::Ignored("record".to_owned())) };
    let mut kept = Recording::at(url);
    kept.seconds = record.duration().and_then(|length| length.as_secs().try_into().ok());
    Ok(Incoming::Event(CallEvent::new(call(record.params(), home)?, Happening::LeftMessage(kept))))
}

/// Whether what was to bring the caller to somebody is over, and the caller still waits.
pub(super) fn still_waits(callback: &Callback) -> bool {
    match callback {
        Callback::Dial(dial) => !dial.has_reached_somebody(),
        Callback::Enqueue(enqueue) => enqueue.waits_for_somebody(),
        Callback::Refer(refer) => refer.waits_for_somebody(),
        _ => false,
    }
}

/// What happened on a call.
pub(super) fn event(callback: &Callback, home: Region) -> Result<Incoming, DecodeError> {
    let (params, what) = match callback {
        Callback::CallStatus(status) => (status.params(), stage(status, home)?),
        Callback::Amd(amd) => (amd.params(), amd.answered_by().map(|by| Happening::Answered(heard(&by)))),
        Callback::Gather(gather) => {
            (gather.params(), gather.digits().or_else(|| gather.speech()).map(Happening::Entered))
        }
        Callback::Recording(recording) => (recording.params(), recorded(recording, home)?),
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
        // Nobody here gave Twilio an address for these, and an answer without a verb ends the call.
        Callback::Pay(pay) if pay.result().is_some() => return Ok(Incoming::Unserved("pay")),
        Callback::VirtualAgent(_) => return Ok(Incoming::Unserved("virtual-agent")),
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

/// A recording that can be fetched.
///
/// That of a conference is complete when the conference is over, and names none of the calls that were in it. So it has a
/// record of its own, or else nobody would find it.
fn recorded(recording: &RecordingCallback, home: Region) -> Result<Option<Happening>, DecodeError> {
    let done = recording.recording_status() == Some(RecordingStatus::Completed);
    let Some(url) = recording.recording_url().filter(|_| done) else { return Ok(None) };
    let mut kept = Recording::at(url);
    kept.seconds = recording.duration().and_then(|length| length.as_secs().try_into().ok());
    let call = call(recording.params(), home)?;
    if call.identity.telephone_leg().is_some() {
        return Ok(Some(Happening::Recorded(kept)));
    }
    let mut ended = EndedCall::new(call, "");
    ended.seconds = kept.seconds;
    ended.recordings = vec![kept];
    Ok(Some(Happening::Ended(Box::new(ended))))
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
            ended.recordings = status.recording_url().map(Recording::at).into_iter().collect();
            ended.answered_by = status.answered_by().map_or(AnsweredBy::Unknown, |by| heard(&by));
            ended.fault =
                (word == CallStatus::Failed).then(|| Fault::new(FaultCategory::Transport, "failed"));
            Happening::Ended(Box::new(ended))
        }
        (other, _) => Happening::Progressed(other.as_str().to_owned()),
    }))
}

/// The call, by the leg that the caller is on: what was dialled from it belongs to it. What is told of a conference as a
/// whole names no leg; then the conference is what it is told of.
fn call(params: &Params, home: Region) -> Result<Call, DecodeError> {
    let leg = params.get("ParentCallSid").or_else(|| params.get("CallSid"));
    let leg = leg.map(|sid| Platform::TWILIO.call(sid));
    let conference = || params.get("ConferenceSid").map(|sid| Platform::TWILIO_CONFERENCE.call(sid));
    let id = leg.or_else(conference).ok_or_else(|| DecodeError {
        sentence: "there is neither a CallSid nor a ConferenceSid; is this a webhook of Twilio Voice?"
            .to_owned(),
    })?;
    let went = params.get("Direction").map(Went::from);
    let outbound = matches!(went, Some(Went::OutboundApi | Went::OutboundDial));
    // The customer is the far end; on a leg that was dialled from the caller's, neither side says who that is.
    let far = if params.get("ParentCallSid").is_some() {
        None
    } else {
        params.get(if outbound { "To" } else { "From" })
    };
    let mut call = Call::new(id, Caller::from_number(far, home));
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
        Callback::Enqueue(_) => "enqueue",
        Callback::Queue(_) => "queue",
        Callback::Refer(_) => "refer",
        Callback::Pay(_) => "pay",
        Callback::Amd(_) => "amd",
        Callback::Gather(_) => "gather",
        Callback::Conference(_) => "conference",
        Callback::ConferenceWait(_) => "conference-wait",
        Callback::Recording(_) => "recording",
        Callback::RecordingText(_) => "recording-text",
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
