//! The tests of the outbox at its seams: every journal, and sinks that fail in every way.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test that cannot go on shall stop where it stands"
)]

mod conformance;
mod journals;
mod model;
mod outbox;
