//! Records of objects that only the user knows: made under the key of the write, changed, and deleted.

use jiff::Timestamp;
use serde_json::Value;
use voice_crm_core::crm::{
    Attempt, CrmError, CrmErrorKind, OwnRecord, Receipt, RecordAction, RecordRef, RecordTarget, UniqueField,
};

use super::{
    conversation::{Org, Record, filled, is_absent},
    freshness::{Look, Wish, changed_at, look, looks_first, tell},
    keyed,
};
use crate::reads::Row;

/// Makes a record as it is wanted.
pub(super) async fn save(org: &Org<'_>, attempt: &Attempt, record: &OwnRecord) -> Result<Receipt, CrmError> {
    let wanted = linked(attempt, record)?;
    let asked_at = record.when_asked().unwrap_or(Timestamp::MAX);
    let change = Change { org, attempt, object: record.object(), wanted, asked_at };
    match record.action() {
        RecordAction::Create => keyed::upsert(org, attempt, record.object(), change.wanted).await,
        RecordAction::Update(target) => match (target, looks_first(attempt, asked_at)) {
            (RecordTarget::Record(handle), false) => {
                let id = handle.find(&attempt.earlier).ok_or_else(never_made)?;
                change.update(&id).await
            }
            (RecordTarget::Unique(unique), false) => change.update_unique(unique).await,
            (target, true) => match change.find(target).await? {
                Some(found) => change.update_found(&found).await,
                None => Err(not_there()),
            },
        },
        RecordAction::Upsert(unique) if looks_first(attempt, asked_at) => {
            match change.find(&RecordTarget::Unique(unique.clone())).await? {
                Some(found) => change.update_found(&found).await,
                None => change.upsert(unique).await,
            }
        }
        RecordAction::Upsert(unique) => change.upsert(unique).await,
        RecordAction::Delete(target) => change.delete(target).await,
    }
}

/// A change of one record.
struct Change<'a> {
    org: &'a Org<'a>,
    attempt: &'a Attempt,
    object: &'a str,
    /// The new values.
    wanted: Row,
    asked_at: Timestamp,
}

impl Change<'_> {
    /// Changes a record, and reads when that was, for a later change on the same call.
    async fn update(&self, id: &RecordRef) -> Result<Receipt, CrmError> {
        let mut ask = self.org.ask();
        let written = ask.update(self.object.to_owned(), id, self.wanted.clone());
        let state = ask.look(self.object, id, &["LastModifiedDate"]);
        let mut answers = ask.send().await;
        answers.take(written)?;
        let changed_at = answers.take(state).ok().as_ref().and_then(changed_at);
        Ok(self.receipt(Some(id.clone()), changed_at))
    }

    /// Finds the record and changes it in the same request.
    async fn update_unique(&self, unique: &UniqueField) -> Result<Receipt, CrmError> {
        let mut ask = self.org.ask();
        let found = ask.look(self.object, unique, &["Id"]);
        let written = ask.update(self.object.to_owned(), &found, self.wanted.clone());
        let state = ask.look(self.object, &found, &["LastModifiedDate"]);
        let mut answers = ask.send().await;
        let found =
            answers.take(found).map_err(|error| if is_absent(&error) { not_there() } else { error })?;
        answers.take(written)?;
        let changed_at = answers.take(state).ok().as_ref().and_then(changed_at);
        Ok(self.receipt(found.id(), changed_at))
    }

    /// Changes a record after a look at it, unless it is so already or somebody else was faster.
    async fn update_found(&self, found: &Record) -> Result<Receipt, CrmError> {
        let Some(id) = found.id() else { return Err(not_there()) };
        match look(self.attempt, found, &self.wanted, self.asked_at) {
            Look::HasThem => Ok(self.receipt(Some(id), None)),
            Look::ChangedMeanwhile => self.tell(&id).await,
            Look::Open => self.update(&id).await,
        }
    }

    async fn upsert(&self, unique: &UniqueField) -> Result<Receipt, CrmError> {
        let mut ask = self.org.ask();
        let written = ask.upsert_by(self.object, unique, self.wanted.clone());
        let state = ask.look(self.object, unique, &["Id", "LastModifiedDate"]);
        let mut answers = ask.send().await;
        let written = answers.take(written)?;
        let state = answers.take(state).ok();
        let id = written.0.or_else(|| state.as_ref().and_then(Record::id));
        Ok(self.receipt(id, state.as_ref().and_then(changed_at)))
    }

    /// Deletes a record, unless somebody has changed it since the caller asked. What is gone is gone.
    async fn delete(&self, target: &RecordTarget) -> Result<Receipt, CrmError> {
        let id = match target {
            RecordTarget::Record(handle) if !looks_first(self.attempt, self.asked_at) => {
                handle.find(&self.attempt.earlier).ok_or_else(never_made)?
            }
            target => {
                let Some(found) = self.find(target).await? else { return Ok(self.receipt(None, None)) };
                let Some(id) = found.id() else { return Ok(self.receipt(None, None)) };
                let is_late = looks_first(self.attempt, self.asked_at);
                if is_late
                    && matches!(
                        look(self.attempt, &found, &Row::new(), self.asked_at),
                        Look::ChangedMeanwhile
                    )
                {
                    return self.tell(&id).await;
                }
                id
            }
        };
        match self.org.ask_one(|ask| ask.delete(self.object, &id)).await {
            Err(error) if !is_gone(&error) => Err(error),
            Ok(_) | Err(_) => Ok(self.receipt(None, None)),
        }
    }

    /// The record as it is, with what is to be changed in it.
    async fn find(&self, target: &RecordTarget) -> Result<Option<Record>, CrmError> {
        let mut fields = vec!["Id", "LastModifiedDate"];
        fields.extend(self.wanted.keys().map(String::as_str));
        let found = match target {
            RecordTarget::Record(handle) => {
                let id = handle.find(&self.attempt.earlier).ok_or_else(never_made)?;
                self.org.ask_one(|ask| ask.look(self.object, &id, &fields)).await
            }
            RecordTarget::Unique(unique) => {
                self.org.ask_one(|ask| ask.look(self.object, unique, &fields)).await
            }
        };
        match found {
            Ok(found) => Ok(Some(found)),
            Err(error) if is_gone(&error) => Ok(None),
            Err(error) => {
                let may = self.attempt.may_have_applied || error.may_have_applied();
                Err(error.that_may_have_applied(may))
            }
        }
    }

    async fn tell(&self, id: &RecordRef) -> Result<Receipt, CrmError> {
        let what = format!("The record {} of {}", id.as_str(), self.object);
        let wish = Wish {
            subject: "Record change to be checked",
            what: &what,
            asked_at: self.asked_at,
            wanted: &self.wanted,
            contact: None,
        };
        tell(self.org, self.attempt, wish).await
    }

    fn receipt(&self, record: Option<RecordRef>, changed_at: Option<Timestamp>) -> Receipt {
        Receipt { record, object: Some(self.object.to_owned()), changed_at, ..Receipt::default() }
    }
}

/// The values with the ids of the records that they point to.
fn linked(attempt: &Attempt, record: &OwnRecord) -> Result<Row, CrmError> {
    let mut fields = record.fields().clone();
    for link in record.links() {
        match link.to.find(&attempt.earlier) {
            Some(id) => fields.extend(filled([(link.field.as_str(), Value::from(id.as_str()))])),
            None if link.required => return Err(never_made()),
            None => {}
        }
    }
    Ok(fields)
}

/// The failure of a write that points to a record which no earlier write of its call made. The writes of a call are made
/// in their order: what is not there by now was refused.
pub(super) fn never_made() -> CrmError {
    CrmError::new(
        CrmErrorKind::Refused,
        "the record that it points to was not made by an earlier write of its call",
    )
    .with_code("REFERENCE_NOT_MADE")
}

fn not_there() -> CrmError {
    CrmError::new(CrmErrorKind::Refused, "the record to change is not in the org").with_code("NOT_FOUND")
}

fn is_gone(error: &CrmError) -> bool {
    is_absent(error) || error.code() == Some("ENTITY_IS_DELETED")
}
