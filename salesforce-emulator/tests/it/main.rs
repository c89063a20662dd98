//! The org over real HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests fail loudly")]

mod caller;
mod composite;
mod cut_proxy;
mod errors;
mod faults;
mod files;
mod oauth;
mod query;
mod records;
mod relationships;
mod schema;
mod traffic;
mod upsert;
