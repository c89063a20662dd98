//! One binary for all integration tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests fail loudly")]

mod bad_input;
mod batches;
mod bulk;
mod bulk_troubles;
mod canary;
mod changes;
mod connections;
mod cuts;
mod dependencies;
mod execute;
mod files;
mod http;
mod logins;
mod memory;
mod metadata;
mod odd_answers;
mod org;
#[path = "../../../examples/shared/org_needs.rs"]
#[allow(dead_code, reason = "looking at an org is the example's own part")]
mod org_needs;
#[path = "../../../examples/shared/org_provision.rs"]
mod org_provision;
mod outage;
mod paging;
#[cfg(feature = "streaming")]
mod peers;
mod pool;
mod provision;
mod public_api;
mod readme;
mod redaction;
mod refresh;
mod resources;
mod scripted;
mod sessions;
mod set_up;
mod soql;
mod sosl;
#[cfg(feature = "streaming")]
mod streaming;
mod sweep;
mod token_cache;
mod trust;
mod values;
mod whole_org;
