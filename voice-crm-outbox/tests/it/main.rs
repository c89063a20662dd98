//! The tests of the outbox at its seams: real files, real servers, real time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test that cannot go on shall stop where it stands"
)]

#[cfg(unix)]
mod cluster;
mod conformance;
mod jobs;
mod journals;
mod model;
mod outbox;
#[cfg(unix)]
mod postgres;
#[cfg(unix)]
mod private_postgres;
mod sqlite;
mod torn;
