//! What every operation needs, and the batches that share a transaction.

use std::{sync::Arc, time::Duration};

use deadpool_postgres::Object;
use futures_util::future::join;
use tokio_postgres::Error;

use super::{
    connections::Connections,
    enqueue::{self, Incoming},
    group::Waiting,
    settle::{self, Note},
};
use crate::journal::{Enqueued, JournalError, payload::Payloads};

/// Readiness is answered within a second; this leaves room for the way.
const CHECK_TIMEOUT: Duration = Duration::from_millis(800);
const _: () = assert!(CHECK_TIMEOUT.as_millis() < 1_000, "readiness is answered within a second");

/// What every operation needs.
#[derive(Clone)]
pub(super) struct Database {
    pub(super) connections: Connections,
    pub(super) schema: Arc<str>,
    pub(super) payloads: Payloads,
}

impl Database {
    /// Takes a batch in, in one transaction.
    pub(super) async fn enqueue(self, mut batch: Vec<Waiting<Incoming, Enqueued>>) {
        batch.sort_by(|one, other| one.request.job.lane.cmp(&other.request.job.lane));
        match self.enqueue_all(&batch).await {
            Ok(enqueued) => {
                for (waiting, enqueued) in batch.into_iter().zip(enqueued) {
                    waiting.answer(enqueued.ok_or(JournalError::Closed));
                }
            }
            Err(error) if batch.len() == 1 => {
                for waiting in batch {
                    waiting.answer(Err(error.clone()));
                }
            }
            Err(_) => {
                // One of them is at fault, and the others must not fail with it.
                for waiting in batch {
                    let single = self.enqueue_all(std::slice::from_ref(&waiting)).await;
                    waiting
                        .answer(single.and_then(|mut one| one.pop().flatten().ok_or(JournalError::Closed)));
                }
            }
        }
    }

    /// `None` stands for those that nobody waits for any more.
    async fn enqueue_all(
        &self,
        batch: &[Waiting<Incoming, Enqueued>],
    ) -> Result<Vec<Option<Enqueued>>, JournalError> {
        if batch.iter().all(Waiting::is_abandoned) {
            return Ok(batch.iter().map(|_| None).collect());
        }
        let (schema, payloads) = (&*self.schema, &self.payloads);
        let enqueued = self.connections.run(|client| async move {
            loop {
                // Seen anew with every attempt: an outage may last longer than the callers wait.
                let wanted: Vec<bool> = batch.iter().map(|waiting| !waiting.is_abandoned()).collect();
                let both = batch.iter().zip(&wanted).filter(|(_, wanted)| **wanted);
                let incoming: Vec<&Incoming> = both.map(|(waiting, _)| &waiting.request).collect();
                let is_wanted =
                    || batch.iter().zip(&wanted).all(|(one, wanted)| !wanted || !one.is_abandoned());
                let enqueueing = enqueue::enqueue(&client, schema, payloads, &incoming);
                let Some(enqueued) = commit_if(&client, enqueueing, is_wanted).await? else { continue };
                let mut enqueued = enqueued.into_iter();
                return Ok(wanted
                    .iter()
                    .map(|wanted| if *wanted { enqueued.next() } else { None })
                    .collect());
            }
        });
        enqueued.await
    }

    /// Notes what became of a batch, in one transaction.
    pub(super) async fn settle(self, mut batch: Vec<Waiting<Note, ()>>) {
        batch.sort_by(|one, other| one.request.lane.cmp(&other.request.lane));
        let notes: Vec<&Note> = batch.iter().map(|waiting| &waiting.request).collect();
        let (schema, notes) = (&*self.schema, &*notes);
        let settled =
            self.connections.run(|client| async move { settle::settle(&client, schema, notes).await }).await;
        for waiting in batch {
            waiting.answer(settled.as_ref().copied().map_err(Clone::clone));
        }
    }

    /// Writes a row of its own and reads it back.
    pub(super) async fn check(&self) -> Result<(), JournalError> {
        let sql = &format!(
            "INSERT INTO {}.readiness AS r (id, number) VALUES (1, $1)
             ON CONFLICT (id) DO UPDATE SET number = excluded.number RETURNING r.number",
            self.schema
        );
        let number = fastrand::i64(..);
        let written = self.connections.run_within(CHECK_TIMEOUT, |client| async move {
            let statement = client.prepare_cached(sql).await?;
            Ok(client.query_one(&statement, &[&number]).await?.get::<_, i64>(0))
        });
        if written.await? == number {
            Ok(())
        } else {
            Err(JournalError::store("PostgreSQL gave back something else than was written"))
        }
    }
}

/// Does work in a transaction, and commits it if that is still wanted once the work is done.
///
/// A server that hangs may do the work much later. It commits nothing then: whoever waited was told that it failed.
async fn commit_if<T>(
    client: &Object,
    work: impl Future<Output = Result<T, Error>>,
    is_wanted: impl Fn() -> bool,
) -> Result<Option<T>, Error> {
    // Sent one behind the other, without a wait in between.
    let (begun, done) = join(client.batch_execute("BEGIN"), work).await;
    match begun.and(done) {
        Ok(done) if is_wanted() => client.batch_execute("COMMIT").await.map(|()| Some(done)),
        Ok(_) => client.batch_execute("ROLLBACK").await.map(|()| None),
        Err(error) => {
            // The connection may be gone; then so is the transaction.
            let _ = client.batch_execute("ROLLBACK").await;
            Err(error)
        }
    }
}
