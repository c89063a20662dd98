//! Everything that takes more than one file of the crate.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests fail loudly")]

#[cfg(feature = "client")]
mod api;
#[cfg(feature = "webhook")]
mod callback;
#[cfg(all(feature = "client", feature = "webhook", feature = "twiml"))]
mod callback_recipe;
#[cfg(feature = "client")]
mod exchange;
#[cfg(feature = "taskrouter")]
mod fake;
#[cfg(feature = "client")]
mod live;
#[cfg(feature = "client")]
mod oauth;
#[cfg(all(feature = "webhook", feature = "twiml", feature = "stream"))]
mod oracle;
#[cfg(feature = "client")]
mod pages;
#[cfg(feature = "client")]
mod policy;
#[cfg(all(
    feature = "flex",
    feature = "studio",
    feature = "sync",
    feature = "taskrouter",
    feature = "verify"
))]
mod prism;
#[cfg(feature = "webhook")]
mod received;
#[cfg(all(feature = "client", feature = "webhook", feature = "twiml"))]
mod recipe;
#[cfg(feature = "taskrouter")]
mod remembered;
#[cfg(feature = "client")]
mod resources;
#[cfg(feature = "client")]
mod scripted;
#[cfg(feature = "client")]
mod silence;
#[cfg(feature = "client")]
mod specification;
#[cfg(feature = "stream")]
mod stream;
#[cfg(feature = "studio")]
mod studio;
#[cfg(feature = "taskrouter")]
mod taskrouter;
#[cfg(feature = "twiml")]
mod twiml;
#[cfg(feature = "client")]
mod unmodelled;
#[cfg(feature = "webhook")]
mod vectors;
#[cfg(feature = "webhook")]
mod webhook;
