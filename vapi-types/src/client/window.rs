//! Which part of a list to ask for next, so that nothing is left out and nothing comes twice: pure, no I/O.
//!
//! Vapi's lists have no cursor. They begin with the newest and end at a limit; the rest is reached by asking for what
//! was created up to a time. Several items can have been created at the same time, and a page can end between them, so
//! each window begins with the last moment of the page before, and what was seen already is left out by its id.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;

/// The part of a list that is asked for next.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    limit: usize,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    /// What a later window may bring again.
    seen: BTreeMap<String, Timestamp>,
    is_done: bool,
}

/// What a window needs to know of an item.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) created_at: Option<Timestamp>,
}

/// Why a list cannot be read to its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum Stuck {
    #[error("a full page is not ordered from the newest to the oldest")]
    Disordered,
    #[error("more was created in one moment than a page can hold")]
    Crowded,
}

impl Window {
    pub(crate) fn new() -> Self {
        Self { limit: 100, from: None, until: None, seen: BTreeMap::new(), is_done: false }
    }

    pub(crate) fn set_limit(&mut self, limit: usize) {
        self.limit = limit.clamp(1, MOST);
    }

    pub(crate) fn set_from(&mut self, from: Timestamp) {
        self.from = Some(from);
    }

    pub(crate) fn set_until(&mut self, until: Timestamp) {
        self.until = Some(until);
    }

    pub(crate) fn is_done(&self) -> bool {
        self.is_done
    }

    pub(crate) fn query(&self) -> Vec<(&'static str, String)> {
        let time = |time: Timestamp| format!("{time:.3}");
        let mut query = vec![("limit", self.limit.to_string())];
        query.extend(self.from.map(|from| ("createdAtGe", time(from))));
        query.extend(self.until.map(|until| ("createdAtLe", time(until))));
        query
    }

    /// Takes note of a page, and says which of its items are new. An error leaves the window where it was.
    pub(crate) fn accept(&mut self, page: &[Key]) -> Result<Vec<bool>, Stuck> {
        let mut after = self.clone();
        let is_new: Vec<bool> = page.iter().map(|key| !self.seen.contains_key(&key.id)).collect();
        if page.len() < self.limit {
            after.is_done = true;
        } else {
            after.advance(page)?;
        }
        *self = after;
        Ok(is_new)
    }

    fn advance(&mut self, page: &[Key]) -> Result<(), Stuck> {
        let times: Option<Vec<Timestamp>> = page.iter().map(|key| key.created_at).collect();
        let times = times.filter(|times| times.is_sorted_by(|newer, older| newer >= older));
        let times = times.ok_or(Stuck::Disordered)?;
        // Times are shown in milliseconds, and kept more finely: what is shown may be up to one earlier.
        let oldest = times.last().and_then(|oldest| oldest.checked_add(FINENESS).ok());
        let oldest = oldest.ok_or(Stuck::Disordered)?;
        if self.until.is_some_and(|until| oldest >= until) {
            if self.limit == MOST {
                return Err(Stuck::Crowded);
            }
            self.limit = (self.limit * 2).min(MOST);
        } else {
            self.until = Some(oldest);
        }
        self.seen.extend(page.iter().zip(times).map(|(key, time)| (key.id.clone(), time)));
        if let Some(until) = self.until {
            self.seen.retain(|_, time| *time <= until);
        }
        Ok(())
    }
}

/// The most items that one page can hold.
const MOST: usize = 1000;
const FINENESS: Duration = Duration::from_millis(1);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Items by id, each created at a time in microseconds, which the list shows in milliseconds.
    struct Store(Vec<(String, i64)>);

    impl Store {
        fn page(&self, window: &Window) -> Vec<Key> {
            let micros =
                |time: Option<Timestamp>, otherwise| time.map_or(otherwise, Timestamp::as_microsecond);
            let range = micros(window.from, i64::MIN)..=micros(window.until, i64::MAX);
            let mut items: Vec<_> = self.0.iter().filter(|(_, time)| range.contains(time)).collect();
            items.sort_by_key(|(id, time)| (-time, id.clone()));
            let key = |(id, time): &(String, i64)| Key {
                id: id.clone(),
                created_at: Timestamp::from_millisecond(time.div_euclid(1000)).ok(),
            };
            items.into_iter().take(window.limit).map(key).collect()
        }

        fn read(&self, limit: usize) -> Result<Vec<String>, Stuck> {
            let mut window = Window::new();
            window.set_limit(limit);
            let mut read = Vec::new();
            while !window.is_done() {
                let page = self.page(&window);
                let is_new = window.accept(&page)?;
                read.extend(page.into_iter().zip(is_new).filter(|(_, new)| *new).map(|(key, _)| key.id));
            }
            Ok(read)
        }
    }

    fn at(times: &[i64]) -> Store {
        Store(times.iter().enumerate().map(|(id, time)| (format!("id-{id}"), *time)).collect())
    }

    proptest! {
        #[test]
        fn every_item_is_read_exactly_once(times in prop::collection::vec(0_i64..8_000, 0..120), limit in 1_usize..20) {
            let store = at(&times);

            let mut read = store.read(limit).unwrap();

            prop_assert_eq!(read.len(), times.len());
            read.sort();
            read.dedup();
            prop_assert_eq!(read.len(), times.len());
        }
    }

    #[test]
    fn a_crowd_in_one_moment_widens_the_page() {
        assert_eq!(at(&[5_000; 700]).read(10).unwrap().len(), 700);
    }

    #[test]
    fn a_crowd_that_no_page_can_hold_is_an_error_and_not_a_gap() {
        assert_eq!(at(&[5_000; 1001]).read(100), Err(Stuck::Crowded));
    }

    #[test]
    fn a_full_page_in_another_order_is_an_error_and_not_a_gap() {
        let key = |id: &str, time| Key { id: id.to_owned(), created_at: Timestamp::from_second(time).ok() };
        let mut window = Window::new();
        window.set_limit(2);

        assert_eq!(window.accept(&[key("a", 1), key("b", 2)]), Err(Stuck::Disordered));
        assert!(!window.is_done());
    }

    #[test]
    fn a_window_is_asked_for_with_both_ends_included() {
        let mut window = Window::new();
        window.set_from("2026-11-01T00:00:00Z".parse().unwrap());
        window.set_until("2026-11-20T12:00:00.123Z".parse().unwrap());

        let expected = [
            ("limit", "100".to_owned()),
            ("createdAtGe", "2026-11-01T00:00:00.000Z".to_owned()),
            ("createdAtLe", "2026-11-20T12:00:00.123Z".to_owned()),
        ];
        assert_eq!(window.query(), expected);
    }
}
