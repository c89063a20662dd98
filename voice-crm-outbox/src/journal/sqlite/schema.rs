//! The file's tables, and everything that must be right before it is used.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{
    lanes::{Counted, LaneState, Lanes},
    store::Store,
};
use crate::journal::{Lane, payload::Payloads};

/// The first release of SQLite without the WAL-reset bug ("Write-Ahead Logging", sqlite.org).
const OLDEST_SQLITE: i32 = 3_051_003;

/// The layout of the tables below; a file with another one is refused.
const LAYOUT: i64 = 2;

const TABLES: &str = "
CREATE TABLE entry (
    sequence    INTEGER PRIMARY KEY,
    key         BLOB NOT NULL UNIQUE,
    digest      BLOB NOT NULL,
    lane        TEXT NOT NULL,
    state       INTEGER NOT NULL DEFAULT 0,   -- 0 pending, 1 done, 2 dead, 3 discarded
    kind        TEXT NOT NULL,
    body        ANY,                          -- the write; dropped when it is done
    outcome     ANY,                          -- the receipt, or the reason it is dead
    attempts    INTEGER NOT NULL DEFAULT 0,
    may_exist   INTEGER NOT NULL DEFAULT 0,
    out         INTEGER NOT NULL DEFAULT 0,   -- whether it was out on a lease
    accepted_at INTEGER NOT NULL,             -- milliseconds since 1970
    settled_at  INTEGER,
    caller      BLOB                          -- by what the writes of a person are found
) STRICT;
-- Each index holds only what is looked for by it, so that taking a write in touches two of them.
CREATE INDEX entry_pending ON entry (lane, sequence) WHERE state = 0;
CREATE INDEX entry_done ON entry (lane, sequence) WHERE state = 1;
CREATE INDEX entry_dead ON entry (sequence) WHERE state = 2;
CREATE INDEX entry_settled ON entry (settled_at) WHERE state IN (1, 3);
-- How often the file was opened.
CREATE TABLE opening (number INTEGER NOT NULL) STRICT;
INSERT INTO opening (number) VALUES (0);
";

/// Whatever was leased belongs to a process that is gone: its outcome is unknown.
const RECOVER: &str = "
UPDATE entry SET may_exist = 1, out = 0 WHERE state = 0 AND out = 1;
UPDATE opening SET number = number + 1;
";

/// Opens the file for this process alone. The error is a sentence for the operator.
pub(super) fn open(path: &Path, payloads: Payloads, page_limit: Option<u32>) -> Result<Store, String> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(format!(
            "SQLite {} can corrupt a write-ahead log; 3.51.3 or newer is needed",
            rusqlite::version()
        ));
    }
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    keep_private(path);
    let connection = Connection::open_with_flags(path, flags).map_err(|error| explain(&error))?;
    prepare(&connection).map_err(|error| explain(&error))?;
    create(&connection)?;
    let store = recover(connection, payloads).map_err(|error| explain(&error))?;
    if let Some(pages) = page_limit {
        store.connection.pragma_update(None, "max_page_count", pages).map_err(|error| explain(&error))?;
    }
    Ok(store)
}

/// Makes the file readable for its owner alone, before anything is in it.
fn keep_private(path: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // It may be there already, or not be possible; opening it says what is wrong.
    drop(options.open(path));
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: a commit returns after the fsync, which is the promise we make.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What is deleted is overwritten: callers' words do not stay behind in free pages.
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // In KiB. The keys are random, so the pages of their index are wanted all at a time.
    connection.pragma_update(None, "cache_size", -16_384)?;
    // The committer folds the log into the file when nobody waits for it.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Makes the tables, or sees that they are ours.
fn create(connection: &Connection) -> Result<(), String> {
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let layout = number("user_version").map_err(|error| explain(&error))?;
    // The schema of a new file has never been changed.
    let fresh = number("schema_version").map_err(|error| explain(&error))? == 0;
    if !fresh && layout != LAYOUT {
        return Err(format!(
            "its tables are of layout {layout}, and this release reads layout {LAYOUT}; \
             let the release that wrote it finish what is pending, then begin a new file"
        ));
    }
    if fresh {
        connection
            .execute_batch(&format!("BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {LAYOUT}; COMMIT;"))
            .map_err(|error| explain(&error))?;
    }
    Ok(())
}

/// Takes up what the process before left: all that is pending is due at once.
fn recover(connection: Connection, payloads: Payloads) -> rusqlite::Result<Store> {
    connection.execute_batch(&format!("BEGIN IMMEDIATE; {RECOVER} COMMIT;"))?;
    let mut lanes = Lanes::default();
    {
        let mut pending = connection
            .prepare("SELECT lane, count(*), min(sequence) FROM entry WHERE state = 0 GROUP BY lane")?;
        let mut rows = pending.query([])?;
        while let Some(row) = rows.next()? {
            let (pending, head) = (row.get::<_, i64>(1)?.unsigned_abs(), row.get(2)?);
            let state = LaneState { pending, head, out: None, free_at: 0 };
            lanes.set(&Lane::new(row.get::<_, String>(0)?), Some(state));
        }
        let mut kinds =
            connection.prepare("SELECT kind, count(*) FROM entry WHERE state = 0 GROUP BY kind")?;
        let mut rows = kinds.query([])?;
        while let Some(row) = rows.next()? {
            lanes.count(Counted::Pending(&row.get::<_, String>(0)?), row.get::<_, i64>(1)?.unsigned_abs());
        }
        let count =
            |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs);
        lanes.count(Counted::Done, count("SELECT count(*) FROM entry WHERE state = 1")?);
        lanes.count(Counted::Dead, count("SELECT count(*) FROM entry WHERE state = 2")?);
    }
    lanes.committed();
    let opening: i64 = connection.query_row("SELECT number FROM opening", [], |row| row.get(0))?;
    Ok(Store { connection, lanes, payloads, epoch: opening << 32 })
}

/// What is wrong, in a sentence for the operator.
pub(super) fn explain(error: &rusqlite::Error) -> String {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another process has it open; each process needs a file of its own".to_owned()
        }
        Some(ErrorCode::CannotOpen) => {
            "its folder is missing or may not be entered; create it first, or name another file".to_owned()
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            "the file may not be written; give this user the right to".to_owned()
        }
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            "it is not a SQLite file, or a broken one; move it away and restore a copy".to_owned()
        }
        Some(ErrorCode::DiskFull) => {
            "the disk is full, or the file has come to its limit; make room, and it goes on by itself"
                .to_owned()
        }
        Some(ErrorCode::SystemIoFailure) => {
            format!("the disk cannot be read or written ({error}); mend it, and it goes on by itself")
        }
        _ => error.to_string(),
    }
}
