//! The open file with what is kept of it in memory, and its transactions.

use rusqlite::Connection;

use super::lanes::{Lanes, Mark};
use crate::journal::payload::Payloads;

/// What jobs work upon.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) connection: Connection,
    pub(super) lanes: Lanes,
    pub(super) payloads: Payloads,
    /// The last epoch that was given to a lease. Its upper half counts the openings of the file, so that it is
    /// never given again.
    pub(super) epoch: i64,
}

impl Store {
    /// All of the work, durable on return, or nothing of it.
    pub(super) fn transact(
        &mut self,
        work: impl FnOnce(&mut Self) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<()> {
        let mark = self.lanes.mark();
        let result =
            self.execute("BEGIN IMMEDIATE").and_then(|()| work(self)).and_then(|()| self.execute("COMMIT"));
        if result.is_ok() {
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

    /// Folds the log into the file.
    pub(super) fn checkpoint(&self) -> rusqlite::Result<()> {
        self.connection.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")?.query_row([], |_| Ok(()))
    }

    fn execute(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(|_| ())
    }
}
