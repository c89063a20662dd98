//! Where the journal is, by one setting: a file of SQLite or a database of PostgreSQL.

use std::{fmt, path::PathBuf, sync::Arc};

use secrecy::SecretString;
#[cfg(feature = "postgres")]
use voice_crm_core::outbox::budget_share::SharedBudget;
use voice_crm_core::{
    journal::{Journal, PayloadKeys, SqliteJournal},
    outbox::store::Store,
};

/// Where the journal is.
#[derive(Clone, Debug)]
pub(crate) enum JournalStore {
    /// In a file, for one process.
    Sqlite(PathBuf),
    /// In a database, for several. The URL holds a password.
    Postgres(SecretString),
}

/// A journal that is open.
pub(crate) struct OpenJournal {
    /// The journal.
    pub(crate) journal: Arc<dyn Journal>,
    /// How the budget of API calls is kept beside it.
    pub(crate) budget: BudgetStore,
}

/// How the budget of API calls is kept beside a journal.
pub(crate) enum BudgetStore {
    /// It is for one process, and what was spent is written down for the next.
    Saved(Arc<dyn Store>),
    /// Several processes share it.
    #[cfg(feature = "postgres")]
    Shared(Arc<dyn SharedBudget>),
}

impl JournalStore {
    /// Reads the setting `JOURNAL`. The error is a sentence for the person who started the program.
    pub(crate) fn read(text: Option<String>) -> Result<Self, String> {
        let text = text.unwrap_or_else(|| "sqlite:voice-crm.db".to_owned());
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            if !cfg!(feature = "postgres") {
                return Err(
                    "JOURNAL names PostgreSQL, and this build has it not; build with --features postgres"
                        .to_owned(),
                );
            }
            return Ok(Self::Postgres(SecretString::from(text)));
        }
        match text.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(PathBuf::from(path))),
            _ => Err(
                "JOURNAL must be sqlite: and the path of a file, such as sqlite:/var/lib/voice-crm.db, or \
                      postgres://user:password@host/database"
                    .to_owned(),
            ),
        }
    }

    /// Opens the journal, encrypted if keys are given.
    pub(crate) async fn open(self, keys: Option<PayloadKeys>) -> Result<OpenJournal, String> {
        match self {
            Self::Sqlite(path) => {
                let journal = Arc::new(sqlite(path, keys)?);
                Ok(OpenJournal { journal: journal.clone(), budget: BudgetStore::Saved(journal) })
            }
            Self::Postgres(url) => postgres(&url, keys).await,
        }
    }
}

impl fmt::Display for JournalStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "the file {}", path.display()),
            Self::Postgres(_) => f.write_str("PostgreSQL"),
        }
    }
}

/// Opens the journal in a file, encrypted if keys are given.
pub(crate) fn sqlite(path: PathBuf, keys: Option<PayloadKeys>) -> Result<SqliteJournal, String> {
    let options = SqliteJournal::options(path);
    let options = if let Some(keys) = keys { options.encrypted(keys) } else { options };
    options.open().map_err(|error| error.to_string())
}

#[cfg(feature = "postgres")]
async fn postgres(url: &SecretString, keys: Option<PayloadKeys>) -> Result<OpenJournal, String> {
    let options = voice_crm_core::journal::PostgresJournal::options(url);
    let options = if let Some(keys) = keys { options.encrypted(keys) } else { options };
    let journal = Arc::new(options.connect().await.map_err(|error| error.to_string())?);
    Ok(OpenJournal { journal: journal.clone(), budget: BudgetStore::Shared(journal) })
}

#[cfg(not(feature = "postgres"))]
#[expect(clippy::unused_async, reason = "with the feature it waits for the server")]
async fn postgres(_: &SecretString, _: Option<PayloadKeys>) -> Result<OpenJournal, String> {
    Err("this build has no PostgreSQL; build with --features postgres".to_owned())
}

/// Reads the setting `JOURNAL_KEYS`: keys with their numbers, the current one first, such as `2:0a1b..,1:ff00..`.
pub(crate) fn keys(text: Option<String>) -> Result<Option<PayloadKeys>, String> {
    let Some(text) = text else { return Ok(None) };
    let mut keys: Option<PayloadKeys> = None;
    for one in text.split(',') {
        let (number, key) = one
            .trim()
            .split_once(':')
            .and_then(|(number, key)| Some((number.parse().ok()?, SecretString::from(key))))
            .ok_or("JOURNAL_KEYS must be numbers and keys, such as 1: and 64 hexadecimal digits")?;
        let more = match keys {
            None => PayloadKeys::new(number, &key),
            Some(known) => known.with_old(number, &key),
        };
        keys = Some(more.map_err(|error| format!("JOURNAL_KEYS: {error}"))?);
    }
    Ok(keys)
}
