//! The messages of a call's `WebSocket`s: Media Streams, which carry sound, and `ConversationRelay`, which
//! carries text.
//!
//! Nothing here reads a socket: text comes in and text goes out, with any WebSocket library. A message of a
//! kind that this version does not know, or that lacks what its kind should have, is kept whole as `Unknown`;
//! fields that are not known are kept in `extra`. A strict reader would end calls over them.
//!
//! - Proving that a handshake is Twilio's: [`WebhookVerifier`](crate::WebhookVerifier) on the `wss` URL.
//! - [`media`]: events and commands of Media Streams.
//! - [`playback`]: what the caller has heard so far, and barging in.
//! - [`relay`]: events and commands of `ConversationRelay`.
//! - [`mulaw`]: the sound itself.

mod fields;
pub mod media;
pub mod mulaw;
pub mod playback;
pub mod relay;

pub use self::fields::InvalidMessage;
