//! What was tried on one call, by digest: the same value twice is one attempt.

use std::{fmt, sync::Arc, time::Duration};

use jiff::Timestamp;

use super::proof_key::{ProofKey, digest};
use crate::{
    journal::JournalError,
    outbox::store::{Expected, Store},
};

/// How often a list is read again that somebody else changes at the same moment.
const TURNS: usize = 50;
/// Stands behind what was tried and not judged.
const UNJUDGED: char = '!';

/// The list of one call, in the store.
#[derive(Clone)]
pub(super) struct TriedValues {
    store: Arc<dyn Store>,
    key: ProofKey,
    lasts: Duration,
}

/// The list as it was read.
pub(super) struct Read {
    values: Vec<String>,
    expected: Expected,
}

/// What became of a value that was to be noted.
pub(super) enum Noted {
    /// It is new; so many there are.
    New(u32),
    /// It was there before.
    Known {
        /// Whether it was judged.
        is_judged: bool,
    },
    /// There is no room for another.
    Full,
}

/// What is known of a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Known {
    /// It was not tried on this call.
    New,
    /// It was tried and judged, so that judging it again tells nothing.
    Judged,
    /// It was tried when the limit of its contact was used up.
    Unjudged,
}

impl Read {
    pub(super) fn state(&self, value: &str) -> Known {
        let found = self.values.iter().find(|known| known.trim_end_matches(UNJUDGED) == value);
        match found {
            None => Known::New,
            Some(known) if known.ends_with(UNJUDGED) => Known::Unjudged,
            Some(_) => Known::Judged,
        }
    }

    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.values.len()).unwrap_or(u32::MAX)
    }

    fn take_out(&mut self, value: &str) {
        self.values.retain(|known| known.trim_end_matches(UNJUDGED) != value);
    }
}

impl TriedValues {
    pub(super) fn new(store: Arc<dyn Store>, key: ProofKey, lasts: Duration) -> Self {
        Self { store, key, lasts }
    }

    pub(super) fn key(&self) -> &ProofKey {
        &self.key
    }

    /// The digest of a value, which tells nothing on another call.
    pub(super) fn digest(&self, parts: &[&str]) -> String {
        let parts: Vec<&str> = [self.key.as_str()].into_iter().chain(parts.iter().copied()).collect();
        digest(&parts)
    }

    pub(super) async fn read(&self, now: Timestamp) -> Result<Read, JournalError> {
        Ok(match self.store.get(self.key.as_str(), now).await? {
            None => Read { values: Vec::new(), expected: Expected::Absent },
            Some(stored) => Read {
                values: stored.value.split_whitespace().map(str::to_owned).collect(),
                expected: Expected::Version(stored.version),
            },
        })
    }

    /// Notes a value, if there is room for it.
    pub(super) async fn note(
        &self,
        value: &str,
        is_judged: bool,
        room: u32,
        now: Timestamp,
    ) -> Result<Noted, JournalError> {
        for _ in 0..TURNS {
            let mut list = self.read(now).await?;
            match list.state(value) {
                Known::New => {}
                known => return Ok(Noted::Known { is_judged: known == Known::Judged }),
            }
            if list.count() >= room {
                return Ok(Noted::Full);
            }
            list.values.push(if is_judged { value.to_owned() } else { format!("{value}{UNJUDGED}") });
            let count = list.count();
            if self.write(list, now).await? {
                return Ok(Noted::New(count));
            }
        }
        // Nobody tries so much on one call at one moment but to guess.
        Ok(Noted::Full)
    }

    /// Notes that a value that was not judged is judged now.
    pub(super) async fn judge(&self, value: &str, now: Timestamp) -> Result<(), JournalError> {
        for _ in 0..TURNS {
            let mut list = self.read(now).await?;
            list.take_out(value);
            list.values.push(value.to_owned());
            if self.write(list, now).await? {
                return Ok(());
            }
        }
        // It counts once more when it comes again.
        Ok(())
    }

    /// Takes a value off the list; false if it was not there.
    pub(super) async fn forget(&self, value: &str, now: Timestamp) -> Result<bool, JournalError> {
        for _ in 0..TURNS {
            let mut list = self.read(now).await?;
            if list.state(value) == Known::New {
                return Ok(false);
            }
            list.take_out(value);
            if self.write(list, now).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn write(&self, list: Read, now: Timestamp) -> Result<bool, JournalError> {
        let text = list.values.join(" ");
        Ok(self.store.put(self.key.as_str(), &text, list.expected, self.lasts, now).await?.is_some())
    }
}

impl fmt::Debug for TriedValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TriedValues").field("key", &self.key).finish_non_exhaustive()
    }
}
