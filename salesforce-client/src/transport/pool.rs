//! `Pool`: connections that wait for their next request.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::Uri;
use http::uri::{Authority, Scheme};
use tokio::runtime::{self, Handle};

use super::connection::Connection;

/// How many connections wait at most; beyond it the one that has waited longest is closed.
const MOST: usize = 64;

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
    /// The runtime that hears of what arrives: on another one, while nobody drives this, an answer would never come.
    runtime: Option<runtime::Id>,
}

impl Pool {
    /// The connection to `origin` that was used last in this runtime; those that waited as long as `longest` are closed.
    pub(super) fn take(&self, origin: &Origin, longest: Duration) -> Option<Connection> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        close_old(&mut idle, Instant::now(), longest);
        let runtime = current();
        let at = idle.iter().rposition(|idle| idle.origin == *origin && idle.runtime == runtime)?;
        Some(idle.remove(at).connection)
    }

    /// Keeps a connection for the next request, and closes those that have waited as long as `longest`.
    pub(super) fn put(&self, origin: Origin, connection: Connection, longest: Duration) {
        let since = Instant::now();
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        close_old(&mut idle, since, longest);
        if longest.is_zero() {
            return;
        }
        if idle.len() == MOST {
            idle.remove(0);
        }
        idle.push(Idle { origin, connection, since, runtime: current() });
    }
}

fn close_old(idle: &mut Vec<Idle>, now: Instant, longest: Duration) {
    let over = idle.partition_point(|idle| now.duration_since(idle.since) >= longest);
    idle.drain(..over);
}

fn current() -> Option<runtime::Id> {
    Handle::try_current().ok().map(|handle| handle.id())
}
