//! A record of an object of the user's own, upserted by its key.

use std::sync::Arc;

use super::{
    operation::{Operation, Target},
    step::{Answers, Next, Step, is_absent, take},
};
use crate::crm::{Attempt, Change, OwnRecord, Receipt, Write};

pub(super) struct OwnRecordStep {
    write: Arc<Write>,
    /// An earlier try may have made it: look before anything is overwritten.
    look: bool,
    /// It was looked for, and is not there.
    absent: bool,
}

impl OwnRecordStep {
    pub(super) fn first(attempt: &Attempt) -> Self {
        Self { write: attempt.write.clone(), look: attempt.may_exist, absent: false }
    }

    fn record(&self) -> Option<&OwnRecord> {
        match &self.write.change {
            Change::SaveRecord(record) => Some(record),
            _ => None,
        }
    }
}

impl Step for OwnRecordStep {
    fn operations(&self, _: &str) -> Vec<Operation> {
        let (Some(record), key) = (self.record(), self.write.key) else { return Vec::new() };
        let object = record.object.clone();
        vec![if self.look {
            Operation::Read { object, target: Target::Key(key), fields: &["Id"] }
        } else {
            Operation::Upsert { object, key, fields: record.fields.clone(), link: None }
        }]
    }

    fn next(self: Box<Self>, answers: Answers) -> Next {
        let object = self.record().map(|record| record.object.clone());
        match take(&mut answers.into_iter()) {
            Ok(found) => Next::Done(Ok(Receipt { record: found.id(), object, ..Receipt::default() })),
            Err(error) if self.look && is_absent(&error) => {
                Next::Go(Box::new(Self { look: false, absent: true, ..*self }))
            }
            // Not our own key, then, but another field of it that must be unique.
            Err(error) if self.absent && error.code() == Some("DUPLICATE_VALUE") => {
                Next::Done(Err(error.that_is_final()))
            }
            Err(error) => Next::Done(Err(error)),
        }
    }
}
