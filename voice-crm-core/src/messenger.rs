//! Text messages: writes that a messenger takes and not the CRM.

use async_trait::async_trait;

use crate::{
    crm::{CrmError, NewText, Receipt},
    deadline::Deadline,
};

#[cfg(feature = "twilio")]
pub(crate) mod twilio;

#[cfg(feature = "twilio")]
pub use twilio::TwilioMessenger;

/// Sends text messages.
#[async_trait]
pub trait Messenger: Send + Sync + 'static {
    /// Sends a message, and never a second one: with `may_exist` an earlier try may have sent it without our
    /// hearing of it, so it is looked for first.
    ///
    /// # Errors
    /// [`CrmError`] of the kinds a CRM has; the writer repeats it as it repeats a write.
    async fn send(&self, text: &NewText, may_exist: bool, deadline: Deadline) -> Result<Receipt, CrmError>;
}
