//! The file's tables, and everything that must be right before it is used.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig};

use super::{
    file::Store,
    lanes::{Counted, LaneState, Lanes},
    room::Room,
};
use crate::{
    Lane,
    journal::{FAILING_AFTER, payload::Payloads},
};

/// The first release of SQLite without the WAL-reset bug ("Write-Ahead Logging", sqlite.org), and with a checkpoint that
/// only tells the size of the log.
const OLDEST_SQLITE: i32 = 3_051_003;

/// What brings a file from one layout to the next; the number is that of the layout it makes. A step that was released
/// is never changed.
const STEPS: [(i64, &str); 2] = [(2, include_str!("schema_2.sql")), (3, include_str!("schema_3.sql"))];

/// Whatever was leased belongs to a process that is gone: its outcome is unknown.
const RECOVER: &str = "
UPDATE job SET may_have_applied = 1, leased = 0 WHERE state = 0 AND leased = 1;
UPDATE opening SET number = number + 1, closed = 0;
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
    // It may be there already, or not be possible; opening it says what is wrong.
    drop(keep_private(path));
    let log_is_missing = std::fs::metadata(log_of(path)).map_or(0, |log| log.len()) == 0;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| explain(&error))?;
    prepare(&connection).map_err(|error| explain(&error))?;
    migrate(&connection)?;
    let room = Room::take(path, page_limit);
    let store = recover(connection, payloads, room, log_is_missing).map_err(|error| explain(&error))?;
    store.room.limit_pages(&store.connection, false).map_err(|error| explain(&error))?;
    Ok(store)
}

/// The write-ahead log beside a file.
fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// Makes a new file that is readable for its owner alone, before anything is in it.
pub(super) fn keep_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: a commit returns after the fsync, which is the promise we make.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What is deleted is overwritten: what people said does not stay behind in free pages.
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // In KiB. The keys are random, so the pages of their index are wanted all at a time.
    connection.pragma_update(None, "cache_size", -16_384)?;
    // The committer folds the log into the file when nobody waits for it.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.set_prepared_statement_cache_capacity(64);
    // A plan does not depend on the values. Otherwise SQLite compiles some statements again for every value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Makes the tables, or brings those of an older release up to date.
fn migrate(connection: &Connection) -> Result<(), String> {
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let layout = number("user_version").map_err(|error| explain(&error))?;
    // The schema of a new file has never been changed.
    let fresh = number("schema_version").map_err(|error| explain(&error))? == 0;
    let (oldest, newest) = (STEPS[0].0, STEPS[STEPS.len() - 1].0);
    if !fresh && !(oldest..=newest).contains(&layout) {
        return Err(format!(
            "its tables are of layout {layout}, and this release reads layouts {oldest} to {newest}; \
             let the release that wrote it finish what is pending, then begin a new file"
        ));
    }
    for (makes, step) in STEPS.iter().filter(|(makes, _)| fresh || *makes > layout) {
        connection
            .execute_batch(&format!("BEGIN IMMEDIATE; {step} PRAGMA user_version = {makes}; COMMIT;"))
            .map_err(|error| explain(&error))?;
    }
    Ok(())
}

/// Takes up what the process before left: all that is pending is due at once.
fn recover(
    connection: Connection,
    payloads: Payloads,
    room: Room,
    log_is_missing: bool,
) -> rusqlite::Result<Store> {
    let closed: bool = connection.query_row("SELECT closed FROM opening", [], |row| row.get(0))?;
    if !closed && log_is_missing {
        tracing::error!(
            "the journal was not closed properly and its write-ahead log (the file ending in -wal) is gone: jobs that were \
             promised last may be lost; never move or delete one of the two files alone"
        );
    }
    connection.execute_batch(&format!("BEGIN IMMEDIATE; {RECOVER} COMMIT;"))?;
    // So that the file itself says that it is open.
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    let mut lanes = Lanes::default();
    {
        let mut pending = connection.prepare(
            "SELECT l.lane, l.pending, l.head, j.attempts FROM
             (SELECT lane, count(*) AS pending, min(sequence) AS head FROM job INDEXED BY job_pending
              WHERE state = 0 GROUP BY lane) l
             JOIN job j ON j.sequence = l.head",
        )?;
        let mut rows = pending.query([])?;
        while let Some(row) = rows.next()? {
            let (pending, head) = (row.get::<_, i64>(1)?.unsigned_abs(), row.get(2)?);
            let failing = row.get::<_, u32>(3)? >= FAILING_AFTER;
            let state = LaneState { pending, head, leased: None, free_at: 0, failing };
            lanes.set(&Lane::from_text(row.get::<_, String>(0)?), Some(state));
        }
        let mut kinds = connection.prepare(
            "SELECT lane, kind, count(*) FROM job INDEXED BY job_pending WHERE state = 0 GROUP BY lane, kind",
        )?;
        let mut rows = kinds.query([])?;
        while let Some(row) = rows.next()? {
            let (lane, kind) = (Lane::from_text(row.get::<_, String>(0)?), row.get::<_, String>(1)?);
            lanes.count(Counted::Pending(lane.sink(), &kind), row.get::<_, i64>(2)?.unsigned_abs());
        }
        let count =
            |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs);
        let dead = count("SELECT count(*) FROM job WHERE state = 2")?;
        // Counted by what they are not, since no index holds them.
        let others = count("SELECT count(*) FROM job WHERE state = 0")?
            + dead
            + count("SELECT count(*) FROM job WHERE state = 3")?;
        lanes.count(Counted::Done, count("SELECT count(*) FROM job")?.saturating_sub(others));
        lanes.count(Counted::Dead, dead);
    }
    lanes.committed();
    let opening: i64 = connection.query_row("SELECT number FROM opening", [], |row| row.get(0))?;
    let version: i64 =
        connection.query_row("SELECT coalesce(max(version), 0) FROM value", [], |row| row.get(0))?;
    let (epoch, version) = (opening << 32, version.max(opening << 32));
    Ok(Store { connection, lanes, payloads, room, epoch, version })
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
