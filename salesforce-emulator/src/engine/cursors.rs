//! Open query results that have more pages; a user has few of them.

use std::{collections::VecDeque, sync::Arc};

use crate::soql::Plan;

/// The rows a query found and has not given yet.
#[derive(Clone)]
pub(crate) struct Cursor {
    pub(crate) plan: Arc<Plan>,
    pub(crate) serials: Arc<Vec<u32>>,
    pub(crate) batch: usize,
}

/// The cursors of the integration user; opening one too many closes the oldest.
#[derive(Default)]
pub(crate) struct Cursors {
    open: VecDeque<(String, Cursor)>,
    opened: u64,
}

impl Cursors {
    /// Keeps a cursor and gives the locator that names it.
    pub(crate) fn open(&mut self, cursor: Cursor) -> String {
        self.opened += 1;
        let locator = format!("01gEv{:013}", self.opened);
        if self.open.len() == MAX_OPEN {
            self.open.pop_front();
        }
        self.open.push_back((locator.clone(), cursor));
        locator
    }

    pub(crate) fn find(&self, locator: &str) -> Option<Cursor> {
        self.open.iter().find(|(name, _)| name == locator).map(|(_, cursor)| cursor.clone())
    }
}

const MAX_OPEN: usize = 10;
