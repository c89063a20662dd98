//! Suites that hold a journal, a store or a sink of your own to its contract.
//!
//! Each suite is a list of rules. A rule is checked on a fresh journal, store or sink, and a broken one names itself and
//! what was seen.
//!
//! ```
//! use voice_crm_outbox::{conformance, journal::MemoryJournal};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), conformance::Violation> {
//! conformance::journal(|| async { MemoryJournal::new() }).await?;
//! # Ok(()) }
//! ```
//!
//! A test harness that makes one test of each rule walks through [`journal::rules`], [`store::rules`] or
//! [`sink::rules`].

use crate::{journal::Journal, store::Store};
pub use rule::{Rule, Violation};
pub use sink::SinkUnderTest;

pub mod journal;
mod rule;
pub mod sink;
pub mod store;

/// Checks every rule of the contract of [`Journal`], each on a journal that `make` makes.
///
/// # Errors
/// The first [`Violation`].
pub async fn journal<J, M, F>(make: M) -> Result<(), Violation>
where
    J: Journal,
    M: Fn() -> F + Send + Sync,
    F: Future<Output = J> + Send,
{
    for rule in journal::rules() {
        rule.check(&make().await).await?;
    }
    Ok(())
}

/// Checks every rule of the contract of [`Store`], each on a store that `make` makes.
///
/// # Errors
/// The first [`Violation`].
pub async fn store<S, M, F>(make: M) -> Result<(), Violation>
where
    S: Store,
    M: Fn() -> F + Send + Sync,
    F: Future<Output = S> + Send,
{
    for rule in store::rules() {
        rule.check(&make().await).await?;
    }
    Ok(())
}

/// Checks every rule of the contract of [`Sink`](crate::Sink), each on a sink with a far end of its own, which `make`
/// makes.
///
/// # Errors
/// The first [`Violation`].
pub async fn sink<M, F>(make: M) -> Result<(), Violation>
where
    M: Fn() -> F + Send + Sync,
    F: Future<Output = SinkUnderTest> + Send,
{
    for rule in sink::rules() {
        rule.check(&make().await).await?;
    }
    Ok(())
}
