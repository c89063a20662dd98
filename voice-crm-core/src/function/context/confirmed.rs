//! What a confirmation is worth: once, and no more after the same was changed again.

use std::time::Duration;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::CallContext;
use crate::{
    function::{FunctionError, FunctionErrorKind},
    journal::JournalError,
    outbox::store::Expected,
    phrase,
};

/// How long the order of confirmations is kept; no call is longer.
const CALL: Duration = Duration::from_secs(24 * 3600);
/// How often a value is read again that somebody else writes at the same moment.
const TURNS: usize = 50;

/// A confirmation that holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Confirmed {
    /// The token, by which the same confirmation is known again.
    pub(crate) token: String,
    /// Its place in the order in which the call asked for confirmations.
    pub(crate) serial: u64,
}

/// Whether a function call has been confirmed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Confirmation {
    /// No, or by something that is no confirmation of it.
    None,
    /// By the model alone: the caller has said nothing since they were asked.
    Unheard,
    /// Yes.
    Given(Confirmed),
}

impl CallContext {
    /// The place of a question that is asked now in the order of those of the call.
    pub(crate) async fn next_serial(&self) -> Result<u64, FunctionError> {
        let key = self.confirmation_key("asked", "");
        let added = self.services.outbox.journal().add(&key, 1, CALL, self.now()).await;
        added.map(i64::unsigned_abs).map_err(|error| not_kept(&error))
    }

    /// Spends a confirmation on what it changes: none that was asked for before it changes the same any more.
    ///
    /// `changes` are the names of what is changed; the arguments that are given, unless the function says.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Conflict`] when the same was changed by a later confirmation;
    /// [`FunctionErrorKind::Unavailable`] when that cannot be found out.
    pub(crate) async fn spend(
        &self,
        confirmed: &Confirmed,
        changes: Option<Vec<&'static str>>,
    ) -> Result<(), FunctionError> {
        let names = match changes {
            Some(names) => names.into_iter().map(str::to_owned).collect(),
            None => given(&self.arguments),
        };
        let keys: Vec<String> = names.iter().map(|name| self.confirmation_key(self.function, name)).collect();
        for key in &keys {
            if self.last_serial(key).await?.is_some_and(|(last, _)| last > confirmed.serial) {
                return Err(spent());
            }
        }
        for key in &keys {
            self.note_serial(key, confirmed.serial).await?;
        }
        Ok(())
    }

    async fn note_serial(&self, key: &str, serial: u64) -> Result<(), FunctionError> {
        for _ in 0..TURNS {
            let expected = match self.last_serial(key).await? {
                Some((last, _)) if last > serial => return Err(spent()),
                Some((last, _)) if last == serial => return Ok(()),
                Some((_, version)) => Expected::Version(version),
                None => Expected::Absent,
            };
            let put = self
                .services
                .outbox
                .journal()
                .put(key, &serial.to_string(), expected, CALL, self.now())
                .await;
            if put.map_err(|error| not_kept(&error))?.is_some() {
                return Ok(());
            }
        }
        Err(FunctionError::new(FunctionErrorKind::Busy, phrase::BUSY))
    }

    async fn last_serial(&self, key: &str) -> Result<Option<(u64, u64)>, FunctionError> {
        let stored =
            self.services.outbox.journal().get(key, self.now()).await.map_err(|error| not_kept(&error))?;
        Ok(stored.map(|stored| (stored.value.parse().unwrap_or(0), stored.version)))
    }

    fn confirmation_key(&self, what: &str, name: &str) -> String {
        let mut hash = Sha256::new();
        let organisation = self.services.organisation.as_str();
        for part in [organisation, self.channel, self.call.id().as_str(), what, name] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest =
            hash.finalize()[..16].iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        format!("confirmed:{digest}")
    }
}

/// The names of the arguments that are given.
fn given(arguments: &[u8]) -> Vec<String> {
    let Ok(Value::Object(fields)) = serde_json::from_slice(arguments) else { return Vec::new() };
    fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name).collect()
}

fn spent() -> FunctionError {
    FunctionError::new(FunctionErrorKind::Conflict, phrase::CONFIRMATION_SPENT)
}

fn not_kept(error: &JournalError) -> FunctionError {
    tracing::error!(%error, "the order of confirmations could not be kept, so nothing was done");
    FunctionError::new(FunctionErrorKind::Unavailable, phrase::NOT_SAVED)
}
