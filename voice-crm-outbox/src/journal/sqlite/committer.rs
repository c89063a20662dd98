//! The one thread that owns the file, and group commit.

use std::{
    fmt, io,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
    time::{Duration, Instant},
};

use rusqlite::ErrorCode;
use tokio::sync::{mpsc, oneshot};

use super::{file::Store, schema};
use crate::journal::JournalError;

/// How many pieces of work may wait; beyond it new ones are refused rather than piled up.
const QUEUE: usize = 8_192;
/// How many pieces of work share a transaction at most, so that the first of them does not wait long.
const BATCH: usize = 1_024;
/// How many bytes share a transaction, so that the write-ahead log stays small; one piece may be larger.
const BYTES: usize = 8 * 1024 * 1024;
/// How long work waits for a place in the queue before the journal counts as overloaded.
const QUEUE_TIMEOUT: Duration = Duration::from_millis(500);
/// How long the committer waits at most for those who come back at once, whom it has just told.
const LINGER: Duration = Duration::from_millis(2);

/// Work inside a transaction; it may be run again when the transaction was rolled back.
trait Work: Send {
    fn run(&mut self, store: &mut Store) -> rusqlite::Result<()>;

    fn kind(&self) -> Kind;

    /// Whether it added something that nobody waits for any more, who was to be promised it. Other work that is given up
    /// stands: nothing of it was promised, and it is not worth doing the work of all others again.
    fn is_abandoned(&self) -> bool;

    /// Tells whoever waits how it came out, after the transaction.
    fn tell(self: Box<Self>, outcome: Result<(), JournalError>);
}

/// How work takes part in transactions.
#[derive(Clone, Copy)]
enum Kind {
    /// It writes about so many bytes, and adds nothing to the file.
    Rewrites(usize),
    /// It adds about so many bytes to the file, so that it needs more room than what it frees.
    Adds(usize),
    /// It runs outside of any transaction.
    Alone,
}

impl Kind {
    fn bytes(self) -> usize {
        match self {
            Self::Rewrites(bytes) | Self::Adds(bytes) => bytes,
            Self::Alone => 0,
        }
    }
}

/// Work and who waits for it.
struct Waiting<T, W> {
    work: W,
    kind: Kind,
    result: Option<T>,
    sender: oneshot::Sender<Result<T, JournalError>>,
}

impl<T: Send, W: FnMut(&mut Store) -> rusqlite::Result<T> + Send> Work for Waiting<T, W> {
    fn run(&mut self, store: &mut Store) -> rusqlite::Result<()> {
        self.result = None;
        // Whoever gave up waiting was told that it failed; so it must not be done now.
        if !self.sender.is_closed() {
            // The one thread that all wait for goes on after a panic; what was begun is undone like any failure.
            let worked = catch_unwind(AssertUnwindSafe(|| (self.work)(store)));
            self.result = Some(worked.unwrap_or_else(|_| Err(panicked()))?);
        }
        Ok(())
    }

    fn kind(&self) -> Kind {
        self.kind
    }

    fn is_abandoned(&self) -> bool {
        matches!(self.kind, Kind::Adds(_)) && self.result.is_some() && self.sender.is_closed()
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
    queue: Option<mpsc::Sender<Box<dyn Work>>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Committer {
    /// Hands the store to its thread.
    pub(super) fn start(store: Store) -> io::Result<Self> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new().name("journal".to_owned()).spawn(move || run(store, jobs))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Runs work inside the next transaction and waits until that is on the disk. It may not add to the file, so that it
    /// goes on when the disk is full.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Store) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, JournalError> {
        self.enqueue(Kind::Rewrites(0), work).await
    }

    /// Runs work that writes about so many bytes, and adds nothing to the file.
    pub(super) async fn rewrite<T: Send + 'static>(
        &self,
        bytes: usize,
        work: impl FnMut(&mut Store) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, JournalError> {
        self.enqueue(Kind::Rewrites(bytes), work).await
    }

    /// Runs work that adds about so many bytes to the file. It is refused when the disk is full.
    pub(super) async fn add<T: Send + 'static>(
        &self,
        bytes: usize,
        work: impl FnMut(&mut Store) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, JournalError> {
        self.enqueue(Kind::Adds(bytes), work).await
    }

    /// Runs work that SQLite does outside of transactions.
    pub(super) async fn alone<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Store) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, JournalError> {
        self.enqueue(Kind::Alone, work).await
    }

    async fn enqueue<T: Send + 'static>(
        &self,
        kind: Kind,
        work: impl FnMut(&mut Store) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, JournalError> {
        let (sender, receiver) = oneshot::channel();
        self.send(Box::new(Waiting { work, kind, result: None, sender })).await?;
        receiver.await.unwrap_or(Err(JournalError::Closed))
    }

    async fn send(&self, work: Box<dyn Work>) -> Result<(), JournalError> {
        let Some(queue) = &self.queue else { return Err(JournalError::Closed) };
        queue.send_timeout(work, QUEUE_TIMEOUT).await.map_err(|refused| match refused {
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

fn run(mut store: Store, mut queue: mpsc::Receiver<Box<dyn Work>>) {
    let sizes = metrics::histogram!("voice_crm_journal_batch");
    let mut batch = Vec::with_capacity(BATCH);
    let mut before = 0;
    while queue.blocking_recv_many(&mut batch, BATCH) > 0 {
        linger(&mut queue, &mut batch, before);
        before = batch.len();
        sizes.record(f64::from(u32::try_from(batch.len()).unwrap_or(u32::MAX)));
        for mut work in batch.extract_if(.., |work| matches!(work.kind(), Kind::Alone)) {
            let done = work.run(&mut store).map_err(|error| JournalError::store(problem(&error, 1)));
            work.tell(done);
        }
        while !batch.is_empty() {
            let mut share: Vec<_> = batch.drain(..share_of(&batch)).collect();
            commit(&mut store, &mut share);
            if let Err(error) = store.fold_log() {
                tracing::warn!(%error, "the journal's log could not be folded into its file; it grows on");
            }
        }
    }
    if let Err(error) = store.close() {
        tracing::warn!(%error, "the journal could not note that it was closed");
    }
}

/// How many of these go into one transaction.
fn share_of(batch: &[Box<dyn Work>]) -> usize {
    let mut bytes = 0;
    let fits = batch.iter().take_while(|work| {
        bytes += work.kind().bytes();
        bytes <= BYTES
    });
    fits.count().max(1)
}

/// Waits a moment where many were told just now: most of them come back, and a flush for the first few of them would
/// let all the others wait for two.
fn linger(queue: &mut mpsc::Receiver<Box<dyn Work>>, batch: &mut Vec<Box<dyn Work>>, before: usize) {
    let begun = Instant::now();
    while batch.len() < before * 3 / 4 && begun.elapsed() < LINGER {
        thread::sleep(LINGER / 10);
        while batch.len() < BATCH
            && let Ok(work) = queue.try_recv()
        {
            batch.push(work);
        }
    }
}

/// One transaction for all, and then all are told.
fn commit(store: &mut Store, batch: &mut Vec<Box<dyn Work>>) {
    if let Some(problem) = store.room.refusal() {
        refuse_additions(batch, problem);
    }
    let together = run_together(store, batch);
    let together = match together {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
            store.room.release(&store.connection);
            refuse_additions(batch, &problem(&error, batch.len()));
            run_together(store, batch)
        }
        other => other,
    };
    if together.is_ok() {
        batch.drain(..).for_each(|work| work.tell(Ok(())));
        return;
    }
    let mut failed = Vec::new();
    let apart = store.transact(|store| {
        failed = one_by_one(store, batch)?;
        Ok(())
    });
    let failed_all = apart.err().map(|error| problem(&error, batch.len()));
    for (index, work) in batch.drain(..).enumerate() {
        let problem = failed_all.as_ref().or_else(|| failed.get(index).and_then(Option::as_ref));
        work.tell(problem.map_or(Ok(()), |problem| Err(JournalError::store(problem))));
    }
}

fn run_together(store: &mut Store, batch: &mut [Box<dyn Work>]) -> rusqlite::Result<()> {
    if batch.is_empty() {
        return Ok(());
    }
    let committed = store.transact_if(|store| {
        run_all(store, batch)?;
        Ok(!batch.iter().any(|work| work.is_abandoned()))
    })?;
    if committed {
        return Ok(());
    }
    // Without those that were given up meanwhile. Callers who give up during this second run are not looked for: they must
    // not delay the others for ever.
    store.transact(|store| run_all(store, batch))
}

fn run_all(store: &mut Store, batch: &mut [Box<dyn Work>]) -> rusqlite::Result<()> {
    batch.iter_mut().try_for_each(|work| work.run(store))
}

/// Tells those that add to the file that there is no room; the others stay.
fn refuse_additions(batch: &mut Vec<Box<dyn Work>>, problem: &str) {
    for work in batch.extract_if(.., |work| matches!(work.kind(), Kind::Adds(_))) {
        work.tell(Err(JournalError::store(problem)));
    }
}

/// Work that fails is undone by itself.
fn one_by_one(store: &mut Store, batch: &mut [Box<dyn Work>]) -> rusqlite::Result<Vec<Option<String>>> {
    let mut failed = Vec::with_capacity(batch.len());
    for work in batch {
        let mark = store.savepoint()?;
        let result = work.run(store);
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
fn problem(error: &rusqlite::Error, pieces: usize) -> String {
    let problem = schema::explain(error);
    tracing::error!(pieces, %error, "the journal could not store");
    problem
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc as threads,
    };

    use futures_util::FutureExt as _;
    use jiff::Timestamp;

    use super::*;
    use crate::{
        Lane,
        journal::{
            payload::Payloads,
            sqlite::lanes::{Counted, LaneState},
        },
    };

    #[tokio::test]
    async fn work_that_panics_fails_alone_and_leaves_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let store = schema::open(&folder.path().join("journal.db"), Payloads::default(), None).unwrap();
        let committer = Committer::start(store).unwrap();
        let pending = LaneState { pending: 1, head: 0, leased: None, free_at: 0, failing: false };
        let spoil = move |store: &mut Store| -> rusqlite::Result<()> {
            store.lanes.set(&Lane::from_text("sink/a"), Some(pending));
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
                Ok((opened, store.lanes.stats().dead, store.lanes.due("sink", (now, 1), (9, 9)).0.len()))
            })
            .await;
        assert_eq!(seen.unwrap(), (1, 0, 0));
    }

    /// Work that is given up while it is done, and work beside it in the same transaction: the sum of what both wrote (10
    /// and 1), and how often the one beside was done.
    async fn after_giving_up(kind: Kind) -> (i64, usize) {
        let folder = tempfile::tempdir().unwrap();
        let store = schema::open(&folder.path().join("journal.db"), Payloads::default(), None).unwrap();
        let committer = Committer::start(store).unwrap();
        let (go_on, may_go_on) = threads::channel::<()>();
        let (done, mut is_done) = mpsc::unbounded_channel();
        let (leave, has_left) = threads::channel::<()>();
        let times = Arc::new(AtomicUsize::new(0));
        let set = |number: i64| {
            move |store: &mut Store| {
                store.connection.execute("UPDATE opening SET checks = checks + ?1", [number])
            }
        };
        // All three wait while the thread is busy with the first, so that the others share a transaction.
        let mut busy = Box::pin(committer.run(move |_| Ok(may_go_on.recv().is_err())));
        let mut given_up = Box::pin(committer.enqueue(kind, move |store| {
            set(10)(store)?;
            done.send(()).unwrap();
            Ok(has_left.recv().is_ok())
        }));
        let counted = times.clone();
        let mut beside = Box::pin(committer.run(move |store| {
            counted.fetch_add(1, Ordering::Relaxed);
            set(1)(store)
        }));
        assert!((&mut busy).now_or_never().is_none() && (&mut given_up).now_or_never().is_none());
        assert!((&mut beside).now_or_never().is_none());

        drop(go_on);
        is_done.recv().await.unwrap();
        drop(given_up);
        leave.send(()).unwrap();

        assert_eq!(beside.await.unwrap(), 1);
        assert!(busy.await.unwrap());
        let sum = |store: &mut Store| {
            store.connection.query_row("SELECT checks FROM opening", [], |row| row.get::<_, i64>(0))
        };
        (committer.run(sum).await.unwrap(), times.load(Ordering::Relaxed))
    }

    #[tokio::test]
    async fn what_is_added_and_given_up_meanwhile_is_undone_and_the_work_beside_it_is_not() {
        assert_eq!(after_giving_up(Kind::Adds(0)).await, (1, 2));
    }

    #[tokio::test]
    async fn work_that_adds_nothing_and_is_given_up_has_the_work_beside_it_done_once() {
        assert_eq!(after_giving_up(Kind::Rewrites(0)).await, (11, 1));
    }
}
