//! A change of a record of an object that only the user knows.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ChangeKind, RecordHandle, RecordRef};

/// A change of a record of an object that only the user knows: made, changed or deleted.
///
/// ```
/// use voice_crm_core::crm::{OwnRecord, RecordHandle, RecordTarget};
///
/// // A new record, which points to the case that was opened last on the same call, be it saved already or not.
/// let visit = OwnRecord::create("Visit__c")
///     .set("Day__c", "2026-12-01")
///     .refer("Case__c", RecordHandle::LastOnCall("Case".to_owned()));
/// // New values in the record whose unique field `Number__c` is this.
/// let order = OwnRecord::update("Order__c", RecordTarget::unique("Number__c", "O-17")).set("Status__c", "On hold");
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[must_use = "it is a description; CallContext::write makes it so"]
pub struct OwnRecord {
    object: String,
    action: RecordAction,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    fields: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    links: Vec<RecordLink>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked_at: Option<Timestamp>,
}

/// What becomes of a record.
#[derive(Clone, Serialize, Deserialize)]
#[allow(clippy::exhaustive_enums, reason = "a CRM that passed one over would lose what was asked")]
pub enum RecordAction {
    /// It is made, under the key of the write.
    Create,
    /// It gets new values.
    Update(RecordTarget),
    /// It gets new values, and is made where none has this value in this field.
    Upsert(UniqueField),
    /// It is deleted.
    Delete(RecordTarget),
}

/// A field whose values are unique in the CRM, and one of them.
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UniqueField {
    /// The field's API name.
    pub field: String,
    /// The value.
    pub value: String,
}

/// Which record a change is about.
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
#[allow(clippy::exhaustive_enums, reason = "a CRM that passed one over would lose what was asked")]
pub enum RecordTarget {
    /// One that is known, or that the same call has made.
    Record(RecordHandle),
    /// The one with this value in a field whose values are unique.
    Unique(UniqueField),
}

/// A field that points to another record.
#[derive(Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordLink {
    /// The field's API name.
    pub field: String,
    /// The record.
    pub to: RecordHandle,
    /// Whether the write is refused where there is no such record. If not, the field stays empty.
    pub required: bool,
}

impl OwnRecord {
    /// A new record of an object, by the object's API name. A repeat makes no second one.
    pub fn create(object: impl Into<String>) -> Self {
        Self::of(object, RecordAction::Create)
    }

    /// New values in a record.
    ///
    /// A change that could not be made within seconds looks first. Where somebody else was faster the record stays as it
    /// is, and a person is told of the wish ([`Remark::ChangedMeanwhile`](super::Remark::ChangedMeanwhile)).
    pub fn update(object: impl Into<String>, which: impl Into<RecordTarget>) -> Self {
        Self::of(object, RecordAction::Update(which.into()))
    }

    /// New values in the record with this value in a unique field; it is made where there is none.
    pub fn upsert(object: impl Into<String>, field: impl Into<String>, value: impl Into<String>) -> Self {
        Self::of(object, RecordAction::Upsert(UniqueField { field: field.into(), value: value.into() }))
    }

    /// A record that is to go. Only a function that is declared [destructive](crate::function::Spec::destructive) may
    /// write it. One that is gone already is no failure.
    pub fn delete(object: impl Into<String>, which: impl Into<RecordTarget>) -> Self {
        Self::of(object, RecordAction::Delete(which.into()))
    }

    fn of(object: impl Into<String>, action: RecordAction) -> Self {
        Self { object: object.into(), action, fields: Map::new(), links: Vec::new(), asked_at: None }
    }

    /// With a value in a field, by the field's API name. `Value::Null` empties it.
    pub fn set(mut self, field: impl Into<String>, value: impl Into<Value>) -> Self {
        self.fields.insert(field.into(), value.into());
        self
    }

    /// With all of these values.
    pub fn set_all(mut self, fields: Map<String, Value>) -> Self {
        self.fields.extend(fields);
        self
    }

    /// With a field that points to another record. The write is refused where that record was never made.
    pub fn refer(mut self, field: impl Into<String>, to: impl Into<RecordHandle>) -> Self {
        self.links.push(RecordLink { field: field.into(), to: to.into(), required: true });
        self
    }

    /// With a field that points to another record, and stays empty where that record was never made.
    pub fn refer_if_made(mut self, field: impl Into<String>, to: impl Into<RecordHandle>) -> Self {
        self.links.push(RecordLink { field: field.into(), to: to.into(), required: false });
        self
    }

    /// The moment at which the caller asked for it; [`CallContext::write`](crate::function::CallContext::write) notes it.
    pub fn asked_at(mut self, moment: Timestamp) -> Self {
        self.asked_at = Some(moment);
        self
    }

    /// The object's API name.
    pub fn object(&self) -> &str {
        &self.object
    }

    /// What becomes of the record.
    pub fn action(&self) -> &RecordAction {
        &self.action
    }

    /// The values by the API names of their fields, without those that point to other records.
    pub fn fields(&self) -> &Map<String, Value> {
        &self.fields
    }

    /// The fields that point to other records.
    pub fn links(&self) -> &[RecordLink] {
        &self.links
    }

    /// When the caller asked for it, if that is known.
    pub fn when_asked(&self) -> Option<Timestamp> {
        self.asked_at
    }

    /// Its kind of change.
    pub fn kind(&self) -> ChangeKind {
        match self.action {
            RecordAction::Create => ChangeKind::CreateRecord,
            RecordAction::Update(_) => ChangeKind::UpdateRecord,
            RecordAction::Upsert(_) => ChangeKind::UpsertRecord,
            RecordAction::Delete(_) => ChangeKind::DeleteRecord,
        }
    }
}

impl RecordTarget {
    /// The record with this value in a field whose values are unique, such as an external id.
    pub fn unique(field: impl Into<String>, value: impl Into<String>) -> Self {
        Self::Unique(UniqueField { field: field.into(), value: value.into() })
    }
}

impl<R: Into<RecordHandle>> From<R> for RecordTarget {
    fn from(record: R) -> Self {
        Self::Record(record.into())
    }
}

impl From<RecordRef> for RecordHandle {
    fn from(record: RecordRef) -> Self {
        Self::Known(record)
    }
}

impl From<&RecordRef> for RecordHandle {
    fn from(record: &RecordRef) -> Self {
        Self::Known(record.clone())
    }
}

impl fmt::Debug for OwnRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnRecord")
            .field("object", &self.object)
            .field("action", &self.kind().as_str())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RecordAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "Create",
            Self::Update(_) => "Update(..)",
            Self::Upsert(_) => "Upsert(..)",
            Self::Delete(_) => "Delete(..)",
        })
    }
}

impl fmt::Debug for UniqueField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UniqueField").field("field", &self.field).finish_non_exhaustive()
    }
}

impl fmt::Debug for RecordTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record(record) => record.fmt(f),
            Self::Unique(unique) => unique.fmt(f),
        }
    }
}

impl fmt::Debug for RecordLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordLink").field("field", &self.field).field("to", &self.to).finish_non_exhaustive()
    }
}
