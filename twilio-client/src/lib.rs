#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

#[cfg(feature = "client")]
mod ask;
#[cfg(any(feature = "client", feature = "webhook"))]
pub mod auth;
#[cfg(feature = "webhook")]
pub mod callback;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "client")]
mod described;
pub mod endpoint;
#[cfg(feature = "client")]
pub mod error;
#[cfg(feature = "client")]
pub mod form;
#[cfg(feature = "client")]
pub mod host;
#[cfg(feature = "webhook")]
pub mod origin;
#[cfg(feature = "client")]
mod pace;
#[cfg(feature = "client")]
pub mod page;
#[cfg(feature = "client")]
mod parameter;
pub mod phone;
#[cfg(all(feature = "client", feature = "webhook"))]
pub mod recipe;
#[cfg(feature = "client")]
pub mod request;
#[cfg(feature = "client")]
pub mod resource;
#[cfg(feature = "client")]
pub mod response;
#[cfg(feature = "client")]
mod service;
pub mod sid;
#[cfg(feature = "webhook")]
pub mod signature;
#[cfg(feature = "stream")]
pub mod stream;
#[cfg(feature = "twiml")]
pub mod twiml;
pub mod word;

#[cfg(feature = "client")]
mod lenient;
mod open_word;

#[cfg(any(feature = "client", feature = "webhook"))]
pub use auth::AuthToken;
#[cfg(feature = "client")]
pub use auth::Credentials;
#[cfg(feature = "client")]
pub use client::Client;
#[cfg(feature = "client")]
pub use error::{Error, Result};
pub use phone::E164;
#[cfg(feature = "client")]
pub use service::Twilio;
pub use sid::{AccountSid, CallSid};
#[cfg(feature = "client")]
pub use voice_crm_rest::{RetryPolicy, transport};
#[cfg(feature = "webhook")]
pub use {auth::SharedKey, signature::WebhookVerifier};
