//! A journal in PostgreSQL: for several replicas, on several machines, that share one.
//!
//! The row of a lane is its lock and its lease. Replicas lease lanes with `SKIP LOCKED`, and every lease has an
//! epoch that is given once, so that whoever comes back too late changes nothing. What comes in at the same time
//! shares a transaction. Replicas look for what is due themselves; nobody is notified row by row, since a
//! `NOTIFY` takes one lock for the whole server at commit.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::SecretString;

use super::{
    Claim, Claimed, DeadJob, Enqueued, Erased, JobInfo, Journal, JournalError, JournalStats, Lease, Outcome,
    claim::PASSES, payload::Part,
};
use crate::{Digest, Job, JobKey, JobStatus, Reference, Subject, store::check_size};
use database::Database;
use enqueue::Incoming;
use group::Group;
use settle::Note;

pub use options::PostgresOptions;

mod budget;
mod claim;
mod connections;
mod database;
mod enqueue;
mod group;
mod migrate;
mod operator;
mod options;
mod rows;
mod settle;
mod store;

/// A journal in a schema of a PostgreSQL database, for as many replicas as you like, and the
/// [`Store`](crate::store::Store) beside it.
///
/// An outage of the server is waited out for two seconds. After that every call fails at once, until the server is
/// back; the journal finds that out by itself. The clocks of the replicas must agree to within a few seconds, as NTP
/// keeps them: by them a lease ends.
///
/// One promise of [`Journal::enqueue`] depends on the server: when the connection breaks off between the commit and its
/// answer, and the server stays away, the caller gets an error for a job that is durable. A repeat of the request finds
/// the job.
pub struct PostgresJournal {
    database: Database,
    incoming: Group<Incoming, Enqueued>,
    notes: Group<Note, ()>,
}

impl PostgresJournal {
    /// Connects to the journal that a URL names, such as `postgres://user:password@host/database`.
    ///
    /// Beyond this machine the connection is encrypted and the server's certificate checked, unless the URL ends in
    /// `?sslmode=disable`.
    ///
    /// # Errors
    /// As [`PostgresOptions::connect`].
    pub async fn connect(url: &SecretString) -> Result<Self, JournalError> {
        Self::options(url).connect().await
    }

    /// How the journal that a URL names is to be opened.
    pub fn options(url: &SecretString) -> PostgresOptions {
        PostgresOptions::new(url)
    }

    fn new(database: Database) -> Self {
        let (enqueueing, settling) = (database.clone(), database.clone());
        let incoming = Group::start(move |batch| enqueueing.clone().enqueue(batch));
        let notes = Group::start(move |batch| settling.clone().settle(batch));
        Self { database, incoming, notes }
    }
}

impl fmt::Debug for PostgresJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresJournal").field("schema", &self.database.schema).finish_non_exhaustive()
    }
}

#[async_trait]
impl Journal for PostgresJournal {
    async fn enqueue(
        &self,
        job: Job,
        live: Option<Duration>,
        now: Timestamp,
    ) -> Result<Enqueued, JournalError> {
        if let Some(note) = &job.note {
            check_size(&note.key, &note.value)?;
        }
        let payloads = &self.database.payloads;
        let body = payloads.seal(job.key, Part::Body, &job.body).map_err(JournalError::store)?;
        let subject = job.subject.as_ref().map(|subject| payloads.subject(subject));
        self.incoming.run(Incoming { job, body, subject, live, now }).await
    }

    async fn claim(&self, claim: &Claim) -> Result<Claimed, JournalError> {
        let Database { connections, schema, payloads } = &self.database;
        let mut claimed = Claimed::default();
        for _ in 0..PASSES {
            let (limit, failing_limit) = claimed.room(claim);
            let room = &Claim { limit, failing_limit, ..claim.clone() };
            let leased = connections
                .run(|client| async move { claim::claim(&client, schema, payloads, room).await })
                .await?;
            claimed.leases.extend(leased.leases);
            claimed.failing.extend(leased.failing);
            if leased.unreadable.is_empty() {
                break;
            }
            // The next of their lanes may be readable.
            self.settle(leased.unreadable, claim.now).await?;
        }
        let Claim { sink, now, .. } = claim;
        claimed.next_due = connections
            .run(|client| async move { claim::next_due(&client, schema, sink, *now).await })
            .await?;
        Ok(claimed)
    }

    async fn settle(&self, outcomes: Vec<(Lease, Outcome)>, now: Timestamp) -> Result<(), JournalError> {
        let notes: Result<Vec<Note>, _> = outcomes
            .iter()
            .map(|(lease, outcome)| Note::new(&self.database.payloads, lease, outcome, now))
            .collect();
        let notes = notes.map_err(JournalError::store)?;
        futures_util::future::try_join_all(notes.into_iter().map(|note| self.notes.run(note))).await?;
        Ok(())
    }

    async fn status(&self, key: JobKey) -> Result<Option<(Digest, JobStatus)>, JournalError> {
        let Database { connections, schema, payloads } = &self.database;
        connections.run(|client| async move { operator::status(&client, schema, payloads, key).await }).await
    }

    async fn find(&self, reference: &Reference) -> Result<Vec<JobInfo>, JournalError> {
        let Database { connections, schema, payloads } = &self.database;
        connections
            .run(|client| async move { operator::find(&client, schema, payloads, reference).await })
            .await
    }

    async fn dead(&self, limit: usize) -> Result<Vec<DeadJob>, JournalError> {
        let Database { connections, schema, payloads } = &self.database;
        connections.run(|client| async move { operator::dead(&client, schema, payloads, limit).await }).await
    }

    async fn retry(&self, key: JobKey, now: Timestamp) -> Result<bool, JournalError> {
        let Database { connections, schema, .. } = &self.database;
        connections.once().run(|client| async move { operator::retry(&client, schema, key, now).await }).await
    }

    async fn discard(&self, key: JobKey) -> Result<bool, JournalError> {
        let Database { connections, schema, .. } = &self.database;
        connections.once().run(|client| async move { operator::discard(&client, schema, key).await }).await
    }

    async fn forget(&self, done_before: Timestamp, limit: usize) -> Result<usize, JournalError> {
        let Database { connections, schema, .. } = &self.database;
        connections
            .run(|client| async move { operator::forget(&client, schema, done_before, limit).await })
            .await
    }

    async fn erase(&self, subject: &Subject) -> Result<Erased, JournalError> {
        let Database { connections, schema, payloads } = &self.database;
        let marks = &*payloads.subjects(subject);
        connections.once().run(|client| async move { operator::erase(&client, schema, marks).await }).await
    }

    async fn stats(&self) -> Result<JournalStats, JournalError> {
        let Database { connections, schema, .. } = &self.database;
        connections.run(|client| async move { operator::stats(&client, schema).await }).await
    }

    async fn check(&self) -> Result<(), JournalError> {
        self.database.check().await
    }
}
