//! One binary for all integration tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests fail loudly")]

mod batches;
mod bulk;
mod canary;
mod changes;
mod cuts;
mod execute;
mod files;
mod http;
mod logins;
mod org;
mod paging;
mod pool;
mod public_api;
mod redaction;
mod refresh;
mod resources;
mod scripted;
mod sessions;
mod set_up;
mod soql;
mod sosl;
mod token_cache;
