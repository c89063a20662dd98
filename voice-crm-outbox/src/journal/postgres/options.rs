//! How a journal in PostgreSQL is opened.

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};

use super::{PostgresJournal, connections::Connections, database::Database, migrate};
use crate::journal::{JournalError, PayloadKeys, payload::Payloads};

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
    pub(super) fn new(url: &SecretString) -> Self {
        Self { url: url.clone(), schema: "voice_crm".to_owned(), connections: 8, keys: None }
    }

    /// The schema that holds the tables, which is made where it is not there yet. `voice_crm` unless said.
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.schema = name.into();
        self
    }

    /// How many connections are opened at most. 8 unless said, which carries thousands of jobs a second.
    pub fn connections(mut self, number: usize) -> Self {
        self.connections = number;
        self
    }

    /// Encrypts what is stored of jobs and of their outcomes. What is there already is still read.
    pub fn encrypted(mut self, keys: PayloadKeys) -> Self {
        self.keys = Some(keys);
        self
    }

    /// Connects, and brings the tables up to date; replicas that start together take turns.
    ///
    /// Replicas of an older release can do nothing more once a newer one has been at the tables: stop them before.
    ///
    /// # Errors
    /// [`JournalError::Open`] when the URL or the schema's name cannot be used, the server cannot be reached or refuses, or
    /// a newer release has been at the tables.
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
        let migrated = migrate::migrate(&mut first, &self.schema).await;
        migrated.map_err(|unusable| refused(unusable.explain()))?;
        drop(first);
        let payloads = Payloads::new(self.keys);
        Ok(PostgresJournal::new(Database { connections, schema: Arc::from(self.schema), payloads }))
    }
}

/// A name that needs no quotes in SQL and stands in no other's way.
fn is_plain_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=63).contains(&name.len())
        && name.bytes().all(plain)
        && !name.starts_with(|first: char| first.is_ascii_digit())
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
