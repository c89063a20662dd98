//! Transfers, as the small machines that they are: events go in, and what is to be done comes out.
//!
//! Nothing here waits or sends by itself. An event that comes twice or late changes nothing, and whoever loses the
//! race against a hang-up is told so as an outcome, not as an error.
//!
//! - [`warm`]: caller, assistant and agent in one conference; the assistant briefs the agent, then leaves, coaches
//!   or listens.
//! - [`cold`]: the call is taken elsewhere, whoever answers there.
//! - [`callback`]: we ring back later, in hours that suit, agent or customer first.
//! - [`voicemail`]: nobody answered, and the caller leaves a message.

#[cfg(feature = "twiml")]
pub mod callback;
pub mod cold;
#[cfg(feature = "twiml")]
pub mod voicemail;
pub mod warm;
