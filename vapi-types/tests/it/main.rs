//! What the crate promises, checked from outside.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests fail loudly")]

#[cfg(feature = "client")]
mod client;
#[cfg(feature = "encryption")]
mod encryption;
mod fixtures;
mod kinds;
mod lenience;
mod official;
mod oracle;
mod outbound;
mod record;
mod redaction;
mod tool_calls;
mod webhook;
