//! The org over real HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests fail loudly")]

mod apex;
mod bulk;
mod caller;
mod changes;
mod clauses;
mod collections;
mod composite;
mod crowds;
mod cut_proxy;
mod errors;
mod faults;
mod files;
mod flows;
mod functions;
mod graphs;
mod groups;
mod held_faults;
mod metadata;
mod numbers;
mod oauth;
mod oauth_faults;
mod org_file;
mod query;
mod records;
mod relationships;
mod schema;
mod search;
mod streaming;
mod streaming_faults;
mod subqueries;
mod tooling;
mod traffic;
mod upsert;
mod urls;
