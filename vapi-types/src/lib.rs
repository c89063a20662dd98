#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod analysis;
pub mod artifact;
pub mod assistant;
pub mod call;
#[cfg(feature = "client")]
pub mod client;
pub mod compliance;
pub mod cost;
pub mod customer;
pub mod destination;
#[cfg(feature = "encryption")]
pub mod encryption;
pub mod ended_reason;
pub mod error;
pub mod message;
pub mod model;
pub mod phone_number;
pub mod record;
pub mod reply;
pub mod server;
pub mod tool;
pub mod transcriber;
pub mod voice;
pub mod webhook;
mod wire;

pub use error::{DecodeError, DecodeErrorKind};
pub use message::ServerMessage;
pub use wire::{DecodeIssue, Extra, Raw, UnexpectedField, without_lone_surrogates};
