//! What a function call comes to: one outcome for each, with separate words for the caller and the operator.

use std::{borrow::Cow, error::Error as StdError, fmt, sync::Arc};

use super::Act;
use crate::{
    crm::CrmError,
    phrase::{self, Instruction, Language, Phrasebook, Speech},
    service_error::{Service, ServiceError, ServiceErrorKind},
};

/// What the voice agent gets to say or to work with, and what becomes of the call.
#[derive(Clone, Eq, PartialEq)]
pub struct Answer {
    speech: Speech,
    instruction: Option<Instruction>,
    act: Option<Act>,
}

impl Answer {
    /// What can be spoken: a [`Phrase`](crate::phrase::Phrase), which is said in the language of the call, or
    /// words as they are.
    pub fn say(speech: impl Into<Speech>) -> Self {
        Self { speech: speech.into(), instruction: None, act: None }
    }

    /// And tell the model this, behind what it is told already. The caller does not hear it.
    #[must_use]
    pub fn instruct(mut self, instruction: Instruction) -> Self {
        self.instruction = Some(match self.instruction {
            Some(first) => first.and(&instruction),
            None => instruction,
        });
        self
    }

    /// And then do this with the call, as far as the platform can.
    #[must_use]
    pub fn then(mut self, act: Act) -> Self {
        self.act = Some(act);
        self
    }

    /// What is to be done with the call.
    pub fn act(&self) -> Option<&Act> {
        self.act.as_ref()
    }

    /// What the caller may hear: as it was spoken, or else in English.
    pub fn text(&self) -> Cow<'_, str> {
        self.speech.english()
    }

    /// What the model is told beside it.
    pub fn instruction(&self) -> Option<&Instruction> {
        self.instruction.as_ref()
    }

    /// Both in one text, for a platform that hands the model one: the instruction in brackets behind what may be said.
    /// It is never to be spoken as it stands.
    pub fn for_model(&self) -> Cow<'_, str> {
        for_model(self.text(), self.instruction.as_ref())
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("speech", &self.speech)
            .field("instruction", &self.instruction)
            .field("act", &self.act)
            .finish()
    }
}

fn for_model<'a>(spoken: Cow<'a, str>, instruction: Option<&Instruction>) -> Cow<'a, str> {
    match instruction {
        Some(instruction) => instruction.behind(&spoken).into(),
        None => spoken,
    }
}

/// Why a function call came to nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum FunctionErrorKind {
    /// There is no function of this name.
    UnknownFunction,
    /// The arguments do not fit; the sentence names the field and what is allowed.
    InvalidArguments,
    /// The caller may not do this.
    NotAllowed,
    /// The CRM or another service cannot be reached or does not serve this, and nothing was saved.
    Unavailable,
    /// The CRM refused.
    Refused,
    /// The same request came before with other contents.
    Conflict,
    /// It took too long.
    TooLate,
    /// The caller has to prove who they are first.
    NotVerified,
    /// More is asked at a time than can be done.
    Busy,
    /// The call, or the number that calls, has written as much as it may.
    LimitReached,
    /// The function is broken.
    Broken,
}

impl FunctionErrorKind {
    /// One word for a counter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownFunction => "unknown_function",
            Self::InvalidArguments => "invalid_arguments",
            Self::NotAllowed => "not_allowed",
            Self::Unavailable => "unavailable",
            Self::Refused => "refused",
            Self::Conflict => "conflict",
            Self::TooLate => "too_late",
            Self::NotVerified => "not_verified",
            Self::Busy => "busy",
            Self::LimitReached => "limit_reached",
            Self::Broken => "broken",
        }
    }
}

/// A function call that came to nothing: what the caller may hear, and what the model is to do about it.
#[derive(Clone)]
pub struct FunctionError {
    kind: FunctionErrorKind,
    words: Words,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// To whom a failure is told.
#[derive(Clone, Eq, PartialEq)]
enum Words {
    Caller(Speech),
    Model(Instruction),
    Both(Speech, Instruction),
}

impl FunctionError {
    /// A failure of a kind, with the sentence that the caller may hear.
    pub fn new(kind: FunctionErrorKind, say: impl Into<Speech>) -> Self {
        Self { kind, words: Words::Caller(say.into()), source: None }
    }

    /// A failure that the model can mend by itself. The caller hears nothing of it.
    pub fn for_model_alone(kind: FunctionErrorKind, instruction: Instruction) -> Self {
        Self { kind, words: Words::Model(instruction), source: None }
    }

    /// Arguments that do not fit, told to the model alone.
    pub fn invalid_argument(field: &str, allowed: &str) -> Self {
        let instruction = Instruction::new(format!("{field}: {allowed}"));
        Self::for_model_alone(FunctionErrorKind::InvalidArguments, instruction)
    }

    /// With what lies beneath, for the operator: it goes to the log with the errors beneath it, and neither the caller nor
    /// the model hears of it. Its text must not quote what a caller said.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// And let the caller hear this.
    #[must_use]
    pub fn and_say(mut self, say: impl Into<Speech>) -> Self {
        self.words = match self.words {
            Words::Caller(_) => Words::Caller(say.into()),
            Words::Model(instruction) | Words::Both(_, instruction) => Words::Both(say.into(), instruction),
        };
        self
    }

    /// And tell the model this, which the caller does not hear.
    #[must_use]
    pub fn instruct(mut self, instruction: Instruction) -> Self {
        self.words = match self.words {
            Words::Model(_) => Words::Model(instruction),
            Words::Caller(speech) | Words::Both(speech, _) => Words::Both(speech, instruction),
        };
        self
    }

    /// The class of failure.
    pub fn kind(&self) -> FunctionErrorKind {
        self.kind
    }

    /// The sentence that the caller may hear: as it was spoken, or else in English. `None` when it is for the model alone.
    pub fn say(&self) -> Option<Cow<'_, str>> {
        match &self.words {
            Words::Caller(speech) | Words::Both(speech, _) => Some(speech.english()),
            Words::Model(_) => None,
        }
    }

    /// What the model is told beside it, or alone.
    pub fn instruction(&self) -> Option<&Instruction> {
        match &self.words {
            Words::Caller(_) => None,
            Words::Model(instruction) | Words::Both(_, instruction) => Some(instruction),
        }
    }

    /// Both in one text, for a platform that hands the model one: the instruction alone, or in brackets behind what may
    /// be said. It is never to be spoken as it stands.
    pub fn for_model(&self) -> Cow<'_, str> {
        for_model(self.say().unwrap_or_default(), self.instruction())
    }

    fn speech_mut(&mut self) -> Option<&mut Speech> {
        match &mut self.words {
            Words::Caller(speech) | Words::Both(speech, _) => Some(speech),
            Words::Model(_) => None,
        }
    }
}

impl fmt::Debug for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunctionError").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl fmt::Display for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.as_str())
    }
}

impl StdError for FunctionError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

/// By what is told; what lies beneath is for the log.
impl PartialEq for FunctionError {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.words == other.words
    }
}

impl Eq for FunctionError {}

impl From<CrmError> for FunctionError {
    /// A read that failed. What the CRM said goes to the log; the caller hears a plain sentence.
    fn from(error: CrmError) -> Self {
        tracing::warn!(class = ?error.kind(), code = error.code().unwrap_or_default(), %error, "a look-up failed");
        Self::new(FunctionErrorKind::Unavailable, phrase::RECORDS_UNREACHABLE)
    }
}

impl From<ServiceError> for FunctionError {
    /// A service beside the CRM that failed. What it said goes to the log; the caller hears what cannot be done.
    fn from(error: ServiceError) -> Self {
        let (service, class) = (error.service(), error.kind());
        tracing::warn!(?service, ?class, code = error.code().unwrap_or_default(), %error, "a service failed");
        let (kind, sentence) = match (service, class) {
            (Service::Codes, ServiceErrorKind::Locked) => {
                (FunctionErrorKind::NotAllowed, phrase::CODE_LOCKED)
            }
            (Service::Codes, ServiceErrorKind::Expired) => (FunctionErrorKind::Refused, phrase::CODE_EXPIRED),
            (Service::Texts, ServiceErrorKind::Refused) => (FunctionErrorKind::Refused, phrase::TEXT_REFUSED),
            (Service::Texts, _) => (FunctionErrorKind::Unavailable, phrase::TEXT_UNAVAILABLE),
            (Service::Codes, ServiceErrorKind::Refused) => (FunctionErrorKind::Refused, phrase::CODE_REFUSED),
            (Service::Codes, _) => (FunctionErrorKind::Unavailable, phrase::CODE_UNAVAILABLE),
            (Service::Recordings, _) => (FunctionErrorKind::Unavailable, phrase::RECORDING_UNAVAILABLE),
        };
        Self::new(kind, sentence)
    }
}

/// What one function call came to.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// It has an answer.
    Answered(Answer),
    /// It was not done yet: the caller has to agree first, and the answer says to what.
    Asked(Answer),
    /// It came to nothing.
    Failed(FunctionError),
}

impl Outcome {
    /// One word for a counter.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Answered(_) => "answered",
            Self::Asked(_) => "asked",
            Self::Failed(error) => error.kind().as_str(),
        }
    }

    /// Its place among all outcomes, below [`Outcome::PLACES`].
    pub(crate) fn place(&self) -> usize {
        match self {
            Self::Answered(_) => 0,
            Self::Asked(_) => 1,
            Self::Failed(error) => 2 + error.kind() as usize,
        }
    }

    /// How many outcomes there are that are counted apart.
    pub(crate) const PLACES: usize = 3 + FunctionErrorKind::Broken as usize;

    /// Puts its words into a language.
    pub(crate) fn speak(&mut self, book: &Phrasebook, language: Language) {
        let speech = match self {
            Self::Answered(answer) | Self::Asked(answer) => Some(&mut answer.speech),
            Self::Failed(error) => error.speech_mut(),
        };
        if let Some(speech) = speech {
            book.put(speech, language);
        }
    }
}

impl From<Result<Answer, FunctionError>> for Outcome {
    fn from(result: Result<Answer, FunctionError>) -> Self {
        match result {
            Ok(answer) => Self::Answered(answer),
            Err(error) => Self::Failed(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_for_the_model_is_not_in_what_is_spoken() {
        let secret = || Instruction::new("call it again with the token abc");
        let answer = Answer::say(phrase::IS_THAT_RIGHT).instruct(secret());
        assert_eq!(answer.text(), "Is that right?");
        assert_eq!(answer.for_model(), "Is that right? (call it again with the token abc)");
        let failure = FunctionError::invalid_argument("when", "give a date");
        assert_eq!((failure.say(), failure.for_model()), (None, "when: give a date".into()));
        let failure = failure.and_say(phrase::CALLBACK_TOO_SOON);
        assert!(
            !failure.say().unwrap().contains("when:") && failure.for_model().ends_with("(when: give a date)")
        );
        assert!(!format!("{answer:?} {failure:?}").contains("abc"), "neither is shown");
        let mut spoken = Outcome::Answered(answer);
        spoken.speak(&Phrasebook::standard(), Language::GERMAN);
        let Outcome::Answered(answer) = spoken else { unreachable!() };
        assert_eq!(answer.for_model(), "Ist das richtig? (call it again with the token abc)");
    }

    #[test]
    fn every_outcome_has_a_place_of_its_own() {
        use FunctionErrorKind as Kind;
        let kinds = [
            Kind::UnknownFunction,
            Kind::InvalidArguments,
            Kind::NotAllowed,
            Kind::Unavailable,
            Kind::Refused,
            Kind::Conflict,
            Kind::TooLate,
            Kind::NotVerified,
            Kind::Busy,
            Kind::LimitReached,
            Kind::Broken,
        ];
        let failures = kinds.map(|kind| Outcome::Failed(FunctionError::new(kind, "")));
        let answers = [Outcome::Answered(Answer::say("")), Outcome::Asked(Answer::say(""))];
        let places: Vec<_> = answers.iter().chain(&failures).map(Outcome::place).collect();
        assert_eq!(places, (0..Outcome::PLACES).collect::<Vec<_>>());
    }
}
