//! The one error of the client, its kinds, and what Twilio says of it.

mod code;
mod refusal;

pub use voice_crm_rest::{ErrorKind, Retry, Verdict};

pub use self::code::ErrorCode;
pub use self::refusal::Refusal;

use crate::service::Twilio;

/// A call to Twilio that did not succeed.
///
/// `Display` and `Debug` name the call by the template of its path, the status, Twilio's code with the meaning we know
/// for it, and the request id. They never show Twilio's own message, which quotes numbers; the [`Refusal`] has it.
///
/// [`ErrorKind::Gone`] says that the call to act on is over: the other side won the race and hung up. Expect it.
pub type Error = voice_crm_rest::Error<Twilio>;

/// The result of a call to Twilio.
pub type Result<T, E = Error> = std::result::Result<T, E>;
