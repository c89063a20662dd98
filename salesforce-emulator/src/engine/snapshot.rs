//! The org as it was, to go back to.

use std::{collections::HashMap, sync::Arc};

use super::{Cursors, Engine, Store};
use crate::{blob::Blob, bulk::Jobs, id::RecordId, schema::Schema};

/// What the org held at one time: records, files, fields and the numbers drawn.
pub(crate) struct Snapshot {
    schema: Arc<Schema>,
    store: Store,
    auto_numbers: HashMap<usize, u64>,
    blobs: HashMap<RecordId, Blob>,
}

impl Engine {
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot {
            schema: Arc::clone(&self.schema),
            store: self.store.clone(),
            auto_numbers: self.auto_numbers.clone(),
            blobs: self.blobs.clone(),
        }
    }

    /// Goes back to how the org was; nothing of what was done since is remembered.
    pub(crate) fn restore(&mut self, snapshot: &Snapshot) {
        self.see_everything();
        self.schema = Arc::clone(&snapshot.schema);
        self.forget_views();
        self.store = snapshot.store.clone();
        self.auto_numbers.clone_from(&snapshot.auto_numbers);
        self.blobs.clone_from(&snapshot.blobs);
        (self.cursors, self.jobs) = (Cursors::default(), Jobs::default());
        self.deployments.clear();
        self.forget_audit();
        self.take_notices();
    }
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").finish_non_exhaustive()
    }
}
