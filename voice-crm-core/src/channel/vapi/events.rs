//! What Vapi tells of a call, in the bridge's words.

use bytes::Bytes;
use vapi_types::{
    artifact::Role,
    call::CallStatus,
    destination::{Destination, DestinationKind},
    ended_reason::{EndedCategory, EndedReason, Stage},
    message::{EndOfCallReport, ServerMessage, SpeechStatus, TranscriptKind},
};

use super::call;
use crate::{
    call::{AnsweredBy, CallEvent, EndedCall, Fault, FaultCategory, Happening, TransferTarget},
    phone::Region,
};

/// The event that a message tells of; the kind of message, if it tells of none.
pub(super) fn event(message: ServerMessage, body: &Bytes, home: Region) -> Result<CallEvent, String> {
    Ok(match message {
        ServerMessage::StatusUpdate(message) => {
            let what = match &message.status {
                Some(CallStatus::Ringing) => Happening::Ringing,
                Some(CallStatus::InProgress) => Happening::Answered(AnsweredBy::Agent),
                status => {
                    Happening::Progressed(status.as_ref().map_or("unknown", CallStatus::as_str).to_owned())
                }
            };
            CallEvent::new(call(&message.context, body, home), what).at(message.context.timestamp)
        }
        ServerMessage::TransferUpdate(message) => {
            let to = message.destination.as_ref().map_or(TransferTarget::Unknown, target);
            CallEvent::new(call(&message.context, body, home), Happening::Transferred(to))
                .at(message.context.timestamp)
        }
        ServerMessage::EndOfCallReport(report) => {
            let at = report.context.timestamp;
            let ended = ended(*report, body, home);
            CallEvent::new(ended.call.clone(), Happening::Ended(Box::new(ended))).at(at)
        }
        ServerMessage::Transcript(message) | ServerMessage::FinalTranscript(message) => {
            let is_final = message.transcript_kind != Some(TranscriptKind::Partial);
            let (Some(by_caller), Some(text), true) =
                (is_caller(message.role.as_ref()), &message.transcript, is_final)
            else {
                return Err("transcript".to_owned());
            };
            let said = Happening::Said { by_caller, text: text.clone() };
            CallEvent::new(call(&message.context, body, home), said).at(message.context.timestamp)
        }
        ServerMessage::SpeechUpdate(message) => {
            let (Some(by_caller), Some(status)) = (is_caller(message.role.as_ref()), &message.status) else {
                return Err("speech-update".to_owned());
            };
            let speaking = Happening::Speaking { by_caller, began: *status == SpeechStatus::Started };
            CallEvent::new(call(&message.context, body, home), speaking).at(message.context.timestamp)
        }
        other => return Err(other.kind().to_owned()),
    })
}

/// Whether it is the caller who speaks; none if it is neither the caller nor the assistant.
fn is_caller(role: Option<&Role>) -> Option<bool> {
    match role? {
        Role::User => Some(true),
        Role::Assistant | Role::Bot => Some(false),
        _ => None,
    }
}

fn target(destination: &Destination) -> TransferTarget {
    let address = destination.number.clone().or_else(|| destination.sip_uri.clone());
    match (&destination.kind, address) {
        (Some(DestinationKind::Assistant), _) => {
            TransferTarget::Assistant(destination.assistant_name.clone().unwrap_or_default())
        }
        (_, Some(address)) => TransferTarget::Address(address),
        (_, None) => TransferTarget::Unknown,
    }
}

fn ended(report: EndOfCallReport, body: &Bytes, home: Region) -> EndedCall {
    let mut ended = EndedCall::new(call(&report.context, body, home), report.ended_reason.as_str());
    let seconds = report.duration().map(|duration| duration.as_secs_f64().round());
    // A call of more than a century is a wrong figure, and none is better than a wrong one.
    ended.seconds = seconds.and_then(|seconds| format!("{seconds:.0}").parse().ok());
    ended.recording_url = report.artifact.mono_recording_url().map(str::to_owned);
    ended.fault = fault(&report.ended_reason);
    ended.answered_by = match report.ended_reason.category() {
        EndedCategory::Voicemail => AnsweredBy::Machine,
        _ => AnsweredBy::Unknown,
    };
    let structured = report.analysis.structured_data.as_ref();
    ended.sentiment = structured.and_then(|data| data.get("sentiment")?.as_str().map(str::to_owned));
    ended.started_at = report.started_at;
    ended.ended_at = report.ended_at;
    ended.transcript = report.artifact.transcript;
    ended.summary = report.analysis.summary;
    ended
}

/// The fault that a reason stands for, if it stands for one.
fn fault(reason: &EndedReason) -> Option<Fault> {
    let category = match (reason.as_str(), reason.category()) {
        ("customer-did-not-give-microphone-permission", _) => FaultCategory::NoMicrophone,
        (word, _) if word.contains("did-not-receive-customer-audio") => FaultCategory::NoMicrophone,
        ("silence-timed-out", _) => FaultCategory::Silence,
        (_, EndedCategory::Failed(stage)) => match stage {
            Stage::Transcriber => FaultCategory::Speech,
            Stage::Model => FaultCategory::Model,
            Stage::Voice => FaultCategory::Voice,
            Stage::Transport => FaultCategory::Transport,
            _ => FaultCategory::Platform,
        },
        (_, EndedCategory::NotStarted) => FaultCategory::Platform,
        _ => return None,
    };
    Some(Fault::new(category, reason.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_fault_has_its_category_and_a_good_end_has_none() {
        for (reason, expected) in [
            ("customer-did-not-give-microphone-permission", Some(FaultCategory::NoMicrophone)),
            (
                "call.in-progress.error-assistant-did-not-receive-customer-audio",
                Some(FaultCategory::NoMicrophone),
            ),
            ("silence-timed-out", Some(FaultCategory::Silence)),
            ("call.in-progress.error-vapifault-soniox-transcriber-failed", Some(FaultCategory::Speech)),
            ("pipeline-error-openai-llm-failed", Some(FaultCategory::Model)),
            ("pipeline-error-eleven-labs-quota-exceeded", Some(FaultCategory::Voice)),
            ("call.in-progress.error-vapifault-transport-never-connected", Some(FaultCategory::Transport)),
            ("assistant-not-found", Some(FaultCategory::Platform)),
            ("customer-ended-call", None),
            ("assistant-forwarded-call", None),
            ("voicemail", None),
        ] {
            assert_eq!(fault(&reason.into()).map(|fault| fault.category), expected, "{reason}");
        }
    }
}
