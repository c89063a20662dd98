//! Six hundred reasons in a dozen kinds.

use super::EndedReason;

/// Who or what ended a call.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum EndedCategory {
    /// The customer hung up.
    Customer,
    /// The assistant ended it.
    Assistant,
    /// It went on elsewhere: a transfer or a forwarding.
    Transferred,
    /// It reached a voicemail.
    Voicemail,
    /// The customer was not reached: busy, no answer, a wrong number.
    NotReached,
    /// Nobody spoke, or it lasted too long.
    TimedOut,
    /// The operator or the carrier ended or deleted it.
    Operator,
    /// It could not start: no assistant, a refused request, no credit, a limit.
    NotStarted,
    /// Something failed.
    Failed(Stage),
    /// A reason this crate cannot place.
    Unknown,
}

/// Which part of a call failed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Stage {
    /// Speech to text.
    Transcriber,
    /// The language model.
    Model,
    /// Text to speech.
    Voice,
    /// Telephony or the audio connection.
    Transport,
    /// Vapi itself.
    Platform,
}

impl EndedCategory {
    /// The category in one or two words, as a label or a note on the call.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Assistant => "assistant",
            Self::Transferred => "transferred",
            Self::Voicemail => "voicemail",
            Self::NotReached => "not reached",
            Self::TimedOut => "timed out",
            Self::Operator => "operator",
            Self::NotStarted => "not started",
            Self::Failed(Stage::Transcriber) => "transcriber failed",
            Self::Failed(Stage::Model) => "model failed",
            Self::Failed(Stage::Voice) => "voice failed",
            Self::Failed(Stage::Transport) => "transport failed",
            Self::Failed(Stage::Platform) => "platform failed",
            Self::Unknown => "unknown",
        }
    }
}

impl EndedReason {
    /// Sorts the reason by who ended the call, and errors by the stage that failed.
    pub fn category(&self) -> EndedCategory {
        let reason = self.as_str();
        if let Some(error) = ERRORS.iter().find_map(|prefix| reason.strip_prefix(prefix)) {
            return EndedCategory::Failed(stage(error));
        }
        let rule = RULES.iter().find(|(pattern, _)| pattern.matches(reason));
        rule.map_or(EndedCategory::Unknown, |(_, category)| *category)
    }
}

/// Which stage an error belongs to. Providers that both hear and speak say which part failed; the bare
/// codes of the others are those of language models.
fn stage(error: &str) -> Stage {
    let error = error.trim_start_matches("vapifault-").trim_start_matches("providerfault-");
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| error.starts_with(prefix));
    if error.contains("transcriber") || begins(TRANSCRIBERS) {
        Stage::Transcriber
    } else if error.contains("transport") || begins(TRANSPORT) {
        Stage::Transport
    } else if error.contains("voice") || begins(VOICES) {
        Stage::Voice
    } else if error.contains("llm") || error.contains("model") || has_status(error) {
        Stage::Model
    } else {
        Stage::Platform
    }
}

/// True if a part of the word is an HTTP status of an error.
fn has_status(error: &str) -> bool {
    error.split('-').any(|part| part.len() == 3 && matches!(part.parse(), Ok(400..=599)))
}

enum Pattern {
    Is(&'static str),
    Begins(&'static str),
    Ends(&'static str),
}

impl Pattern {
    fn matches(&self, reason: &str) -> bool {
        match self {
            Self::Is(word) => reason == *word,
            Self::Begins(prefix) => reason.starts_with(prefix),
            Self::Ends(suffix) => reason.ends_with(suffix),
        }
    }
}

/// What begins the name of an error within a running call.
const ERRORS: &[&str] = &["call.in-progress.error-", "pipeline-error-", "pipeline-"];

const TRANSCRIBERS: &[&str] = &["deepgram-returning", "assembly-ai"];
const VOICES: &[&str] = &["eleven-labs", "cartesia", "playht", "tavus"];
const TRANSPORT: &[&str] = &[
    "sip-",
    "outbound-sip-",
    "warm-transfer-",
    "transfer-failed",
    "assistant-did-not-receive-customer-audio",
];

/// The first rule that matches decides.
const RULES: &[(Pattern, EndedCategory)] = &[
    (Pattern::Is("customer-busy"), EndedCategory::NotReached),
    (Pattern::Is("customer-did-not-answer"), EndedCategory::NotReached),
    (Pattern::Is("customer-did-not-give-microphone-permission"), EndedCategory::NotReached),
    (Pattern::Is("twilio-reported-customer-misdialed"), EndedCategory::NotReached),
    (Pattern::Is("call.forwarding.operator-busy"), EndedCategory::NotReached),
    (Pattern::Is("call.forwarding.no-answer"), EndedCategory::NotReached),
    (Pattern::Begins("customer-ended-call"), EndedCategory::Customer),
    (Pattern::Ends("caller-hungup-before-call-connect"), EndedCategory::Customer),
    (Pattern::Is("voicemail"), EndedCategory::Voicemail),
    (Pattern::Is("exceeded-max-duration"), EndedCategory::TimedOut),
    (Pattern::Is("silence-timed-out"), EndedCategory::TimedOut),
    (Pattern::Is("assistant-forwarded-call"), EndedCategory::Transferred),
    (Pattern::Is("assistant-request-returned-forwarding-phone-number"), EndedCategory::Transferred),
    (Pattern::Ends(".hook-executed-transfer"), EndedCategory::Transferred),
    (Pattern::Begins("assistant-ended-call"), EndedCategory::Assistant),
    (Pattern::Is("assistant-said-end-call-phrase"), EndedCategory::Assistant),
    (Pattern::Ends(".hook-executed-say"), EndedCategory::Assistant),
    (Pattern::Begins("assistant-request-"), EndedCategory::NotStarted),
    (Pattern::Begins("assistant-not-"), EndedCategory::NotStarted),
    (Pattern::Is("assistant-join-timed-out"), EndedCategory::NotStarted),
    (Pattern::Begins("call.start."), EndedCategory::NotStarted),
    (Pattern::Begins("call-start-error-"), EndedCategory::NotStarted),
    (Pattern::Begins("phone-call-provider-bypass-"), EndedCategory::NotStarted),
    (Pattern::Is("manually-canceled"), EndedCategory::Operator),
    (Pattern::Is("call-deleted"), EndedCategory::Operator),
    (Pattern::Is("scheduled-call-deleted"), EndedCategory::Operator),
    (Pattern::Is("call.in-progress.sip-completed-call"), EndedCategory::Operator),
    (Pattern::Is("call.in-progress.twilio-completed-call"), EndedCategory::Operator),
    (Pattern::Is("vonage-completed"), EndedCategory::Operator),
    (Pattern::Begins("vonage-"), EndedCategory::Failed(Stage::Transport)),
    (Pattern::Begins("twilio-"), EndedCategory::Failed(Stage::Transport)),
    (Pattern::Begins("call.ringing.error-"), EndedCategory::Failed(Stage::Transport)),
    (Pattern::Begins("phone-call-provider-"), EndedCategory::Failed(Stage::Transport)),
    (Pattern::Is("worker-shutdown"), EndedCategory::Failed(Stage::Platform)),
];

#[cfg(test)]
mod tests {
    use super::{EndedCategory, EndedReason, Stage};

    fn category(reason: &str) -> EndedCategory {
        EndedReason::from(reason).category()
    }

    #[test]
    fn reasons_are_sorted_by_who_ended_the_call() {
        assert_eq!(category("customer-ended-call"), EndedCategory::Customer);
        assert_eq!(category("customer-busy"), EndedCategory::NotReached);
        assert_eq!(category("assistant-forwarded-call"), EndedCategory::Transferred);
        assert_eq!(category("assistant-ended-call-after-message-spoken"), EndedCategory::Assistant);
        assert_eq!(category("call.start.error-subscription-insufficient-credits"), EndedCategory::NotStarted);
        assert_eq!(category("hangup"), EndedCategory::Unknown);
    }

    #[test]
    fn errors_are_sorted_by_the_stage_that_failed() {
        let stage = |error: &str| match category(error) {
            EndedCategory::Failed(stage) => stage,
            other => panic!("{error}: {other:?}"),
        };

        assert_eq!(stage("pipeline-error-deepgram-returning-502-network-error"), Stage::Transcriber);
        assert_eq!(stage("call.in-progress.error-vapifault-soniox-transcriber-failed"), Stage::Transcriber);
        assert_eq!(stage("call.in-progress.error-providerfault-openai-voice-failed"), Stage::Voice);
        assert_eq!(stage("pipeline-error-eleven-labs-quota-exceeded"), Stage::Voice);
        assert_eq!(stage("call.in-progress.error-vapifault-openai-429-rate-limit-reached"), Stage::Model);
        assert_eq!(stage("pipeline-error-openai-llm-failed"), Stage::Model);
        assert_eq!(stage("call.in-progress.error-vapifault-transport-never-connected"), Stage::Transport);
        assert_eq!(stage("call.in-progress.error-sip-outbound-call-failed-to-connect"), Stage::Transport);
        assert_eq!(stage("call.in-progress.error-vapifault-worker-died"), Stage::Platform);
    }
}
