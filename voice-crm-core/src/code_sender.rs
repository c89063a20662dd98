//! Codes that are sent to a telephone, for the caller to read out.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{deadline::Deadline, phone::PhoneNumber, service_error::ServiceError};

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
}

/// Sends codes by text message and checks what comes back.
///
/// The bridge sends them to numbers that the CRM has on file, never to one that a caller gives.
#[async_trait]
pub trait CodeSender: Send + Sync + 'static {
    /// Sends a code, once.
    ///
    /// # Errors
    /// [`ServiceError`] of the service [`Codes`](crate::service_error::Service::Codes):
    /// [`Locked`](crate::service_error::ServiceErrorKind::Locked) when too many codes were sent to this number. What
    /// may have taken effect is not repeated.
    async fn send(&self, to: &PhoneNumber, deadline: Deadline) -> Result<(), ServiceError>;

    /// Checks a code.
    ///
    /// # Errors
    /// [`ServiceError`] of the service [`Codes`](crate::service_error::Service::Codes):
    /// [`Expired`](crate::service_error::ServiceErrorKind::Expired) when no code is valid for this number any more,
    /// [`Locked`](crate::service_error::ServiceErrorKind::Locked) when too many codes were tried.
    async fn check(
        &self,
        to: &PhoneNumber,
        code: &str,
        deadline: Deadline,
    ) -> Result<CodeCheck, ServiceError>;
}

macro_rules! forward {
    ($($pointer:ident),+) => { $(
        #[async_trait]
        impl<T: CodeSender + ?Sized> CodeSender for $pointer<T> {
            async fn send(&self, to: &PhoneNumber, deadline: Deadline) -> Result<(), ServiceError> {
                (**self).send(to, deadline).await
            }

            async fn check(
                &self,
                to: &PhoneNumber,
                code: &str,
                deadline: Deadline,
            ) -> Result<CodeCheck, ServiceError> {
                (**self).check(to, code, deadline).await
            }
        }
    )+ };
}

forward!(Arc, Box);
