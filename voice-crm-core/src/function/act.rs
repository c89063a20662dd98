//! What a platform is asked to do with the call beside saying something.

use std::fmt;

use super::Dtmf;
use crate::{crm::RecordRef, phone::PhoneNumber};

/// What becomes of the call.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Act {
    /// The caller is connected to somebody.
    Transfer(Box<Transfer>),
    /// The call ends once the answer was spoken.
    EndCall,
}

/// Whom the caller is connected to, and what that person should know.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct Transfer {
    /// Where the call goes.
    pub to: Destination,
    /// Why, in a sentence for the person who takes it.
    pub reason: String,
    /// The record that should stand on that person's screen.
    pub pop: Option<RecordRef>,
}

impl Transfer {
    /// A transfer with its reason.
    pub fn new(to: Destination, reason: impl Into<String>) -> Self {
        Self { to, reason: reason.into(), pop: None }
    }

    /// With the record that should stand on the screen of whoever takes the call.
    #[must_use]
    pub fn pop(mut self, record: Option<RecordRef>) -> Self {
        self.pop = record;
        self
    }
}

impl fmt::Debug for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfer").field("to", &self.to).field("pop", &self.pop).finish_non_exhaustive()
    }
}

/// Where a call can go.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum Destination {
    /// A telephone.
    Number(PhoneNumber),
    /// A telephone with keys to press once it has answered: an extension, or the way through a menu.
    Extension(PhoneNumber, Dtmf),
    /// A SIP address, such as `sip:desk@example.com`.
    Sip(String),
    /// A queue of the platform, by the name it has there.
    Queue(String),
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number(_) => "Number(..)",
            Self::Extension(..) => "Extension(..)",
            Self::Sip(_) => "Sip(..)",
            Self::Queue(_) => "Queue(..)",
        })
    }
}
