//! The open file with what is kept of it in memory, and its transactions.

use std::{fs, path::Path};

use rusqlite::Connection;

use super::{
    lanes::{Lanes, Mark},
    room::Room,
    schema,
};
use crate::journal::payload::Payloads;

/// What the committer's jobs work upon.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) connection: Connection,
    pub(super) lanes: Lanes,
    pub(super) payloads: Payloads,
    pub(super) room: Room,
    /// The last epoch that was given to a lease. Its upper half counts the openings of the file, so that it is
    /// never given again.
    pub(super) epoch: i64,
    /// The last version that was given to a value, by the same rule.
    pub(super) version: i64,
}

/// How many bytes a frame of the write-ahead log takes.
const FRAME: u64 = 4_096 + 24;

impl Store {
    /// All of the work, durable on return, or nothing of it.
    pub(super) fn transact(
        &mut self,
        work: impl FnOnce(&mut Self) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<()> {
        self.transact_if(|store| work(store).map(|()| true)).map(|_| ())
    }

    /// Like [`Store::transact`], but nothing of the work stays either when it says that it is not wanted any more. Gives
    /// what it said.
    pub(super) fn transact_if(
        &mut self,
        work: impl FnOnce(&mut Self) -> rusqlite::Result<bool>,
    ) -> rusqlite::Result<bool> {
        let mark = self.lanes.mark();
        let worked = self.execute("BEGIN IMMEDIATE").and_then(|()| work(self));
        let result = match worked {
            Ok(true) => self.execute("COMMIT").map(|()| true),
            other => other,
        };
        if matches!(result, Ok(true)) {
            self.lanes.committed();
            return result;
        }
        self.lanes.undo_to(mark);
        if !self.connection.is_autocommit()
            && let Err(error) = self.execute("ROLLBACK")
        {
            tracing::error!(%error, "the journal could not roll a transaction back");
        }
        result
    }

    /// A part of a transaction that can be undone by itself.
    pub(super) fn savepoint(&mut self) -> rusqlite::Result<Mark> {
        self.execute("SAVEPOINT job")?;
        Ok(self.lanes.mark())
    }

    pub(super) fn end_savepoint(&mut self, mark: Mark, keep: bool) -> rusqlite::Result<()> {
        if !keep {
            self.lanes.undo_to(mark);
            self.execute("ROLLBACK TO job")?;
        }
        self.execute("RELEASE job")
    }

    pub(super) fn next_epoch(&mut self) -> i64 {
        self.epoch += 1;
        self.epoch
    }

    pub(super) fn next_version(&mut self) -> i64 {
        self.version += 1;
        self.version
    }

    /// Folds the log into the file when it has grown large, so that it begins anew; in want of room each time.
    pub(super) fn fold_log(&mut self) -> rusqlite::Result<()> {
        if self.room.is_full() {
            self.fold_all()?;
            self.room.try_retake(&self.connection);
        } else if self.checkpoint("PRAGMA wal_checkpoint(NOOP)")? * FRAME >= self.room.log_limit() {
            self.fold_all()?;
        }
        Ok(())
    }

    /// Folds the whole log into the file, since nobody else reads it, and cuts it. What was overwritten is then nowhere on
    /// the disk.
    pub(super) fn fold_all(&self) -> rusqlite::Result<()> {
        self.checkpoint("PRAGMA wal_checkpoint(TRUNCATE)").map(|_| ())
    }

    /// Folds everything, and notes that nothing is left in the log.
    pub(super) fn close(&self) -> rusqlite::Result<()> {
        self.execute("UPDATE opening SET closed = 1")?;
        self.fold_all()
    }

    /// Copies the file as it is now, closed properly.
    pub(super) fn backup(&self, path: &str) -> rusqlite::Result<()> {
        // SQLite would let everybody read the copy. It writes into an empty file, and this one is new.
        schema::keep_private(Path::new(path)).map_err(|error| {
            rusqlite::Error::ToSqlConversionFailure(format!("the copy cannot be made: {error}").into())
        })?;
        let copied = self.copy_into(path);
        if copied.is_err() {
            // A part of a copy is of no use, and would be in the way of the next one.
            drop(fs::remove_file(path));
        }
        copied
    }

    fn copy_into(&self, path: &str) -> rusqlite::Result<()> {
        self.connection.execute("VACUUM INTO ?1", [path])?;
        Connection::open(path)?.execute("UPDATE opening SET closed = 1", []).map(|_| ())
    }

    /// Gives how many frames are in the log.
    fn checkpoint(&self, sql: &str) -> rusqlite::Result<u64> {
        let frames: i64 = self.connection.prepare_cached(sql)?.query_row([], |row| row.get(1))?;
        Ok(frames.max(0).unsigned_abs())
    }

    fn execute(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(|_| ())
    }
}
