//! Integration tests of the outbox.

#[cfg(unix)]
mod cluster;
#[cfg(unix)]
mod postgres;
#[cfg(unix)]
mod private_postgres;
