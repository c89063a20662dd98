//! What a function call comes to: one outcome for each, with separate words for the caller and the operator.

use std::{borrow::Cow, fmt};

use super::Act;
use crate::{
    crm::CrmError,
    phrase::{self, Language, Phrasebook, Speech},
    service_error::{Service, ServiceError, ServiceErrorKind},
};

/// What the voice agent gets to say or to work with, and what becomes of the call.
#[derive(Clone, Eq, PartialEq)]
pub struct Answer {
    speech: Speech,
    act: Option<Act>,
}

impl Answer {
    /// What can be spoken: a [`Phrase`](crate::phrase::Phrase), which is said in the language of the call, or
    /// words as they are.
    pub fn say(speech: impl Into<Speech>) -> Self {
        Self { speech: speech.into(), act: None }
    }

    /// And then do this with the call, as far as the platform can.
    #[must_use]
    pub fn then(mut self, act: Act) -> Self {
        self.act = Some(act);
        self
    }

    /// With words behind it that are for the model and not for the caller.
    pub(crate) fn aside(self, words: String) -> Self {
        Self { speech: self.speech.aside(words), ..self }
    }

    /// What is to be done with the call.
    pub fn act(&self) -> Option<&Act> {
        self.act.as_ref()
    }

    /// The words: those that were spoken, or else English.
    pub fn text(&self) -> Cow<'_, str> {
        self.speech.english()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("speech", &self.speech).field("act", &self.act).finish()
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

/// A function call that came to nothing, in two channels: what may be said, and what is for the operator.
#[derive(Clone, Eq, PartialEq)]
pub struct FunctionError {
    kind: FunctionErrorKind,
    say: Speech,
}

impl FunctionError {
    /// A failure of a kind, with the sentence that the caller may hear or the model may act on.
    pub fn new(kind: FunctionErrorKind, say: impl Into<Speech>) -> Self {
        Self { kind, say: say.into() }
    }

    /// Arguments that do not fit.
    pub fn invalid_argument(field: &str, allowed: &str) -> Self {
        Self::new(FunctionErrorKind::InvalidArguments, format!("{field}: {allowed}"))
    }

    /// The class of failure.
    pub fn kind(&self) -> FunctionErrorKind {
        self.kind
    }

    /// The sentence that the caller may hear: as it was spoken, or else in English.
    pub fn say(&self) -> Cow<'_, str> {
        self.say.english()
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

impl std::error::Error for FunctionError {}

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
        book.put(
            match self {
                Self::Answered(answer) | Self::Asked(answer) => &mut answer.speech,
                Self::Failed(error) => &mut error.say,
            },
            language,
        );
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
