//! Rows that a write holds, and writes that wait for them.

use std::{
    collections::HashSet,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use super::{lock, named};
use crate::{engine::locked, error::ApiError, http::Request, id::RecordId};

/// The rows that are held, and for how long writes hold theirs and wait for others.
#[derive(Debug)]
pub(crate) struct RowLocks {
    held: Mutex<HashSet<String>>,
    freed: Notify,
    times: Mutex<Times>,
    /// Until someone asks for locks, no request is searched for rows.
    in_use: AtomicBool,
}

#[derive(Clone, Copy, Debug)]
struct Times {
    hold: Duration,
    timeout: Duration,
}

impl Default for RowLocks {
    fn default() -> Self {
        Self {
            held: Mutex::default(),
            freed: Notify::new(),
            times: Mutex::new(Times { hold: Duration::ZERO, timeout: LOCK_TIMEOUT }),
            in_use: AtomicBool::new(false),
        }
    }
}

impl RowLocks {
    pub(crate) fn set_times(&self, hold: Duration, timeout: Duration) {
        *lock(&self.times) = Times { hold, timeout };
        self.in_use.store(true, Ordering::Relaxed);
    }

    /// Holds a row until it is freed.
    pub(crate) fn seize(&self, id: RecordId) -> String {
        self.in_use.store(true, Ordering::Relaxed);
        let row = id.to_string();
        lock(&self.held).insert(row.clone());
        row
    }

    pub(crate) fn free<'a>(&self, rows: impl IntoIterator<Item = &'a String>) {
        let mut held = lock(&self.held);
        for row in rows {
            held.remove(row);
        }
        drop(held);
        self.freed.notify_waiters();
    }

    /// Takes the rows that a request writes, and gives up when they are not free in time.
    pub(super) async fn take(&self, request: &Request) -> Result<Taken<'_>, ApiError> {
        let mut taken = Taken { locks: self, rows: Vec::new() };
        if !self.in_use.load(Ordering::Relaxed) {
            return Ok(taken);
        }
        let rows = named::written_rows(request);
        let Times { hold, timeout } = *lock(&self.times);
        let deadline = Instant::now() + timeout;
        loop {
            // Whoever frees a row after this line wakes this request.
            let freed = self.freed.notified();
            if self.try_take(&rows) {
                break;
            }
            if tokio::time::timeout_at(deadline, freed).await.is_err() {
                return Err(locked());
            }
        }
        taken.rows = rows;
        if !taken.rows.is_empty() && !hold.is_zero() {
            tokio::time::sleep(hold).await;
        }
        Ok(taken)
    }

    fn try_take(&self, rows: &[String]) -> bool {
        let mut held = lock(&self.held);
        let free = rows.iter().all(|row| !held.contains(row));
        if free {
            held.extend(rows.iter().cloned());
        }
        free
    }
}

/// Rows that a request holds.
pub(super) struct Taken<'a> {
    locks: &'a RowLocks,
    rows: Vec<String>,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if !self.rows.is_empty() {
            self.locks.free(&self.rows);
        }
    }
}

/// A real org waits ten seconds.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);
