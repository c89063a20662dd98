#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

pub mod auth;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "client")]
pub mod endpoint;
#[cfg(feature = "client")]
pub mod error;
#[cfg(feature = "client")]
pub mod form;
#[cfg(feature = "client")]
pub mod host;
#[cfg(feature = "webhook")]
pub mod origin;
pub mod phone;
#[cfg(feature = "client")]
pub mod request;
#[cfg(feature = "client")]
pub mod resource;
#[cfg(feature = "client")]
pub mod response;
#[cfg(feature = "client")]
pub mod retry;
pub mod sid;
#[cfg(feature = "webhook")]
pub mod signature;
#[cfg(feature = "client")]
pub mod transport;
#[cfg(feature = "twiml")]
pub mod twiml;

#[cfg(feature = "client")]
mod lenient;
#[cfg(feature = "client")]
mod open_word;

pub use auth::AuthToken;
#[cfg(feature = "client")]
pub use auth::Credentials;
#[cfg(feature = "client")]
pub use client::Client;
#[cfg(feature = "client")]
pub use error::{Error, Result};
pub use phone::E164;
pub use sid::{AccountSid, CallSid};
#[cfg(feature = "webhook")]
pub use signature::WebhookVerifier;
