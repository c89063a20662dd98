//! The response and the verbs that stand in it.

use super::Element;
use super::element::InvalidTwiml;
use super::messaging::MessagingResponse;
use super::tag::{begin_empty, named_by_text, tags};

/// The answer to a voice webhook: verbs, which Twilio carries out one after the other.
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use = "a response does nothing until it is written"]
pub struct VoiceResponse(pub(super) Element);

impl VoiceResponse {
    /// A response without verbs, which ends the call.
    pub fn new() -> Self {
        Self(Element::new("Response"))
    }

    /// Adds a verb after the others.
    pub fn with(self, verb: impl super::Inside<Self>) -> Self {
        Self(self.0.child(verb))
    }

    /// The response as a document, to be sent as `application/xml`.
    ///
    /// # Errors
    ///
    /// [`InvalidTwiml`] when a name given by hand is no XML name, when a text or value has a character that XML cannot
    /// carry, and when Twilio would refuse the document: for a verb in the wrong place, without what it is about, or
    /// too long.
    pub fn to_xml(&self) -> Result<String, InvalidTwiml> {
        self.0.to_document()
    }
}

impl Default for VoiceResponse {
    fn default() -> Self {
        Self::new()
    }
}

tags! {
    /// Speaks a text.
    Say in [VoiceResponse, Gather, Prompt] {
        /// The language, such as `en-US`.
        language: &str = "language",
        /// The voice.
        voice: &str = "voice",
        /// How often, 0 for ever.
        times: u32 = "loop",
    }

    /// Plays a file, or tones.
    Play in [VoiceResponse, Gather, Prompt] {
        /// How often, 0 for ever.
        times: u32 = "loop",
    }

    /// Waits.
    Pause in [VoiceResponse, Gather, Prompt] {}

    /// Takes keys or speech from the caller.
    Gather in [VoiceResponse] {
        /// What to take: `dtmf`, `speech`, or both.
        input: &[&str] = "input",
        /// Where to send what was taken.
        action: &str = "action",
        /// The method of the action.
        method: &str = "method",
        /// Sends the action also when nothing was taken.
        action_on_empty_result: bool = "actionOnEmptyResult",
        /// How many keys to take.
        num_digits: u32 = "numDigits",
        /// The key that ends the input.
        finish_on_key: &str = "finishOnKey",
        /// How many seconds to wait for the next key or word.
        timeout: u32 = "timeout",
        /// How many seconds of silence end a speech, or `auto`.
        speech_timeout: &str = "speechTimeout",
        /// The language of the speech.
        language: &str = "language",
        /// Words to expect, with commas between them.
        hints: &str = "hints",
        /// Whether the caller may speak over the prompt.
        barge_in: bool = "bargeIn",
    }

    /// Connects the caller to others.
    Dial in [VoiceResponse] {
        /// Where to ask what comes after.
        action: &str = "action",
        /// The method of the action.
        method: &str = "method",
        /// Lets the caller hear ringing until the other side answers.
        answer_on_bridge: bool = "answerOnBridge",
        /// Who is shown as the caller.
        caller_id: &str = "callerId",
        /// Whether the caller can leave with `*`.
        hangup_on_star: bool = "hangupOnStar",
        /// What to record, such as `record-from-answer-dual`.
        record: &str = "record",
        /// Where to say that the recording can be fetched.
        recording_status_callback: &str = "recordingStatusCallback",
        /// How many seconds to let it ring.
        timeout: u32 = "timeout",
        /// How many seconds it may last.
        time_limit: u32 = "timeLimit",
        /// Dials one noun after the other in place of all at once.
        sequential: bool = "sequential",
    }

    /// Hands the call's audio to a stream or an agent, until that ends.
    Connect in [VoiceResponse] {
        /// Where to ask what comes after.
        action: &str = "action",
        /// The method of the action.
        method: &str = "method",
    }

    /// Begins something beside the call: a copy of its audio, a transcription.
    Start in [VoiceResponse] {
        /// Where to say that it began.
        action: &str = "action",
        /// The method of the action.
        method: &str = "method",
    }

    /// Ends what `Start` began.
    Stop in [VoiceResponse] {}

    /// Records the caller, as voicemail does.
    Record in [VoiceResponse] {
        /// Where to ask what comes after.
        action: &str = "action",
        /// The method of the action.
        method: &str = "method",
        /// The key that ends it.
        finish_on_key: &str = "finishOnKey",
        /// How many seconds at most.
        max_length: u32 = "maxLength",
        /// How many seconds of silence end it.
        timeout: u32 = "timeout",
        /// Whether a beep comes first.
        play_beep: bool = "playBeep",
        /// Where to say that the recording can be fetched.
        recording_status_callback: &str = "recordingStatusCallback",
    }

    /// Puts the caller into a queue.
    Enqueue in [VoiceResponse] {
        /// Where to ask what comes after.
        action: &str = "action",
        /// What to play meanwhile.
        wait_url: &str = "waitUrl",
        /// The workflow of `TaskRouter` that finds an agent.
        workflow_sid: &str = "workflowSid",
    }

    /// What `TaskRouter` is told of a caller in a queue.
    Task in [Enqueue] {
        /// How urgent it is, 0 unless set.
        priority: u32 = "priority",
        /// How many seconds it may wait.
        timeout: u32 = "timeout",
    }

    /// Goes on with the `TwiML` at another address.
    Redirect in [VoiceResponse, MessagingResponse] {
        /// The method to ask with.
        method: &str = "method",
    }

    /// Turns the caller away unanswered.
    Reject in [VoiceResponse] {
        /// `rejected` or `busy`.
        reason: &str = "reason",
    }

    /// Ends the call.
    Hangup in [VoiceResponse] {}

    /// Takes the caller out of a queue.
    Leave in [VoiceResponse] {}

    /// Plays to the caller what the caller says, to hear how long it takes.
    Echo in [VoiceResponse] {}

    /// Takes a payment without the card number passing through us.
    Pay in [VoiceResponse] {
        /// How to take it: `dtmf`.
        input: &str = "input",
        /// Where to ask what comes after.
        action: &str = "action",
        /// How it is paid: `credit-card` or `ach-debit`.
        payment_method: &str = "paymentMethod",
        /// The connector it goes through.
        payment_connector: &str = "paymentConnector",
        /// What it comes to, as decimal text; none to keep the card for later.
        charge_amount: &str = "chargeAmount",
        /// The currency, such as `usd`.
        currency: &str = "currency",
        /// What it is for.
        description: &str = "description",
        /// How long the kept card is good for: `one-time`, `reusable`, `payment-method`.
        token_type: &str = "tokenType",
        /// Whether the postal code is asked for, or what it is.
        postal_code: &str = "postalCode",
        /// Whether the security code is asked for.
        security_code: bool = "securityCode",
        /// Which cards are taken.
        valid_card_types: &[&str] = "validCardTypes",
        /// How often each question is asked.
        max_attempts: u32 = "maxAttempts",
        /// How many seconds to wait for the next key.
        timeout: u32 = "timeout",
        /// The language of the questions.
        language: &str = "language",
        /// Where to say how it goes.
        status_callback: &str = "statusCallback",
    }

    /// What is said at one step of a payment.
    Prompt in [VoiceResponse, Pay] {
        /// The step, such as `payment-card-number`.
        step: &str = "for",
        /// Only after these failures.
        error_type: &[&str] = "errorType",
        /// Only for these cards.
        card_type: &[&str] = "cardType",
        /// Only at this attempt, or these.
        attempt: &str = "attempt",
    }

    /// Sends the call away to another telephone system, by SIP.
    Refer in [VoiceResponse] {
        /// Where to ask what comes after.
        action: &str = "action",
        /// The method of the action.
        method: &str = "method",
    }

    /// Where a call is sent away to.
    ReferSip as "Sip" in [Refer] {}

    /// Sends a message during a call; the Messages resource does it better.
    Sms in [VoiceResponse] {
        /// Who gets it.
        to: &str = "to",
        /// Who sent it.
        from: &str = "from",
        /// Where to ask what comes after.
        action: &str = "action",
        /// Where to say how it goes.
        status_callback: &str = "statusCallback",
    }
}

impl Say {
    /// Speaks this.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Self::empty().0.text(text))
    }
}

impl Play {
    /// Plays the file at this address.
    pub fn new(url: impl Into<String>) -> Self {
        Self(Self::empty().0.text(url))
    }

    /// Plays the tones of these keys; `w` waits half a second.
    pub fn digits(digits: impl Into<String>) -> Self {
        Self::empty().attribute("digits", digits)
    }
}

impl Pause {
    /// Waits this many seconds.
    pub fn seconds(seconds: u32) -> Self {
        Self::empty().attribute("length", seconds.to_string())
    }
}

impl Say {
    /// Speaks this after what stands there already: speech and marks take turns.
    pub fn then(self, text: impl Into<String>) -> Self {
        Self(self.0.text(text))
    }
}

named_by_text! {
    /// These attributes, as JSON text.
    Task
    /// Sends the call to this SIP address.
    ReferSip
    /// Sends this text.
    Sms
}

impl Redirect {
    /// Asks at this address.
    pub fn new(url: impl Into<String>) -> Self {
        Self(Self::empty().0.text(url))
    }
}

impl Enqueue {
    /// The queue of this name, made if there is none.
    pub fn new(queue: impl Into<String>) -> Self {
        Self(Self::empty().0.text(queue))
    }

    /// A task for `TaskRouter`, described by attributes as JSON text.
    pub fn task(workflow_sid: &str, attributes: impl Into<String>) -> Self {
        Self::empty().workflow_sid(workflow_sid).with(Task::new(attributes))
    }
}

begin_empty!(Gather Dial Connect Start Stop Record Reject Hangup Leave Echo Pay Prompt Refer);
