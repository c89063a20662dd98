//! What an operator sees of proofs that failed, and undoes.

use std::{fmt, sync::Arc};

use super::proof_key::{Codes, ProofKey};
use crate::{
    clock::Clock,
    crm::RecordRef,
    journal::JournalError,
    outbox::store::{Expected, Store},
    phone::PhoneNumber,
};

/// How many digits the name of a count has.
const NAME: usize = 32;

/// The failed proofs of contacts, for an operator; cheap to clone.
///
/// Contacts are named as the log names them, by a digest that shows nothing of them; a contact's own id does as well
/// where a lock is undone.
#[derive(Clone)]
pub struct ProofLocks {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    organisation: String,
}

/// How often proofs have failed for a contact.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct FailedProofs {
    /// The name of the contact in the log: 32 hexadecimal digits.
    pub name: String,
    /// How often.
    pub failures: u32,
}

impl ProofLocks {
    /// Those of an organisation, in the store of its bridge. The name of the organisation is that of
    /// [`BridgeBuilder::organisation`](crate::bridge::BridgeBuilder::organisation), `default` unless said.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, organisation: impl Into<String>) -> Self {
        Self { store, clock, organisation: organisation.into() }
    }

    /// The contacts for which proofs have failed, those with the most failures first; of the first `limit` that the
    /// store has.
    ///
    /// # Errors
    /// [`JournalError`] when the store cannot be read.
    pub async fn list(&self, limit: usize) -> Result<Vec<FailedProofs>, JournalError> {
        let prefix = ProofKey::prefix("contact");
        let stored = self.store.list(&prefix, limit, self.clock.now()).await?;
        let mut all: Vec<_> = stored
            .into_iter()
            .filter_map(|(key, value)| {
                let failures = value.value.parse().ok().filter(|failures| *failures > 0)?;
                Some(FailedProofs { name: key.strip_prefix(&prefix)?.to_owned(), failures })
            })
            .collect();
        all.sort_by_key(|failed| std::cmp::Reverse(failed.failures));
        Ok(all)
    }

    /// Forgets the failed proofs of a contact, and the codes that it got. False when there were none.
    ///
    /// # Errors
    /// [`JournalError`] when the store cannot be written.
    pub async fn unlock_contact(&self, contact: &RecordRef) -> Result<bool, JournalError> {
        let failures = self.remove(ProofKey::contact(&self.organisation, contact).as_str()).await?;
        let mut codes = false;
        for what in Codes::ALL {
            codes |= self.remove(ProofKey::codes(&self.organisation, what, contact).as_str()).await?;
        }
        Ok(failures | codes)
    }

    /// Forgets the failed proofs of a contact by its name in the log. False when there were none.
    ///
    /// # Errors
    /// [`JournalError`] when the store cannot be written.
    pub async fn unlock_named(&self, name: &str) -> Result<bool, JournalError> {
        let name = name.to_ascii_lowercase();
        if name.len() != NAME || !name.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Ok(false);
        }
        self.remove(&format!("{}{name}", ProofKey::prefix("contact"))).await
    }

    /// Forgets the failed proofs that came from a number. False when there were none.
    ///
    /// # Errors
    /// [`JournalError`] when the store cannot be written.
    pub async fn unlock_number(&self, number: &PhoneNumber) -> Result<bool, JournalError> {
        self.remove(ProofKey::number(&self.organisation, number).as_str()).await
    }

    async fn remove(&self, key: &str) -> Result<bool, JournalError> {
        self.store.remove(key, Expected::Anything, self.clock.now()).await
    }
}

impl fmt::Debug for ProofLocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProofLocks").field("organisation", &self.organisation).finish_non_exhaustive()
    }
}
