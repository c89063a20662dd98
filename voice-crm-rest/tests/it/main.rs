//! The loop, against a script on paused time and over real HTTP on the loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests fail loudly")]

mod authorize;
mod download;
mod exchange;
mod pages;
mod policy;
mod rota;
mod silence;
