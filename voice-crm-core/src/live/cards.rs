//! The cards of all calls, found by any id of their call.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    bounds::LiveBounds,
    card::{CallCard, CardId},
    entry::{LiveChange, LiveFilter},
    kept::{Effect, Kept, Update},
    log::Log,
};
use crate::call::PlatformId;

/// How many ids a card goes by.
const MOST_IDS: usize = 64;

/// The cards.
pub(super) struct Cards {
    bounds: LiveBounds,
    kept: HashMap<CardId, Kept>,
    by_id: HashMap<PlatformId, CardId>,
}

impl Cards {
    pub(super) fn new(bounds: LiveBounds) -> Self {
        Self { bounds, kept: HashMap::new(), by_id: HashMap::new() }
    }

    /// Takes in an update, and writes down what it changed. True if a card may leave sooner than was thought.
    pub(super) fn apply(&mut self, update: Update<'_>, log: &mut Log, now: Instant) -> bool {
        let identity = &update.call.identity;
        let known: BTreeSet<CardId> = identity.all().filter_map(|id| self.by_id.get(id).copied()).collect();
        let mut known = known.into_iter();
        let (id, new) = match known.next() {
            Some(id) => (id, false),
            None => (self.begin(update.at, log, now), true),
        };
        // An id that links two cards: the older one stays.
        let others: Vec<Kept> = known.filter_map(|other| self.kept.remove(&other)).collect();
        let Self { bounds, kept: cards, by_id } = self;
        let Some(kept) = cards.get_mut(&id) else { return false };
        let (was, was_over) = (kept.card.owner.clone(), kept.is_over());
        let mut whole = new || !others.is_empty();
        for other in others {
            let owner = other.card.owner.clone();
            let merged = LiveChange::Removed { merged_into: Some(id) };
            log.push(other.card.id, (owner.clone(), owner), merged);
            for alias in &other.card.ids {
                // An id for which there is no room must not lead to a card that has left.
                by_id.remove(alias);
                add_id(kept, by_id, alias);
            }
            kept.merge(other, bounds);
        }
        for alias in identity.all() {
            whole |= add_id(kept, by_id, alias);
        }
        let effect = kept.take(update, bounds);
        kept.touched = log.next();
        let ends = kept.is_over() && !was_over;
        if !kept.is_over() {
            kept.leaves_at = later(now, bounds.keep_silent);
        } else if ends {
            kept.leaves_at = later(now, bounds.keep_ended);
        }
        let owners = (was, kept.card.owner.clone());
        match effect {
            Effect::Nothing if !whole => {}
            Effect::Part(part) if !whole => log.push(id, owners, part),
            _ => log.push(id, owners, LiveChange::Card(Arc::new(kept.card.clone()))),
        }
        ends
    }

    /// A card for a call that was not heard of before, in place of another where there are enough.
    fn begin(&mut self, at: Timestamp, log: &mut Log, now: Instant) -> CardId {
        if self.kept.len() >= self.bounds.calls.max(1) {
            let least = self.kept.values().min_by_key(|kept| (!kept.is_over(), kept.touched));
            if let Some(id) = least.map(|kept| kept.card.id) {
                self.remove(id, log);
            }
        }
        let id = CardId(log.next());
        self.kept.insert(id, Kept::new(id, at, later(now, self.bounds.keep_silent)));
        id
    }

    fn remove(&mut self, id: CardId, log: &mut Log) {
        let Some(kept) = self.kept.remove(&id) else { return };
        for alias in &kept.card.ids {
            self.by_id.remove(alias);
        }
        let owner = kept.card.owner;
        log.push(id, (owner.clone(), owner), LiveChange::Removed { merged_into: None });
    }

    /// Removes the cards whose time is up.
    pub(super) fn remove_old(&mut self, log: &mut Log, now: Instant) {
        let old: BTreeSet<CardId> =
            self.kept.values().filter(|kept| kept.leaves_at <= now).map(|kept| kept.card.id).collect();
        for id in old {
            self.remove(id, log);
        }
    }

    /// When the first card may leave.
    pub(super) fn first_to_leave(&self) -> Option<Instant> {
        self.kept.values().map(|kept| kept.leaves_at).min()
    }

    /// The cards that a subscriber gets to see, the oldest first.
    pub(super) fn all(&self, filter: &LiveFilter) -> Vec<Arc<CallCard>> {
        let shown = self.kept.values().filter(|kept| filter.shows(kept.card.owner.as_ref()));
        let mut cards: Vec<_> = shown.map(|kept| Arc::new(kept.card.clone())).collect();
        cards.sort_by_key(|card| card.id);
        cards
    }
}

/// Lets a card be found by another id, if it has room for it; true if that is new.
fn add_id(kept: &mut Kept, by_id: &mut HashMap<PlatformId, CardId>, alias: &PlatformId) -> bool {
    let is_new = kept.card.ids.len() < MOST_IDS && kept.card.ids.insert(alias.clone());
    if is_new {
        by_id.insert(alias.clone(), kept.card.id);
    }
    is_new
}

fn later(now: Instant, wait: Duration) -> Instant {
    // A wait that no clock can show is as good as a year.
    now.checked_add(wait).unwrap_or_else(|| now + Duration::from_secs(365 * 24 * 60 * 60))
}
