//! What Twilio does with a call once it is answered: exactly one of three sources.

use std::fmt;

use url::Url;

use crate::form::Form;
use crate::sid::ApplicationSid;
use crate::word::CallbackMethod;

/// Where a new call gets its `TwiML` from.
#[derive(Clone)]
#[non_exhaustive]
pub enum Instruction {
    /// Something that a call in progress can be taken to as well.
    New(NewInstruction),
    /// The webhooks of an application; its callbacks stand in for those of the request.
    Application(ApplicationSid),
}

/// Where a call gets its next `TwiML` from.
#[derive(Clone)]
#[non_exhaustive]
pub enum NewInstruction {
    /// A webhook that answers with it.
    Url(Url, CallbackMethod),
    /// The `TwiML` itself, 4000 characters at most.
    Twiml(String),
}

impl Instruction {
    /// The given `TwiML`.
    pub fn twiml(twiml: impl Into<String>) -> Self {
        Self::New(NewInstruction::twiml(twiml))
    }

    pub(super) fn write(self, form: &mut Form) {
        match self {
            Self::New(instruction) => instruction.write(form),
            Self::Application(application) => form.set("ApplicationSid", application.as_str()),
        }
    }
}

impl NewInstruction {
    /// The given `TwiML`.
    pub fn twiml(twiml: impl Into<String>) -> Self {
        Self::Twiml(twiml.into())
    }

    pub(super) fn write(self, form: &mut Form) {
        match self {
            Self::Url(url, method) => {
                form.set("Url", url);
                form.set("Method", method.as_str());
            }
            Self::Twiml(twiml) => form.set("Twiml", twiml),
        }
    }
}

impl From<Url> for NewInstruction {
    fn from(url: Url) -> Self {
        Self::Url(url, CallbackMethod::Post)
    }
}

impl From<Url> for Instruction {
    fn from(url: Url) -> Self {
        Self::New(url.into())
    }
}

impl From<NewInstruction> for Instruction {
    fn from(instruction: NewInstruction) -> Self {
        Self::New(instruction)
    }
}

impl From<ApplicationSid> for Instruction {
    fn from(application: ApplicationSid) -> Self {
        Self::Application(application)
    }
}

impl fmt::Debug for NewInstruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Url(..) => "Url(redacted)",
            Self::Twiml(_) => "Twiml(redacted)",
        })
    }
}

impl fmt::Debug for Instruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New(instruction) => instruction.fmt(f),
            Self::Application(application) => application.fmt(f),
        }
    }
}
