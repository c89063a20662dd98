//! The file's tables, and everything that must be right before it is used.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

/// The first release of SQLite without the WAL-reset bug ("Write-Ahead Logging", sqlite.org).
const OLDEST_SQLITE: i32 = 3_051_003;

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS entry (
    sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
    key         BLOB NOT NULL UNIQUE,
    digest      BLOB NOT NULL,
    lane        TEXT NOT NULL,
    state       INTEGER NOT NULL DEFAULT 0,   -- 0 pending, 1 done, 2 dead, 3 discarded
    kind        TEXT NOT NULL,
    body        TEXT,                         -- the write; dropped when it is done
    outcome     TEXT,                         -- the receipt, or the reason it is dead
    attempts    INTEGER NOT NULL DEFAULT 0,
    may_exist   INTEGER NOT NULL DEFAULT 0,
    accepted_at INTEGER NOT NULL,             -- milliseconds since 1970
    settled_at  INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS entry_lane ON entry (lane, state, sequence);
CREATE INDEX IF NOT EXISTS entry_settled ON entry (state, settled_at);
-- A lane is here as long as a write of it is pending.
CREATE TABLE IF NOT EXISTS lane (
    lane    TEXT PRIMARY KEY,
    epoch   INTEGER NOT NULL,
    head    INTEGER,                          -- the entry that is out on a lease
    free_at INTEGER NOT NULL                  -- the end of the lease, or when the next try is due
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS lane_free ON lane (free_at);
-- The last epoch that was given to a lease.
CREATE TABLE IF NOT EXISTS epoch (last INTEGER NOT NULL) STRICT;
INSERT INTO epoch (last) SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM epoch);
";

/// Whatever was leased belongs to a process that is gone: its outcome is unknown, and it is due now.
const RECOVER: &str = "
UPDATE entry SET may_exist = 1 WHERE sequence IN (SELECT head FROM lane);
UPDATE lane SET head = NULL, free_at = 0;
";

/// Opens the file for this process alone. The error is a sentence for the operator.
pub(super) fn open(path: &Path, page_limit: Option<u32>) -> Result<Connection, String> {
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
    if let Some(pages) = page_limit {
        connection.pragma_update(None, "max_page_count", pages).map_err(|error| explain(&error))?;
    }
    Ok(connection)
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
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(&format!("BEGIN IMMEDIATE; {TABLES} {RECOVER} COMMIT;"))
}

fn explain(error: &rusqlite::Error) -> String {
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
        _ => error.to_string(),
    }
}
