//! A journal in PostgreSQL: for several replicas, on several machines, that share one.
//!
//! The row of a lane is its lock and its lease. Replicas lease lanes with `SKIP LOCKED`, and every lease has an
//! epoch that is given once, so that whoever comes back too late changes nothing. What comes in at the same time
//! shares a transaction. Replicas look for what is due themselves; nobody is notified row by row, since a
//! `NOTIFY` takes one lock for the whole server at commit.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    Accepted, Claimed, DeadLetter, Digest, Entry, Erased, Found, Journal, JournalError, JournalStats, Lease,
    PayloadKeys, Settlement, Standing,
    payload::{Part, Payloads},
};
use crate::{
    crm::{Reference, WriteKey},
    phone::PhoneNumber,
};
use connections::Connections;
use group::{Group, Waiting};
use leases::{Incoming, Note};

mod budget;
mod connections;
mod group;
mod leases;
mod migrate;
mod operator;
mod rows;

/// A journal in a schema of a PostgreSQL database, for as many replicas as you like.
///
/// It comes back by itself when the server was away. The clocks of the replicas must agree to within a few
/// seconds, as NTP keeps them: by them a lease ends.
pub struct PostgresJournal {
    store: Store,
    accepts: Group<Incoming, Accepted>,
    settles: Group<Note, ()>,
}

/// How a journal in PostgreSQL is opened; see [`PostgresJournal::options`].
#[derive(Clone, Debug)]
#[must_use = "nothing is opened until `connect`"]
pub struct PostgresOptions {
    url: SecretString,
    schema: String,
    connections: usize,
    keys: Option<PayloadKeys>,
}

impl PostgresOptions {
    /// The schema that holds the tables, which is made where it is not there yet. `voice_crm` unless said.
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.schema = name.into();
        self
    }

    /// How many connections are opened at most. 8 unless said, which carries thousands of writes a second.
    pub fn connections(mut self, number: usize) -> Self {
        self.connections = number;
        self
    }

    /// Encrypts what is stored of writes and of their outcomes. What stands there already is still read.
    pub fn encrypted(mut self, keys: PayloadKeys) -> Self {
        self.keys = Some(keys);
        self
    }

    /// Connects, and brings the tables up to date; replicas that start together take turns.
    ///
    /// # Errors
    /// [`JournalError::Open`] when the URL or the schema is none, the server cannot be reached or refuses, or a
    /// newer release has been at the tables.
    pub async fn connect(self) -> Result<PostgresJournal, JournalError> {
        let refused = |problem| JournalError::Open { path: "in PostgreSQL".to_owned(), problem };
        let config: tokio_postgres::Config = self.url.expose_secret().parse().map_err(|_| {
            refused("the URL cannot be read; it looks like postgres://user:password@host/database".to_owned())
        })?;
        if !is_plain_name(&self.schema) {
            let problem = "the schema's name must be small letters, digits and underscores";
            return Err(refused(problem.to_owned()));
        }
        let connections = Connections::new(config, self.connections).map_err(refused)?;
        let mut first = connections.first().await.map_err(refused)?;
        migrate::migrate(&mut first, &self.schema)
            .await
            .map_err(|unusable| refused(connections::explain_unusable(&unusable)))?;
        drop(first);
        let payloads = Payloads::new(self.keys);
        let store = Store { connections, schema: Arc::from(self.schema), payloads };
        let (accepting, settling) = (store.clone(), store.clone());
        let accepts = Group::start(move |batch| accepting.clone().accept(batch));
        let settles = Group::start(move |batch| settling.clone().settle(batch));
        Ok(PostgresJournal { store, accepts, settles })
    }
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
        PostgresOptions { url: url.clone(), schema: "voice_crm".to_owned(), connections: 8, keys: None }
    }
}

/// A name that needs no quotes in SQL and stands in no other's way.
fn is_plain_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=63).contains(&name.len())
        && name.bytes().all(plain)
        && !name.starts_with(|first: char| first.is_ascii_digit())
}

/// What every operation needs.
#[derive(Clone)]
struct Store {
    connections: Connections,
    schema: Arc<str>,
    payloads: Payloads,
}

impl Store {
    /// Takes a batch in, in one transaction.
    async fn accept(self, mut batch: Vec<Waiting<Incoming, Accepted>>) {
        batch.sort_by(|one, other| one.request.entry.lane.cmp(&other.request.entry.lane));
        match self.accept_all(&batch).await {
            Ok(accepted) => {
                for (waiting, accepted) in batch.into_iter().zip(accepted) {
                    waiting.tell(accepted.ok_or(JournalError::Closed));
                }
            }
            Err(error) if batch.len() == 1 => {
                for waiting in batch {
                    waiting.tell(Err(error.clone()));
                }
            }
            Err(_) => {
                // One of them is at fault, and the others shall not suffer for it.
                for waiting in batch {
                    let alone = self.accept_all(std::slice::from_ref(&waiting)).await;
                    waiting.tell(alone.and_then(|mut one| one.pop().flatten().ok_or(JournalError::Closed)));
                }
            }
        }
    }

    /// `None` stands for those that are no longer waited for.
    async fn accept_all(
        &self,
        batch: &[Waiting<Incoming, Accepted>],
    ) -> Result<Vec<Option<Accepted>>, JournalError> {
        if batch.iter().all(Waiting::is_given_up) {
            return Ok(batch.iter().map(|_| None).collect());
        }
        let (schema, payloads) = (&*self.schema, &self.payloads);
        self.connections
            .run(|client| async move {
                // Seen anew with every try: an outage may last longer than their patience.
                let wanted: Vec<bool> = batch.iter().map(|waiting| !waiting.is_given_up()).collect();
                let both = batch.iter().zip(&wanted).filter(|(_, wanted)| **wanted);
                let incoming: Vec<&Incoming> = both.map(|(waiting, _)| &waiting.request).collect();
                let accepted = leases::accept(&client, schema, payloads, &incoming).await?;
                let mut accepted = accepted.into_iter();
                Ok(wanted.iter().map(|wanted| if *wanted { accepted.next() } else { None }).collect())
            })
            .await
    }

    /// Notes what became of a batch, in one transaction.
    async fn settle(self, mut batch: Vec<Waiting<Note, ()>>) {
        batch.sort_by(|one, other| one.request.lane.cmp(&other.request.lane));
        let notes: Vec<&Note> = batch.iter().map(|waiting| &waiting.request).collect();
        let (schema, notes) = (&*self.schema, &*notes);
        let settled =
            self.connections.run(|client| async move { leases::settle(&client, schema, notes).await }).await;
        for waiting in batch {
            waiting.tell(settled.as_ref().copied().map_err(Clone::clone));
        }
    }
}

impl fmt::Debug for PostgresJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresJournal").field("schema", &self.store.schema).finish_non_exhaustive()
    }
}

#[async_trait]
impl Journal for PostgresJournal {
    async fn accept(
        &self,
        entry: Entry,
        live: Option<Duration>,
        now: Timestamp,
    ) -> Result<Accepted, JournalError> {
        let body = self.store.payloads.write(entry.write.key, Part::Body, entry.write.as_ref());
        let body = body.map_err(|error| JournalError::Store { problem: error.to_string() })?;
        let caller = entry.caller.as_ref().map(|caller| self.store.payloads.caller(caller));
        self.accepts.run(Incoming { entry, body, caller, live, now }).await
    }

    async fn claim(&self, now: Timestamp, lease: Duration, limit: usize) -> Result<Claimed, JournalError> {
        let Store { connections, schema, payloads } = &self.store;
        let mut claimed = Claimed::default();
        loop {
            let room = limit.saturating_sub(claimed.leases.len());
            let leased = connections
                .run(|client| async move { leases::claim(&client, schema, payloads, now, lease, room).await })
                .await?;
            claimed.leases.extend(leased.leases);
            if leased.unreadable.is_empty() {
                break;
            }
            // The next of their lanes may be readable.
            self.settle(leased.unreadable, now).await?;
        }
        claimed.next_due =
            connections.run(|client| async move { leases::next_due(&client, schema, now).await }).await?;
        Ok(claimed)
    }

    async fn settle(
        &self,
        settlements: Vec<(Lease, Settlement)>,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        let notes: Result<Vec<Note>, _> = settlements
            .iter()
            .map(|(lease, settlement)| Note::new(&self.store.payloads, lease, settlement, now))
            .collect();
        let notes = notes.map_err(|error| JournalError::Store { problem: error.to_string() })?;
        futures_util::future::try_join_all(notes.into_iter().map(|note| self.settles.run(note))).await?;
        Ok(())
    }

    async fn standing(&self, key: WriteKey) -> Result<Option<(Digest, Standing)>, JournalError> {
        let Store { connections, schema, payloads } = &self.store;
        connections
            .run(|client| async move { operator::standing(&client, schema, payloads, key).await })
            .await
    }

    async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, JournalError> {
        let Store { connections, schema, payloads } = &self.store;
        connections
            .run(|client| async move { operator::dead_letters(&client, schema, payloads, limit).await })
            .await
    }

    async fn retry(&self, key: WriteKey, now: Timestamp) -> Result<bool, JournalError> {
        let Store { connections, schema, .. } = &self.store;
        connections.run(|client| async move { operator::retry(&client, schema, key, now).await }).await
    }

    async fn discard(&self, key: WriteKey) -> Result<bool, JournalError> {
        let Store { connections, schema, .. } = &self.store;
        connections.run(|client| async move { operator::discard(&client, schema, key).await }).await
    }

    async fn forget(&self, done_before: Timestamp, limit: usize) -> Result<usize, JournalError> {
        let Store { connections, schema, .. } = &self.store;
        connections
            .run(|client| async move { operator::forget(&client, schema, done_before, limit).await })
            .await
    }

    async fn find(&self, reference: &Reference) -> Result<Vec<Found>, JournalError> {
        let Store { connections, schema, payloads } = &self.store;
        connections
            .run(|client| async move { operator::find(&client, schema, payloads, reference).await })
            .await
    }

    async fn erase(&self, caller: &PhoneNumber) -> Result<Erased, JournalError> {
        let Store { connections, schema, payloads } = &self.store;
        let marks = payloads.callers(caller);
        let marks = &*marks;
        connections.run(|client| async move { operator::erase(&client, schema, marks).await }).await
    }

    async fn stats(&self) -> Result<JournalStats, JournalError> {
        let Store { connections, schema, .. } = &self.store;
        connections.run(|client| async move { operator::stats(&client, schema).await }).await
    }
}

#[cfg(test)]
mod tests {
    use super::is_plain_name;

    #[test]
    fn only_a_name_that_needs_no_quotes_is_a_schema() {
        assert!(is_plain_name("voice_crm") && is_plain_name("_2"));
        for wrong in ["", "2", "Voice", "a;b", "a b", "a\"b", "\u{e9}", &"a".repeat(64)] {
            assert!(!is_plain_name(wrong), "{wrong}");
        }
    }
}
