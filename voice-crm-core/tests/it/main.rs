//! The tests of the bridge at its seams: real files, a real org on loopback, real HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test that cannot go on shall stop where it stands"
)]

mod allocations;
mod bad_input;
mod calls;
mod client_repeats;
#[cfg(unix)]
#[allow(dead_code, reason = "the tests of the outbox need more of it")]
#[path = "../../../voice-crm-outbox/tests/it/cluster.rs"]
mod cluster;
mod confirmation;
mod dead_jobs;
mod desk;
mod full_disk;
mod functions;
mod held_up;
mod house;
mod http;
mod inner_store;
mod language;
mod large_reports;
mod live;
mod manifest;
mod own_functions;
mod own_objects;
mod pages;
mod policy;
#[cfg(unix)]
#[allow(dead_code, reason = "the tests of the outbox need more of it")]
#[path = "../../../voice-crm-outbox/tests/it/private_postgres.rs"]
mod private_postgres;
mod repeats;
mod scale;
mod screen;
mod seams;
mod serve;
mod served;
#[cfg(unix)]
mod shared_budget;
mod signed_url;
mod silence;
mod slow_journal;
mod stage;
mod stall;
mod strangers;
mod trouble;
mod unknown_callers;
mod wrong_setups;
