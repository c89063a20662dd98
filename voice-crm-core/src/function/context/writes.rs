//! The one way to the CRM for a change: through the journal, under a key that makes a repeat harmless.

use std::{
    sync::{PoisonError, atomic::Ordering},
    time::Duration,
};

use tokio::time::{sleep, timeout_at};

use super::{CallContext, Services, lane};
use crate::{
    audit::AuditedWrite,
    crm::{Change, ChangeKind, JobKey, Written},
    deadline::Deadline,
    function::{Effect, FunctionError, FunctionErrorKind, request},
    outbox::{Digest, EnqueueError, JobStatus, Note},
    phrase, sinks, telemetry,
    write_limits::Limit,
};

/// How long a further write of a function may take to become durable when its deadline has passed.
const BEHIND_DEADLINE: Duration = Duration::from_secs(5);
/// How long a further write waits for the one before it to be noted down, look after look, in milliseconds.
const NOTED: [u64; 7] = [2, 4, 8, 16, 32, 64, 74];

/// Why a change was not made durable.
enum Unwritten {
    /// Somebody has asked for the same before.
    Noted,
    /// For a reason that is told.
    Failed(FunctionError),
}

impl CallContext {
    /// Makes a change durable and, when its turn is now, brings it into the CRM while the caller waits.
    ///
    /// The same function call, delivered again, gives the same write and never a second one. So does the same request
    /// under another id, for as long as the bridge takes the two for one; see
    /// [`BridgeBuilder::repeat_window`](crate::bridge::BridgeBuilder::repeat_window).
    ///
    /// # Errors
    /// [`FunctionErrorKind::Unavailable`] when it could not be made durable, so that nothing may be promised, or when
    /// nothing takes such a change;
    /// [`FunctionErrorKind::Conflict`] when the same function call came before with other arguments;
    /// [`FunctionErrorKind::LimitReached`] when the call, or the number that calls, has written as much as it may;
    /// [`FunctionErrorKind::NotAllowed`] for a text message to a number that costs extra;
    /// [`FunctionErrorKind::Broken`] when the [`Spec`](crate::function::Spec) of the function does not say that it writes, or
    /// deletes, this.
    pub fn write(
        &self,
        change: impl Into<Change>,
    ) -> impl Future<Output = Result<Written, FunctionError>> + Send {
        self.write_change(change.into())
    }

    async fn write_change(&self, change: Change) -> Result<Written, FunctionError> {
        if !self.effect.writes() {
            tracing::error!(
                function = self.function,
                "a function that is declared to read only wrote; nothing was done"
            );
            return Err(FunctionError::new(FunctionErrorKind::Broken, phrase::BROKEN));
        }
        let kind = ChangeKind::of(&change);
        if kind == ChangeKind::DeleteRecord && self.effect != Effect::Destructive {
            tracing::error!(
                function = self.function,
                "a function that is not declared destructive wanted to delete a record; nothing was done"
            );
            return Err(FunctionError::new(FunctionErrorKind::Broken, phrase::BROKEN));
        }
        if !self.serves(kind) {
            return Err(self.not_served(kind));
        }
        if let Change::SendText(text) = &change
            && text.to.costs_extra()
        {
            return Err(FunctionError::new(FunctionErrorKind::NotAllowed, phrase::TEXT_NUMBER_REFUSED));
        }
        let change = match change {
            Change::OwnRecord(record) => Change::OwnRecord(record.asked_at(self.now())),
            change => change,
        };
        let index = self.writes.fetch_add(1, Ordering::Relaxed);
        let written = match self.as_first() {
            Some((id, note)) => match self.submit(self.key(&id, index), change.clone(), Some(note)).await {
                Ok(written) => {
                    self.is_first(id);
                    Ok(written)
                }
                Err(Unwritten::Noted) => self.submit_again(index, change).await,
                failed => failed,
            },
            None => self.submit_again(index, change).await,
        };
        written.map_err(|unwritten| {
            self.give_back(index);
            match unwritten {
                Unwritten::Failed(error) => error,
                Unwritten::Noted => FunctionError::new(FunctionErrorKind::Busy, phrase::BUSY),
            }
        })
    }

    /// Submits a change under the key of the function call that was the first to ask for it.
    async fn submit_again(&self, index: u32, change: Change) -> Result<Written, Unwritten> {
        let first = self.first_request().await.map_err(Unwritten::Failed)?;
        self.submit(self.key(first, index), change, None).await
    }

    /// Makes a change durable, unless the note is there, and waits for it as long as there is time.
    async fn submit(&self, key: JobKey, change: Change, note: Option<Note>) -> Result<Written, Unwritten> {
        let services = &self.services;
        let lane = lane(self.channel, &self.call);
        let permit = match services.write_quota.permit(&lane, self.number()).await {
            Ok(permit) => Some(permit),
            // The note says whether it was promised before, and under which key.
            Err(_) if note.is_some() && self.is_asked_again().await.map_err(Unwritten::Failed)? => {
                return Err(Unwritten::Noted);
            }
            Err(limit) if self.may_exceed(key).await => {
                tracing::debug!(
                    limit = limit.as_str(),
                    "a write beyond the limit is part of what was promised"
                );
                None
            }
            Err(limit) => return Err(Unwritten::Failed(self.beyond(limit))),
        };
        let job = sinks::job(key, change, &lane, self.digest(), self.call.caller.number());
        let job = job.map_err(|error| {
            tracing::error!(function = self.function, %error, "a write cannot be written down");
            Unwritten::Failed(FunctionError::new(FunctionErrorKind::Broken, phrase::BROKEN))
        })?;
        let job = match note {
            Some(note) => job.note(note),
            None => job,
        };
        let answer_by = self.deadline.minus(services.margin);
        self.wait_for_note(answer_by).await;
        // Once something is durable the caller is told that it is being saved, so the rest must follow; before
        // that, what is not durable in time must not become so behind the caller's back.
        let promised = self.durable.load(Ordering::Relaxed);
        let enqueue_by = if promised { answer_by.max(Deadline::after(BEHIND_DEADLINE)) } else { answer_by };
        match services.outbox.submit(job, enqueue_by, answer_by).await {
            Ok(submitted) => {
                if submitted.is_known {
                    self.was_known.store(true, Ordering::Relaxed);
                } else if let Some(permit) = permit {
                    permit.used();
                }
                let written = Written::of(submitted.status, key);
                self.durable.store(true, Ordering::Relaxed);
                self.note(key, &written);
                Ok(written)
            }
            Err(EnqueueError::Noted) => Err(Unwritten::Noted),
            Err(EnqueueError::Conflict) => {
                Err(Unwritten::Failed(FunctionError::new(FunctionErrorKind::Conflict, phrase::CONFLICT)))
            }
            Err(error) => {
                // What the journal says, the outbox has logged.
                if matches!(error, EnqueueError::NoSuchSink(_)) {
                    tracing::error!(function = self.function, %error, "a write could not be made durable");
                }
                Err(Unwritten::Failed(FunctionError::new(FunctionErrorKind::Unavailable, phrase::NOT_SAVED)))
            }
        }
    }

    /// What the CRM took is told before it is noted down. Until then the lane of the call counts as busy, and the next
    /// write of the same function would have to wait for the background.
    async fn wait_for_note(&self, by: Deadline) {
        let last = {
            let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
            written.last().filter(|write| write.record.is_some()).map(|write| write.key)
        };
        let Some(last) = last else { return };
        for pause in NOTED.map(Duration::from_millis) {
            let known = timeout_at(by.instant().into(), self.services.outbox.journal().status(last)).await;
            if !matches!(known, Ok(Ok(Some((_, JobStatus::Pending))))) || by.remaining() < pause {
                return;
            }
            sleep(pause).await;
        }
    }

    /// Tried again by the function, a write that came to nothing is the same write and not a second one.
    fn give_back(&self, index: u32) {
        let _ = self.writes.compare_exchange(index + 1, index, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Whether a write may be made though the limit is reached: one that was made before, delivered again, and one whose
    /// function has promised something already, which must not be done by halves.
    async fn may_exceed(&self, key: JobKey) -> bool {
        self.durable.load(Ordering::Relaxed)
            || matches!(self.services.outbox.journal().status(key).await, Ok(Some(_)))
    }

    /// The failure of a write that would be one too many.
    fn beyond(&self, limit: Limit) -> FunctionError {
        telemetry::write_refused(limit, self);
        let sentence = match limit {
            Limit::Call => phrase::TOO_MANY_ON_CALL,
            Limit::Number => phrase::TOO_MANY_FROM_NUMBER,
        };
        FunctionError::new(FunctionErrorKind::LimitReached, sentence)
    }

    /// What this very function call came to when it was delivered before, or the same request under another id, if there
    /// was one.
    ///
    /// For a function whose look-ups its own write may have changed.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Conflict`] when it came before with other arguments;
    /// [`FunctionErrorKind::Unavailable`] when the journal cannot be asked.
    pub async fn earlier(&self) -> Result<Option<Written>, FunctionError> {
        if !self.is_asked_again().await? {
            return Ok(None);
        }
        let key = self.key(self.first_request().await?, 0);
        let known = self.services.outbox.journal().status(key).await.map_err(|error| {
            tracing::error!(%key, %error, "the journal could not be read");
            FunctionError::new(FunctionErrorKind::Unavailable, phrase::NOT_SAVED)
        })?;
        match known {
            None => Ok(None),
            Some((digest, status)) if digest == self.digest() => {
                self.was_known.store(true, Ordering::Relaxed);
                Ok(Some(Written::of(status, key)))
            }
            Some(_) => Err(FunctionError::new(FunctionErrorKind::Conflict, phrase::CONFLICT)),
        }
    }

    /// Keeps what was written in mind, for the audit.
    fn note(&self, key: JobKey, written: &Written) {
        let record = match written {
            Written::Saved(receipt) => receipt.record.clone(),
            Written::BeingSaved(_) | Written::Refused(_) => None,
        };
        self.written.lock().unwrap_or_else(PoisonError::into_inner).push(AuditedWrite { key, record });
    }

    /// The key of a write of the function call that was the first to ask for it.
    fn key(&self, first: &str, index: u32) -> JobKey {
        let Services { organisation, .. } = self.services.as_ref();
        JobKey::derive([organisation, self.channel, self.call.id().as_str(), first], index)
    }

    /// A digest of what was asked for, which white space and the order of fields do not change.
    pub(crate) fn digest(&self) -> Digest {
        *self.digest.get_or_init(|| request::digest(self.function, &self.arguments))
    }
}
