//! The one thread that owns the file, and group commit.

use std::{fmt, io, thread, time::Duration};

use rusqlite::Connection;
use tokio::sync::mpsc;

use crate::journal::JournalError;

/// How many jobs may wait; beyond it new ones are refused rather than piled up.
const QUEUE: usize = 8_192;
/// How many jobs share a transaction at most, so that the first of them does not wait for ever.
const BATCH: usize = 1_024;
/// How long a job waits for a place in the queue before the journal counts as overloaded.
const PATIENCE: Duration = Duration::from_millis(500);

/// Told whether the transaction reached the disk.
pub(super) type Done = Box<dyn FnOnce(Result<(), JournalError>) + Send>;
/// Work inside a transaction.
pub(super) type Job = Box<dyn FnOnce(&Connection) -> rusqlite::Result<Done> + Send>;

/// The way to the thread; the thread ends when this is dropped and all that waits is on the disk.
pub(super) struct Committer {
    queue: Option<mpsc::Sender<Job>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Committer {
    /// Hands the connection to its thread.
    pub(super) fn start(connection: Connection) -> io::Result<Self> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let thread =
            thread::Builder::new().name("journal".to_owned()).spawn(move || run(connection, jobs))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Puts a job into the queue.
    pub(super) async fn submit(&self, job: Job) -> Result<(), JournalError> {
        let Some(queue) = &self.queue else { return Err(JournalError::Closed) };
        queue.send_timeout(job, PATIENCE).await.map_err(|refused| match refused {
            mpsc::error::SendTimeoutError::Timeout(_) => JournalError::Overloaded,
            mpsc::error::SendTimeoutError::Closed(_) => JournalError::Closed,
        })
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        // Without a sender the thread finishes what waits, and closes the file.
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the journal's thread had panicked");
        }
    }
}

impl fmt::Debug for Committer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Committer").finish_non_exhaustive()
    }
}

fn run(mut connection: Connection, mut jobs: mpsc::Receiver<Job>) {
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.blocking_recv_many(&mut batch, BATCH) > 0 {
        let size = batch.len();
        match commit(&mut connection, batch.drain(..)) {
            Ok(done) => {
                metrics::histogram!("voice_crm_journal_batch")
                    .record(f64::from(u32::try_from(size).unwrap_or(0)));
                for waiting in done {
                    waiting(Ok(()));
                }
            }
            // Whoever waits hears of it when its sender is dropped; the reason is for the operator.
            Err(error) => tracing::error!(jobs = size, %error, "the journal could not commit"),
        }
    }
}

/// One transaction for all. A job that fails is undone by itself, so that on a full disk what makes room still
/// goes through; whoever waits for it hears of it when its sender is dropped.
fn commit(connection: &mut Connection, jobs: impl Iterator<Item = Job>) -> rusqlite::Result<Vec<Done>> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let mut done = Vec::new();
    for job in jobs {
        transaction.prepare_cached("SAVEPOINT job")?.execute([])?;
        match job(&transaction) {
            Ok(finished) => done.push(finished),
            Err(error) => {
                tracing::error!(%error, "a job of the journal failed");
                transaction.prepare_cached("ROLLBACK TO job")?.execute([])?;
            }
        }
        transaction.prepare_cached("RELEASE job")?.execute([])?;
    }
    transaction.commit()?;
    Ok(done)
}
