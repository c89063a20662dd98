//! `ConversationRelay`: a call as text, with Twilio hearing and speaking.
//!
//! See Twilio's page "WebSocket messages for `ConversationRelay`".

use std::fmt;

use serde_json::{Map, Value, json};

use super::fields::{self, Fields, InvalidMessage};

/// What Twilio sends. `Debug` shows neither words nor numbers.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum RelayEvent {
    /// The conversation begins.
    Setup(Box<Setup>),
    /// The caller said something.
    Prompt(Prompt),
    /// The caller spoke over us.
    Interrupt(Interrupt),
    /// The caller pressed a key.
    Dtmf(String),
    /// Something that we sent is wrong, in Twilio's words.
    Error(String),
    /// Something that this version does not know.
    Unknown(Map<String, Value>),
}

/// The beginning of a conversation.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Setup {
    /// The conversation, `VX..`.
    pub session_id: String,
    /// The call it is of.
    pub call_sid: Option<String>,
    /// The leg that made this one.
    pub parent_call_sid: Option<String>,
    /// The account of the call.
    pub account_sid: Option<String>,
    /// Who calls.
    pub from: Option<String>,
    /// Who is called.
    pub to: Option<String>,
    /// Whose call was forwarded.
    pub forwarded_from: Option<String>,
    /// The name of the caller.
    pub caller_name: Option<String>,
    /// Who began it.
    pub direction: Option<String>,
    /// What kind of call it is, such as `PSTN`.
    pub call_type: Option<String>,
    /// How far the call has come, in capitals here.
    pub call_status: Option<String>,
    /// The parameters that `TwiML` gave the conversation.
    pub custom_parameters: Map<String, Value>,
    /// What else was said.
    pub extra: Map<String, Value>,
}

/// Something that the caller said.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Prompt {
    /// The words.
    pub voice_prompt: String,
    /// The language they are in.
    pub lang: Option<String>,
    /// Whether no more of it is to come.
    pub last: bool,
    /// What else was said.
    pub extra: Map<String, Value>,
}

/// The caller spoke over us.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Interrupt {
    /// What the caller heard of the last text.
    pub utterance_until_interrupt: String,
    /// How many milliseconds that took.
    pub duration_until_interrupt_ms: Option<u64>,
    /// What else was said.
    pub extra: Map<String, Value>,
}

impl RelayEvent {
    /// Reads a text message.
    ///
    /// # Errors
    ///
    /// [`InvalidMessage`] when it is no JSON object. Every object is an event, an unknown one if need be.
    pub fn parse(text: &str) -> Result<Self, InvalidMessage> {
        let fields = fields::object(text)?;
        let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut rest = fields.clone();
        rest.remove("type");
        let known = match kind.as_str() {
            "setup" => setup(rest).map(Box::new).map(Self::Setup),
            "prompt" => prompt(rest).map(Self::Prompt),
            "interrupt" => interrupt(rest).map(Self::Interrupt),
            "dtmf" => fields::text(&mut rest, "digit").map(Self::Dtmf),
            "error" => fields::text(&mut rest, "description").map(Self::Error),
            _ => None,
        };
        Ok(known.unwrap_or(Self::Unknown(fields)))
    }
}

fn setup(mut fields: Fields) -> Option<Setup> {
    Some(Setup {
        session_id: fields::text(&mut fields, "sessionId")?,
        call_sid: fields::text(&mut fields, "callSid"),
        parent_call_sid: fields::text(&mut fields, "parentCallSid"),
        account_sid: fields::text(&mut fields, "accountSid"),
        from: fields::text(&mut fields, "from"),
        to: fields::text(&mut fields, "to"),
        forwarded_from: fields::text(&mut fields, "forwardedFrom"),
        caller_name: fields::text(&mut fields, "callerName"),
        direction: fields::text(&mut fields, "direction"),
        call_type: fields::text(&mut fields, "callType"),
        call_status: fields::text(&mut fields, "callStatus"),
        custom_parameters: fields::map(&mut fields, "customParameters").unwrap_or_default(),
        extra: fields,
    })
}

fn prompt(mut fields: Fields) -> Option<Prompt> {
    Some(Prompt {
        voice_prompt: fields::text(&mut fields, "voicePrompt")?,
        lang: fields::text(&mut fields, "lang"),
        last: fields::truth(&mut fields, "last").unwrap_or(true),
        extra: fields,
    })
}

fn interrupt(mut fields: Fields) -> Option<Interrupt> {
    Some(Interrupt {
        utterance_until_interrupt: fields::text(&mut fields, "utteranceUntilInterrupt")?,
        duration_until_interrupt_ms: fields::number(&mut fields, "durationUntilInterruptMs"),
        extra: fields,
    })
}

/// What may interrupt a text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Interruptible {
    /// Nothing.
    None,
    /// Keys.
    Dtmf,
    /// Speech.
    Speech,
    /// Either.
    Any,
}

impl Interruptible {
    fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Dtmf => "dtmf",
            Self::Speech => "speech",
            Self::Any => "any",
        }
    }
}

/// What is sent back. Twilio answers what it cannot read with error 64107, so only what it reads can be made.
///
/// ```
/// use twilio_client::stream::relay::RelayCommand;
///
/// let hello = RelayCommand::text("Your case is open.", true).language("en-US");
/// assert_eq!(hello.to_json(), r#"{"lang":"en-US","last":true,"token":"Your case is open.","type":"text"}"#);
/// ```
#[derive(Clone, PartialEq)]
#[must_use = "a command does nothing until it is sent"]
pub struct RelayCommand(Map<String, Value>);

impl RelayCommand {
    /// Speaks a text, or a piece of one; `last` says that no more of it is to come.
    pub fn text(token: impl Into<String>, last: bool) -> Self {
        Self::of("text").with("token", json!(token.into())).with("last", json!(last))
    }

    /// Plays a file.
    pub fn play(source: impl Into<String>) -> Self {
        Self::of("play").with("source", json!(source.into()))
    }

    /// Plays it this often; only for [`play`](Self::play).
    pub fn times(self, times: u32) -> Self {
        self.with("loop", json!(times))
    }

    /// Presses keys.
    pub fn send_digits(digits: impl Into<String>) -> Self {
        Self::of("sendDigits").with("digits", json!(digits.into()))
    }

    /// Changes the languages that are spoken and written down.
    pub fn change_language(spoken: Option<&str>, written: Option<&str>) -> Self {
        let command = Self::of("language");
        let command =
            spoken.into_iter().fold(command, |command, spoken| command.with("ttsLanguage", json!(spoken)));
        written.into_iter().fold(command, |command, it| command.with("transcriptionLanguage", json!(it)))
    }

    /// Ends the conversation, and hands JSON over to the action of `<Connect>`.
    pub fn end(handoff: Option<&Value>) -> Self {
        let command = Self::of("end");
        handoff
            .into_iter()
            .fold(command, |command, data| command.with("handoffData", json!(data.to_string())))
    }

    /// The language of this text.
    pub fn language(self, language: &str) -> Self {
        self.with("lang", json!(language))
    }

    /// What may interrupt this text or file.
    pub fn interruptible(self, by: Interruptible) -> Self {
        self.with("interruptible", json!(by.as_str()))
    }

    /// Whether a later text takes the place of this one.
    pub fn preemptible(self, preemptible: bool) -> Self {
        self.with("preemptible", json!(preemptible))
    }

    /// The text of the message.
    pub fn to_json(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    fn of(kind: &str) -> Self {
        Self(Map::new()).with("type", json!(kind))
    }

    fn with(mut self, key: &str, value: Value) -> Self {
        self.0.insert(key.to_owned(), value);
        self
    }
}

impl fmt::Debug for RelayCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelayCommand").field("type", &self.0.get("type")).finish_non_exhaustive()
    }
}

impl fmt::Debug for RelayEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setup(setup) => setup.fmt(f),
            Self::Prompt(prompt) => prompt.fmt(f),
            Self::Interrupt(interrupt) => interrupt.fmt(f),
            Self::Dtmf(_) => f.write_str("Dtmf"),
            Self::Error(_) => f.write_str("Error"),
            Self::Unknown(_) => f.write_str("Unknown"),
        }
    }
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup")
            .field("session_id", &self.session_id)
            .field("call_sid", &self.call_sid)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prompt").field("lang", &self.lang).field("last", &self.last).finish_non_exhaustive()
    }
}

impl fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interrupt")
            .field("duration_until_interrupt_ms", &self.duration_until_interrupt_ms)
            .finish_non_exhaustive()
    }
}
