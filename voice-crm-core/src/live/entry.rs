//! What a subscriber gets: snapshots and numbered changes, less what is not for it.

use std::{fmt, sync::Arc};

use serde::Serialize;

use super::card::{CallCard, CardId, FunctionCalled, Line, RecordLink, Speaking};

/// A numbered change to one card.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct LiveEntry {
    /// Its number: greater than that of every change before it, in this process and those before it.
    pub id: u64,
    /// The card.
    pub card: CardId,
    /// What changed.
    pub change: LiveChange,
    /// Whose card it was before, and whose it is now.
    #[serde(skip)]
    pub(super) owners: (Option<Arc<str>>, Option<Arc<str>>),
}

/// What changed on a card.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum LiveChange {
    /// The card is new, or it is now like this.
    Card(Arc<CallCard>),
    /// A line was added to its transcript. Lines are in the order of time.
    Said(Arc<Line>),
    /// Somebody began or stopped speaking.
    Speaking(Speaking),
    /// A function came to an outcome; a former one of the same function call is replaced.
    Called {
        /// The function call.
        function: FunctionCalled,
        /// The records that belong to the call since then.
        records: Vec<RecordLink>,
    },
    /// The card left.
    Removed {
        /// The card that has taken its place, because both were the same call.
        merged_into: Option<CardId>,
    },
}

/// What a subscriber reads.
#[derive(Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum LiveMessage {
    /// All cards as they are; it stands in place of everything before it.
    Snapshot {
        /// The id of the last change that is in it.
        id: u64,
        /// The cards, in the order in which their calls were first heard of.
        cards: Vec<Arc<CallCard>>,
    },
    /// A change.
    Change(Arc<LiveEntry>),
    /// The subscriber was too slow and has missed changes. A snapshot comes next.
    Lagged {
        /// How many changes were missed.
        missed: u64,
    },
}

impl LiveMessage {
    /// The id to come back with, as `Last-Event-ID`.
    pub fn id(&self) -> Option<u64> {
        match self {
            Self::Snapshot { id, .. } => Some(*id),
            Self::Change(entry) => Some(entry.id),
            Self::Lagged { .. } => None,
        }
    }
}

impl fmt::Debug for LiveMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Snapshot { id, cards } => {
                f.debug_struct("Snapshot").field("id", id).field("cards", &cards.len()).finish()
            }
            Self::Change(entry) => f.debug_tuple("Change").field(entry).finish(),
            Self::Lagged { missed } => f.debug_struct("Lagged").field("missed", missed).finish(),
        }
    }
}

/// Which calls a subscriber gets to see.
#[derive(Clone, Debug)]
pub struct LiveFilter {
    owner: Option<Arc<str>>,
}

impl LiveFilter {
    /// All calls.
    pub fn all() -> Self {
        Self { owner: None }
    }

    /// Those that are for one agent or user alone.
    pub fn owner(id: impl Into<Arc<str>>) -> Self {
        Self { owner: Some(id.into()) }
    }

    pub(super) fn shows(&self, owner: Option<&Arc<str>>) -> bool {
        self.owner.is_none() || self.owner.as_ref() == owner
    }

    /// A change as this subscriber sees it: a card that goes to somebody else leaves.
    pub(super) fn view(&self, entry: Arc<LiveEntry>) -> Option<Arc<LiveEntry>> {
        let (was, is) = &entry.owners;
        if self.shows(is.as_ref()) {
            return Some(entry);
        }
        self.shows(was.as_ref()).then(|| {
            let (id, card, owners) = (entry.id, entry.card, entry.owners.clone());
            Arc::new(LiveEntry { id, card, change: LiveChange::Removed { merged_into: None }, owners })
        })
    }
}
