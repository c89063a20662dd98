//! `Pool`: connections that wait for their next request.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::Uri;
use http::uri::{Authority, Scheme};

use super::connection::Connection;

/// Where a connection leads.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Origin {
    pub(super) scheme: Scheme,
    pub(super) authority: Authority,
}

impl Origin {
    /// The origin of an address that has one.
    pub(super) fn of(address: &Uri) -> Option<Self> {
        Some(Self { scheme: address.scheme()?.clone(), authority: address.authority()?.clone() })
    }
}

/// Idle connections, the one that was used last at the end.
#[derive(Default)]
pub(super) struct Pool(Mutex<Vec<Idle>>);

struct Idle {
    origin: Origin,
    connection: Connection,
    since: Instant,
}

impl Pool {
    /// The connection to `origin` that was used last, unless that is as long ago as `longest`.
    pub(super) fn take(&self, origin: &Origin, longest: Duration) -> Option<Connection> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = idle.iter().rposition(|idle| idle.origin == *origin)?;
        if idle[at].since.elapsed() < longest {
            return Some(idle.remove(at).connection);
        }
        // Those before it are older.
        idle.retain(|idle| idle.origin != *origin);
        None
    }

    /// Keeps a connection for the next request, and closes those that have waited as long as `longest`.
    pub(super) fn put(&self, origin: Origin, connection: Connection, longest: Duration) {
        let since = Instant::now();
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let over = idle.partition_point(|idle| since.duration_since(idle.since) >= longest);
        idle.drain(..over);
        idle.push(Idle { origin, connection, since });
    }
}
