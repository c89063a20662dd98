//! Text messages: writes that a messenger takes and not the CRM.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    crm::{NewText, Receipt},
    deadline::Deadline,
    service_error::ServiceError,
};

pub(crate) mod sink;
#[cfg(feature = "twilio")]
mod twilio;

#[cfg(feature = "twilio")]
pub use twilio::TwilioMessenger;

/// Sends text messages.
#[async_trait]
pub trait Messenger: Send + Sync + 'static {
    /// Sends a message, and never a second one: with `may_have_applied` an earlier attempt may have sent it without our
    /// hearing of it, so it is looked for first.
    ///
    /// # Errors
    /// [`ServiceError`] of the service [`Texts`](crate::service_error::Service::Texts); the outbox repeats what can
    /// succeed later.
    async fn send(
        &self,
        text: &NewText,
        may_have_applied: bool,
        deadline: Deadline,
    ) -> Result<Receipt, ServiceError>;
}

macro_rules! forward {
    ($($pointer:ident),+) => { $(
        #[async_trait]
        impl<T: Messenger + ?Sized> Messenger for $pointer<T> {
            async fn send(
                &self,
                text: &NewText,
                may_have_applied: bool,
                deadline: Deadline,
            ) -> Result<Receipt, ServiceError> {
                (**self).send(text, may_have_applied, deadline).await
            }
        }
    )+ };
}

forward!(Arc, Box);
