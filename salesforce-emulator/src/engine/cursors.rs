//! Open query results that have more pages; a user has few of them.

use std::{collections::VecDeque, sync::Arc};

use crate::{id::RecordId, soql::Plan};

/// The rows a query found and has not given yet.
#[derive(Clone)]
pub(crate) struct Cursor {
    pub(crate) plan: Arc<Plan>,
    pub(crate) serials: Arc<Vec<u32>>,
    pub(crate) batch: usize,
    /// Who opened it.
    pub(crate) user: RecordId,
}

/// The cursors of all users; a user who opens one too many loses the oldest.
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
        let own = |(_, known): &(String, Cursor)| known.user == cursor.user;
        if self.open.iter().filter(|known| own(known)).count() == MAX_OPEN {
            let oldest = self.open.iter().position(own);
            oldest.map(|at| self.open.remove(at));
        }
        self.open.push_back((locator.clone(), cursor));
        locator
    }

    pub(crate) fn find(&self, locator: &str) -> Option<Cursor> {
        self.open.iter().find(|(name, _)| name == locator).map(|(_, cursor)| cursor.clone())
    }
}

const MAX_OPEN: usize = 10;
