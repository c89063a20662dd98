//! One binary for all integration tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests fail loudly")]

mod canary;
mod cuts;
mod execute;
mod http;
mod org;
mod paging;
mod public_api;
mod redaction;
mod scripted;
mod sessions;
mod set_up;
mod soql;
mod token_cache;
