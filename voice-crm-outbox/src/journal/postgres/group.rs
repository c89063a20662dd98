//! Group commit: what comes in while a transaction is under way shares the next one.

use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::journal::JournalError;

/// How many may wait; beyond it new ones are refused rather than piled up.
const QUEUE: usize = 8_192;
/// How many share a transaction at most.
const BATCH: usize = 256;
/// How many transactions are under way at a time: while one is flushed, the next is computed.
const TRANSACTIONS: usize = 3;

/// A request, and who waits for its answer.
pub(super) struct Waiting<Q, R> {
    pub(super) request: Q,
    sender: oneshot::Sender<Result<R, JournalError>>,
}

impl<Q, R> Waiting<Q, R> {
    /// A caller that stopped waiting believes that the request failed, so it must not be carried out.
    pub(super) fn is_abandoned(&self) -> bool {
        self.sender.is_closed()
    }

    pub(super) fn answer(self, outcome: Result<R, JournalError>) {
        // Nobody may be left to hear it; the work stands all the same.
        let _ = self.sender.send(outcome);
    }
}

/// The way into the next transaction.
#[derive(Debug)]
pub(super) struct Group<Q, R>(mpsc::Sender<Waiting<Q, R>>);

impl<Q: Send + 'static, R: Send + 'static> Group<Q, R> {
    /// Starts to gather; `transact` does a batch and answers each. It ends when this is dropped.
    pub(super) fn start<F>(transact: impl Fn(Vec<Waiting<Q, R>>) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (sender, mut queue) = mpsc::channel::<Waiting<Q, R>>(QUEUE);
        tokio::spawn(async move {
            let places = Arc::new(Semaphore::new(TRANSACTIONS));
            loop {
                let Ok(place) = places.clone().acquire_owned().await else { return };
                let mut batch = Vec::new();
                if queue.recv_many(&mut batch, BATCH).await == 0 {
                    return;
                }
                batch.retain(|waiting| !waiting.is_abandoned());
                if batch.is_empty() {
                    continue;
                }
                let transaction = transact(batch);
                tokio::spawn(async move {
                    transaction.await;
                    drop(place);
                });
            }
        });
        Self(sender)
    }

    pub(super) async fn run(&self, request: Q) -> Result<R, JournalError> {
        let (sender, receiver) = oneshot::channel();
        self.0.try_send(Waiting { request, sender }).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => JournalError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => JournalError::Closed,
        })?;
        receiver.await.unwrap_or(Err(JournalError::Closed))
    }
}
