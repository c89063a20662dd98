//! The same request under another id: a model that asks again for what it has asked for gets the first outcome again.
//!
//! Which function call was the first to ask is kept in the store beside the journal, in one transaction with its write,
//! and the first one's id is part of the key of the write. So neither a restart nor another replica makes a second one.

use std::{borrow::Cow, sync::atomic::Ordering, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::time::timeout_at;

use super::{CallContext, Confirmation};
use crate::{
    function::{Answer, FunctionError, FunctionErrorKind, request},
    journal::JournalError,
    outbox::{Note, store::Expected},
    phrase::{self, Instruction},
};

/// How long it is kept which ids asked for the same. No call is longer, and no platform delivers a webhook again later.
const KEPT: Duration = Duration::from_secs(24 * 3600);
/// How often a value is read again that somebody else writes at the same moment.
const TURNS: usize = 50;
/// How many windows, and how many ids in each, are kept for one request on one call.
const ROUNDS: usize = 16;
const IDS: usize = 32;
/// Longer ids are kept as a hash.
const LONGEST_ID: usize = 64;

/// Which function call was the first to ask for something.
#[derive(Debug)]
pub(crate) struct FirstRequest {
    /// What identifies it.
    id: String,
    /// Whether it was another one than this.
    is_other: bool,
}

impl CallContext {
    /// What makes this function call the same as another that is delivered: what it was confirmed by, or else the
    /// platform's id of it.
    pub(crate) fn origin(&self) -> Cow<'_, str> {
        match &self.confirmation {
            // No platform's id begins like this.
            Confirmation::Given(confirmed) => format!("confirmed\n{}", confirmed.token).into(),
            Confirmation::None | Confirmation::Unheard => self.tool_call.as_str().into(),
        }
    }

    /// What identifies this function call if it is the first to ask for this, and the note of a job that finds out; `None`
    /// when it is known who was the first.
    ///
    /// Most requests are the first, so their jobs are made as such, each with a note that keeps it out if it is not.
    pub(super) fn as_first(&self) -> Option<(String, Note)> {
        if self.first.initialized() || self.is_of_its_own() {
            return None;
        }
        let id = short(self.origin());
        let mut asked = Asked::default();
        asked.place(&id, self.now(), self.services.repeat_window);
        let note = Note::new(self.request_key(), serde_json::to_string(&asked).unwrap_or_default(), KEPT);
        Some((id, note))
    }

    /// Remembers that this function call was the first, whose note is in the store.
    pub(super) fn is_first(&self, id: String) {
        // Nobody else finds out beside it.
        let _ = self.first.set(FirstRequest { id, is_other: false });
    }

    /// Whether this is a request of its own whatever was asked before: the caller's own word says that it is meant.
    fn is_of_its_own(&self) -> bool {
        self.services.repeat_window.is_zero() || matches!(self.confirmation, Confirmation::Given(_))
    }

    /// Whether anybody has asked for the same before, this function call itself included.
    pub(super) async fn is_asked_again(&self) -> Result<bool, FunctionError> {
        if self.first.initialized() || self.is_of_its_own() {
            return Ok(true);
        }
        let (store, key) = (self.services.outbox.journal(), self.request_key());
        Ok(self.in_time(store.get(&key, self.now())).await?.is_some())
    }

    /// What identifies the function call that was the first to ask for this, where this one is not, or has been here
    /// before.
    pub(super) async fn first_request(&self) -> Result<&str, FunctionError> {
        let first = self.first.get_or_try_init(|| async {
            let id = short(self.origin());
            let window = self.services.repeat_window;
            if self.is_of_its_own() {
                return Ok(FirstRequest { id, is_other: false });
            }
            match self.in_time(self.note_request(&id, window)).await? {
                Some(first) => Ok(FirstRequest { is_other: first != id, id: first }),
                None => Err(FunctionError::new(FunctionErrorKind::Busy, phrase::BUSY)),
            }
        });
        Ok(&first.await?.id)
    }

    /// What the store says. When it cannot be known whether this was done before, nothing is done.
    async fn in_time<T>(
        &self,
        asked: impl Future<Output = Result<T, JournalError>>,
    ) -> Result<T, FunctionError> {
        let by = self.deadline.minus(self.services.margin).instant().into();
        match timeout_at(by, asked).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => {
                tracing::error!(%error, "whether the same was asked for before is not known, so nothing was done");
            }
            Err(_) => {
                tracing::error!("the journal did not say in time whether the same was asked for before");
            }
        }
        Err(FunctionError::new(FunctionErrorKind::Unavailable, phrase::NOT_SAVED))
    }

    /// Notes in the store that this function call asks, and gives the first that did. `None` when others write there all
    /// the time.
    async fn note_request(&self, id: &str, window: Duration) -> Result<Option<String>, JournalError> {
        let (store, key) = (self.services.outbox.journal(), self.request_key());
        for _ in 0..TURNS {
            let now = self.now();
            let (mut asked, expected) = match store.get(&key, now).await? {
                Some(known) => {
                    (serde_json::from_str(&known.value).unwrap_or_default(), Expected::Version(known.version))
                }
                None => (Asked::default(), Expected::Absent),
            };
            let (first, is_known) = asked.place(id, now, window);
            let text = serde_json::to_string(&asked).unwrap_or_default();
            if is_known || store.put(&key, &text, expected, KEPT, now).await?.is_some() {
                return Ok(Some(first));
            }
        }
        Ok(None)
    }

    fn request_key(&self) -> String {
        let mut hash = Sha256::new();
        let digest = self.digest();
        let (organisation, call) =
            (self.services.organisation.as_bytes(), self.call.id().as_str().as_bytes());
        for part in [organisation, self.channel.as_bytes(), call, digest.as_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        format!("asked:{}", hex(hash))
    }

    /// An answer, with words for the model where it is the outcome of an earlier request, and no new one.
    pub(crate) fn told_again(&self, answer: Answer, takes_occurrence: bool) -> Answer {
        let is_other = self.first.get().is_some_and(|first| first.is_other);
        if !is_other || !self.was_known.load(Ordering::Relaxed) {
            return answer;
        }
        let how = if takes_occurrence {
            let next = request::occurrence(&self.arguments).saturating_add(1);
            format!("the same arguments and {} {next}", request::OCCURRENCE)
        } else {
            "what is different about it in the arguments".to_owned()
        };
        answer.instruct(Instruction::new(format!(
            "Exactly this was asked for before on this call. This is the outcome of that request, and nothing was done \
             again. If the caller wants one more of the same, call {} again with {how}.",
            self.function
        )))
    }
}

/// An id that is short enough to be kept.
fn short(id: Cow<'_, str>) -> String {
    if id.len() <= LONGEST_ID {
        id.into_owned()
    } else {
        format!("long\n{}", hex(Sha256::new_with_prefix(id.as_bytes())))
    }
}

fn hex(hash: Sha256) -> String {
    hash.finalize()[..16].iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Who has asked for the same on a call, window by window.
#[derive(Debug, Default, Deserialize, Serialize)]
struct Asked(Vec<Round>);

/// Those who asked within one window; the first of them is the one whose write it is.
#[derive(Debug, Deserialize, Serialize)]
struct Round {
    /// When the first asked, in milliseconds since 1970.
    at: i64,
    ids: Vec<String>,
}

impl Asked {
    /// The first who asked for what this one asks for, and whether this one is known already; if not, it is noted.
    fn place(&mut self, id: &str, now: Timestamp, window: Duration) -> (String, bool) {
        let now = now.as_millisecond();
        // Delivered again, however late, it is what it was.
        let known = self.0.iter().find(|round| round.ids.iter().any(|known| known == id));
        if let Some(first) = known.and_then(|round| round.ids.first()) {
            return (first.clone(), true);
        }
        let window = i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
        if let Some(Round { at, ids }) = self.0.last_mut()
            && now.saturating_sub(*at) < window
            && let Some(first) = ids.first().cloned()
        {
            if ids.len() >= IDS {
                // Never the first, whose write it is.
                ids.remove(1);
            }
            ids.push(id.to_owned());
            return (first, false);
        }
        if self.0.len() >= ROUNDS {
            self.0.remove(0);
        }
        self.0.push(Round { at: now, ids: vec![id.to_owned()] });
        (id.to_owned(), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(300);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn first(asked: &mut Asked, id: &str, second: i64) -> String {
        asked.place(id, at(second), WINDOW).0
    }

    #[test]
    fn whoever_asks_within_the_window_gets_the_first_and_whoever_asks_later_is_one() {
        let mut asked = Asked::default();
        assert_eq!(first(&mut asked, "a", 0), "a");
        assert_eq!(first(&mut asked, "b", 299), "a");
        assert_eq!(first(&mut asked, "c", 300), "c");
        assert_eq!(first(&mut asked, "d", 301), "c");
    }

    #[test]
    fn what_is_delivered_again_is_what_it_was_however_late() {
        let mut asked = Asked::default();
        for (id, second) in [("a", 0), ("b", 1), ("c", 400)] {
            first(&mut asked, id, second);
        }
        for (id, expected) in [("a", "a"), ("b", "a"), ("c", "c")] {
            assert_eq!(asked.place(id, at(900), WINDOW), (expected.to_owned(), true));
        }
    }

    #[test]
    fn a_clock_that_is_set_back_makes_nothing_twice() {
        let mut asked = Asked::default();
        first(&mut asked, "a", 1_000);
        assert_eq!(first(&mut asked, "b", 0), "a");
    }

    #[test]
    fn what_is_kept_is_bounded_and_never_forgets_the_first_of_a_window() {
        let mut asked = Asked::default();
        for number in 0..1_000_i32 {
            let id = short(format!("{number:0>200}").into());
            first(&mut asked, &id, i64::from(number) * 10);
        }
        assert!(serde_json::to_string(&asked).unwrap().len() < 64 * 1024);
        let mut busy = Asked::default();
        for number in 0..1_000 {
            assert_eq!(first(&mut busy, &number.to_string(), 0), "0");
        }
        assert_eq!(busy.0[0].ids.len(), IDS);
    }
}
