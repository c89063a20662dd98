//! Rows that a write holds, and writes that wait for them.

use std::{
    collections::HashSet,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use tokio::{sync::Notify, time::Instant};

use super::lock;
use crate::{
    error::{ApiError, Code},
    http::{Body, Request, Route},
    id::RecordId,
};

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
        let rows = rows(request);
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

/// What a write touches: every record its path or its body names, parents too, and the keys it upserts by.
fn rows(request: &Request) -> Vec<String> {
    if request.method == http::Method::GET || request.method == http::Method::HEAD {
        return Vec::new();
    }
    let mut rows = HashSet::new();
    match &request.route {
        Route::Record { id, .. } => rows.extend(row(id)),
        Route::Keyed { object, field, value } => {
            rows.insert(format!("{object}.{field}={value}").to_lowercase());
        }
        _ => {}
    }
    for (_, value) in &request.query {
        rows.extend(value.split(',').filter_map(row));
    }
    match &request.body {
        Body::Json(body) => named(body, &mut rows),
        Body::Raw { .. } | Body::Form(_) => {
            if let Ok(fields) = request.fields() {
                named(&Value::Object(fields), &mut rows);
            }
        }
    }
    rows.into_iter().collect()
}

fn row(text: &str) -> Option<String> {
    RecordId::parse(text).map(|id| id.to_string())
}

fn named(value: &Value, rows: &mut HashSet<String>) {
    match value {
        // A subrequest's URL names records too.
        Value::String(text) => rows.extend(text.split(['/', '?']).filter_map(row)),
        Value::Array(items) => items.iter().for_each(|item| named(item, rows)),
        Value::Object(fields) => fields.values().for_each(|field| named(field, rows)),
        _ => {}
    }
}

pub(super) fn locked() -> ApiError {
    ApiError::new(Code::UnableToLockRow, "unable to obtain exclusive access to this record")
        .on_fields::<String>([])
}

/// A real org waits ten seconds.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);
