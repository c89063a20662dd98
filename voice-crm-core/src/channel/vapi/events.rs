//! What Vapi tells of a call, in the bridge's words.

use bytes::Bytes;
use vapi_types::{
    artifact::Role,
    call::CallStatus,
    destination::{Destination, DestinationKind},
    ended_reason::{EndedCategory, EndedReason, Stage},
    message::{Context, ServerMessage, SpeechStatus, TranscriptKind},
    record::{CallRecord, Recordings},
};

use super::{
    call::{call, id},
    outputs::Outputs,
};
use crate::{
    call::{
        AnsweredBy, Call, CallEvent, EndedCall, Fault, FaultCategory, Happening, Recording, Tracks,
        TransferTarget,
    },
    phone::Region,
};

/// How well Vapi knows why a call ended when it says so beside something else, and when it reports the call.
const IN_PASSING: u8 = 2;
const REPORT: u8 = 3;

/// The event that a message tells of; the kind of message, if it tells of none.
///
/// What tells of no call in particular is an event only if it is the report of one.
pub(super) fn event(
    message: &ServerMessage,
    body: &Bytes,
    (home, outputs): (Region, &Outputs),
) -> Result<CallEvent, String> {
    let kind = message.kind().to_owned();
    let context = &*message.read_context();
    let (at, is_named) = (context.timestamp, id(context).is_some());
    let call = |context: &Context| call(context, body, home);
    let what = match message {
        ServerMessage::Transcript(message) | ServerMessage::FinalTranscript(message) if is_named => {
            let is_final = message.transcript_kind != Some(TranscriptKind::Partial);
            let (Some(by_caller), Some(text), true) =
                (is_caller(message.role.as_ref()), &message.transcript, is_final)
            else {
                return Err(kind);
            };
            Happening::Said { by_caller, text: text.clone() }
        }
        ServerMessage::SpeechUpdate(message) if is_named => {
            let (Some(by_caller), Some(status)) = (is_caller(message.role.as_ref()), &message.status) else {
                return Err(kind);
            };
            Happening::Speaking { by_caller, began: *status == SpeechStatus::Started }
        }
        ServerMessage::TransferUpdate(message) if is_named => {
            Happening::Transferred(message.destination.as_ref().map_or(TransferTarget::Unknown, target))
        }
        ServerMessage::EndOfCallReport(_) => {
            let record = CallRecord::of(message);
            if !is_named && record.is_empty() {
                return Err(kind);
            }
            Happening::Ended(Box::new(told(record, call(context), REPORT, outputs)))
        }
        message if is_named && message.tells_end() => {
            let mut ended = told(CallRecord::of(message), call(context), IN_PASSING, outputs);
            if status(message) == Some(&CallStatus::InProgress) {
                ended.answered_by = ended.answered_by.max(AnsweredBy::Agent);
            }
            Happening::Ended(Box::new(ended))
        }
        message @ (ServerMessage::StatusUpdate(_) | ServerMessage::ArtifactUpload(_)) if is_named => {
            match status(message) {
                Some(CallStatus::Ringing) => Happening::Ringing,
                Some(CallStatus::InProgress) => Happening::Answered(AnsweredBy::Agent),
                other => {
                    let record = CallRecord::of(message);
                    let stage = other.map_or("unknown", CallStatus::as_str).to_owned();
                    match told(record, call(context), IN_PASSING, outputs) {
                        told if has_content(&told) => Happening::Reported(Box::new(told)),
                        _ => Happening::Progressed(stage),
                    }
                }
            }
        }
        _ => return Err(kind),
    };
    Ok(CallEvent::new(call(context), what).at(at))
}

fn status(message: &ServerMessage) -> Option<&CallStatus> {
    match message {
        ServerMessage::StatusUpdate(update) => update.status.as_ref(),
        _ => None,
    }
}

/// Whether there is anything in it that a person would look up.
fn has_content(told: &EndedCall) -> bool {
    let texts = [&told.transcript, &told.summary, &told.sentiment, &told.success];
    texts.into_iter().any(Option::is_some) || !told.recordings.is_empty() || !told.outputs.is_empty()
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

/// What a message told of a call, for the record of it.
fn told(record: CallRecord, call: Call, knowledge: u8, outputs: &Outputs) -> EndedCall {
    let reason = record.ended_reason.unwrap_or_default();
    let mut ended = EndedCall::new(call, reason.as_str());
    ended.knowledge = knowledge;
    ended.seconds = record.seconds.and_then(whole);
    ended.cost = record.cost.and_then(|dollars| whole(dollars * 1e6));
    ended.fault = fault(&reason);
    ended.answered_by = match reason.category() {
        EndedCategory::Voicemail => AnsweredBy::Machine,
        _ => AnsweredBy::Unknown,
    };
    (ended.started_at, ended.ended_at) = (record.started_at, record.ended_at);
    (ended.transcript, ended.summary, ended.success) = (record.transcript, record.summary, record.success);
    outputs.apply(&record.outputs, &mut ended);
    ended.recordings = recordings(record.recordings);
    ended
}

/// A figure as a whole number. One that no call can have is wrong, and none is better than a wrong one.
fn whole<T: std::str::FromStr>(figure: f64) -> Option<T> {
    format!("{:.0}", figure.round()).parse().ok()
}

fn recordings(told: Recordings) -> Vec<Recording> {
    let Recordings { mixed, two_channels, customer, assistant, video, .. } = told;
    let told = [
        (Tracks::Mixed, mixed),
        (Tracks::TwoChannels, two_channels),
        (Tracks::Caller, customer),
        (Tracks::Agent, assistant),
        (Tracks::Video, video),
    ];
    told.into_iter().filter_map(|(tracks, url)| Some(Recording::of(tracks, url?))).collect()
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
