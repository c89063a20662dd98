//! The tests of the outbox at its seams: real files, real servers, real time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test that cannot go on shall stop where it stands"
)]

#[cfg(all(unix, feature = "postgres"))]
mod cluster;
mod conformance;
#[cfg(any(feature = "sqlite", all(unix, feature = "postgres")))]
mod jobs;
mod journals;
#[cfg(feature = "sqlite")]
mod lost_log;
mod model;
mod outbox;
#[cfg(all(unix, feature = "postgres"))]
mod postgres;
#[cfg(all(unix, feature = "postgres"))]
mod private_postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(feature = "sqlite")]
mod torn;
