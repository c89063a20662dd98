//! Faults that single records meet, whichever request they come in.

use std::sync::{Mutex, PoisonError};

use super::Engine;
use crate::{
    error::{ApiError, Code},
    faults::{Fault, Held},
    id::RecordId,
};

/// The faults that hold while a request is served, and the first that a record of it met.
#[derive(Debug, Default)]
pub(crate) struct Troubles {
    held: Vec<Held>,
    met: Mutex<Option<Fault>>,
}

impl Troubles {
    pub(crate) fn begin(&mut self, held: Vec<Held>) {
        self.held = held;
    }

    /// Forgets the faults, and gives the one that was met.
    pub(crate) fn end(&mut self) -> Option<Fault> {
        self.held.clear();
        self.met.get_mut().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn refusal(
        &self,
        object: &str,
        ids: &[RecordId],
        counts: impl Fn(&Fault) -> bool,
    ) -> Result<(), ApiError> {
        let held = self.held.iter().find(|held| counts(&held.fault) && held.is_for(object, ids));
        let Some(held) = held else { return Ok(()) };
        *self.met.lock().unwrap_or_else(PoisonError::into_inner) = Some(held.fault.clone());
        Err(match &held.fault {
            Fault::Refused(refusal) => ApiError::from(refusal),
            _ => locked(),
        })
    }
}

impl Engine {
    /// Refuses a write that meets a fault at the record, or at one it refers to.
    pub(crate) fn check_write(
        &self,
        object: usize,
        ids: impl IntoIterator<Item = RecordId>,
    ) -> Result<(), ApiError> {
        if self.troubles.held.is_empty() {
            return Ok(());
        }
        let ids: Vec<RecordId> = ids.into_iter().collect();
        self.troubles.refusal(&self.schema.object(object).name, &ids, |_| true)
    }

    /// Refuses to read records of an object. A lock keeps nobody from reading.
    pub(crate) fn check_read(&self, object: usize, id: Option<RecordId>) -> Result<(), ApiError> {
        let ids: Vec<RecordId> = id.into_iter().collect();
        let name = &self.schema.object(object).name;
        self.troubles.refusal(name, &ids, |fault| *fault != Fault::RowLock)
    }
}

/// The refusal of a write whose record another transaction holds.
pub(crate) fn locked() -> ApiError {
    ApiError::new(Code::UnableToLockRow, "unable to obtain exclusive access to this record")
        .on_fields::<String>([])
}
