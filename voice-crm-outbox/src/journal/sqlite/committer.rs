//! The one thread that owns the file, and group commit.

use std::{
    fmt, io,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
    time::{Duration, Instant},
};

use tokio::sync::{mpsc, oneshot};

use super::{schema, store::Store};
use crate::journal::JournalError;

/// How many jobs may wait; beyond it new ones are refused rather than piled up.
const QUEUE: usize = 8_192;
/// How many jobs share a transaction at most, so that the first of them does not wait for ever.
const BATCH: usize = 1_024;
/// How long a job waits for a place in the queue before the journal counts as overloaded.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long the committer waits at most for those who come back at once, whom it has just told.
const LINGER: Duration = Duration::from_millis(1);
/// After how many jobs the log is folded into the file. It waits until those who wait have been told.
const CHECKPOINT: usize = 4_096;

/// Work inside a transaction; it may be run again when the transaction was rolled back.
pub(super) trait Job: Send {
    fn run(&mut self, store: &mut Store) -> rusqlite::Result<()>;

    /// Tells whoever waits how it came out, after the transaction.
    fn tell(self: Box<Self>, outcome: Result<(), JournalError>);
}

/// A job and who waits for it.
struct Waiting<T, W> {
    work: W,
    result: Option<T>,
    sender: oneshot::Sender<Result<T, JournalError>>,
}

impl<T: Send, W: FnMut(&mut Store) -> rusqlite::Result<T> + Send> Job for Waiting<T, W> {
    fn run(&mut self, store: &mut Store) -> rusqlite::Result<()> {
        self.result = None;
        // Whoever gave up waiting was told that it failed; so it shall not happen behind their back.
        if !self.sender.is_closed() {
            // The one thread that all wait for goes on after a panic; what was begun is undone like any failure.
            let worked = catch_unwind(AssertUnwindSafe(|| (self.work)(store)));
            self.result = Some(worked.unwrap_or_else(|_| Err(panicked()))?);
        }
        Ok(())
    }

    fn tell(self: Box<Self>, outcome: Result<(), JournalError>) {
        let told = match (outcome, self.result) {
            (Ok(()), Some(result)) => Ok(result),
            (Ok(()), None) => return,
            (Err(error), _) => Err(error),
        };
        // Nobody may be left to hear it; the work stands all the same.
        let _ = self.sender.send(told);
    }
}

/// The way to the thread; the thread ends when this is dropped and all that waits is on the disk.
pub(super) struct Committer {
    queue: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Committer {
    /// Hands the store to its thread.
    pub(super) fn start(store: Store) -> io::Result<Self> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new().name("journal".to_owned()).spawn(move || run(store, jobs))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Runs work inside the next transaction and waits until that is on the disk.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Store) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, JournalError> {
        let Some(queue) = &self.queue else { return Err(JournalError::Closed) };
        let (sender, receiver) = oneshot::channel();
        let job = Box::new(Waiting { work, result: None, sender });
        queue.send_timeout(job, PATIENCE).await.map_err(|refused| match refused {
            mpsc::error::SendTimeoutError::Timeout(_) => JournalError::Overloaded,
            mpsc::error::SendTimeoutError::Closed(_) => JournalError::Closed,
        })?;
        receiver.await.unwrap_or(Err(JournalError::Closed))
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

fn run(mut store: Store, mut jobs: mpsc::Receiver<Box<dyn Job>>) {
    let sizes = metrics::histogram!("voice_crm_journal_batch");
    let mut batch = Vec::with_capacity(BATCH);
    let (mut since_checkpoint, mut before) = (0, 0);
    while jobs.blocking_recv_many(&mut batch, BATCH) > 0 {
        linger(&mut jobs, &mut batch, before);
        before = batch.len();
        sizes.record(f64::from(u32::try_from(batch.len()).unwrap_or(u32::MAX)));
        since_checkpoint += batch.len();
        commit(&mut store, &mut batch);
        if since_checkpoint >= CHECKPOINT {
            since_checkpoint = 0;
            if let Err(error) = store.checkpoint() {
                tracing::warn!(%error, "the journal's log could not be folded into its file; it grows on");
            }
        }
    }
}

/// Waits a moment where many were told just now: most of them come back, and a flush for the first few of them would
/// let all the others wait for two.
fn linger(jobs: &mut mpsc::Receiver<Box<dyn Job>>, batch: &mut Vec<Box<dyn Job>>, before: usize) {
    let begun = Instant::now();
    while batch.len() < before / 2 && begun.elapsed() < LINGER {
        thread::sleep(LINGER / 10);
        while batch.len() < BATCH
            && let Ok(job) = jobs.try_recv()
        {
            batch.push(job);
        }
    }
}

/// One transaction for all, and then all are told.
fn commit(store: &mut Store, jobs: &mut Vec<Box<dyn Job>>) {
    let together = store.transact(|store| jobs.iter_mut().try_for_each(|job| job.run(store)));
    if together.is_ok() {
        jobs.drain(..).for_each(|job| job.tell(Ok(())));
        return;
    }
    let mut failed = Vec::new();
    let apart = store.transact(|store| {
        failed = one_by_one(store, jobs)?;
        Ok(())
    });
    let failed_all = apart.err().map(|error| problem(&error, jobs.len()));
    for (index, job) in jobs.drain(..).enumerate() {
        let problem = failed_all.as_ref().or_else(|| failed.get(index).and_then(Option::as_ref));
        job.tell(problem.map_or(Ok(()), |problem| Err(JournalError::Store { problem: problem.clone() })));
    }
}

/// A job that fails is undone by itself, so that on a full disk what makes room still goes through.
fn one_by_one(store: &mut Store, jobs: &mut [Box<dyn Job>]) -> rusqlite::Result<Vec<Option<String>>> {
    let mut failed = Vec::with_capacity(jobs.len());
    for job in jobs {
        let mark = store.savepoint()?;
        let result = job.run(store);
        store.end_savepoint(mark, result.is_ok())?;
        failed.push(result.err().map(|error| problem(&error, 1)));
    }
    Ok(failed)
}

fn panicked() -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(
        "the journal's own code panicked; nothing of this was stored".into(),
    )
}

/// The sentence for the operator; it is logged too.
fn problem(error: &rusqlite::Error, jobs: usize) -> String {
    let problem = schema::explain(error);
    tracing::error!(jobs, %error, "the journal could not store");
    problem
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::journal::{
        Lane,
        payload::Payloads,
        sqlite::lanes::{Counted, LaneState},
    };

    #[tokio::test]
    async fn a_job_that_panics_fails_alone_and_leaves_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let store = schema::open(&folder.path().join("journal.db"), Payloads::default(), None).unwrap();
        let committer = Committer::start(store).unwrap();
        let pending = LaneState { pending: 1, head: 0, out: None, free_at: 0 };
        let spoil = move |store: &mut Store| -> rusqlite::Result<()> {
            store.lanes.set(&Lane::new("a"), Some(pending));
            store.lanes.count(Counted::Dead, 1);
            store.connection.execute("UPDATE opening SET number = 99", [])?;
            panic!("a defect")
        };

        let (spoilt, beside) = tokio::join!(committer.run(spoil), committer.run(|_| Ok(7)));

        assert!(matches!(spoilt, Err(JournalError::Store { .. })), "{spoilt:?}");
        assert_eq!(beside.unwrap(), 7);
        let now = Timestamp::UNIX_EPOCH.as_millisecond();
        let seen = committer
            .run(move |store| {
                let opened: i64 =
                    store.connection.query_row("SELECT number FROM opening", [], |row| row.get(0))?;
                Ok((opened, store.lanes.stats().dead, store.lanes.due(now, 1, 9).len()))
            })
            .await;
        assert_eq!(seen.unwrap(), (1, 0, 0));
    }
}
