//! Codes that are sent to a telephone and come back in the caller's mouth.

use async_trait::async_trait;

use crate::{crm::CrmError, deadline::Deadline, phone::PhoneNumber};

#[cfg(feature = "twilio")]
mod twilio;

#[cfg(feature = "twilio")]
pub use twilio::TwilioVerify;

/// What became of a code that was said.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CodeCheck {
    /// It is the one that was sent.
    Right,
    /// It is another one.
    Wrong,
    /// No code is out for this number any more: it was used, or too old, or guessed at too often.
    Expired,
}

/// Sends codes by text message and checks what comes back.
///
/// The bridge sends them to numbers that the CRM has on file, never to one that a caller gives.
#[async_trait]
pub trait CodeSender: Send + Sync + 'static {
    /// Sends a code, once.
    ///
    /// # Errors
    /// [`CrmError`] of the kinds a CRM has; one that may have taken effect is not repeated.
    async fn send(&self, to: &PhoneNumber, deadline: Deadline) -> Result<(), CrmError>;

    /// Checks a code.
    ///
    /// # Errors
    /// [`CrmError`] when it could not be checked.
    async fn check(&self, to: &PhoneNumber, code: &str, deadline: Deadline) -> Result<CodeCheck, CrmError>;
}
