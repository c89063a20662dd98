//! What a description tells. Whatever is not named here is left out.

use serde::Deserialize;

/// The objects of an org.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct GlobalDescription {
    /// The objects.
    pub sobjects: Vec<ObjectSummary>,
}

/// One object in short.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "the wire has them one by one")]
#[non_exhaustive]
pub struct ObjectSummary {
    /// The API name.
    pub name: String,
    /// What users read.
    pub label: String,
    /// The first three characters of its ids.
    pub key_prefix: Option<String>,
    /// Whether the org made it.
    pub custom: bool,
    /// Whether the user may create records.
    pub createable: bool,
    /// Whether the user may read it by a query.
    pub queryable: bool,
    /// Whether the user may change records.
    pub updateable: bool,
}

/// One object.
///
/// See \[Salesforce/`DescribeSObjectResult`\].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "the wire has them one by one")]
#[non_exhaustive]
pub struct ObjectDescription {
    /// The API name.
    pub name: String,
    /// What users read.
    pub label: String,
    /// The first three characters of its ids.
    pub key_prefix: Option<String>,
    /// Whether the org made it.
    pub custom: bool,
    /// Whether the user may create records.
    pub createable: bool,
    /// Whether the user may change records.
    pub updateable: bool,
    /// Whether the user may delete records.
    pub deletable: bool,
    /// Whether the user may read it by a query.
    pub queryable: bool,
    /// Whether the user may find it by a search.
    pub searchable: bool,
    /// The fields that the user sees.
    pub fields: Vec<FieldDescription>,
    /// The objects that point here.
    pub child_relationships: Vec<ChildRelationship>,
}

impl ObjectDescription {
    /// The field of this name, whatever the case of its letters.
    pub fn field(&self, name: &str) -> Option<&FieldDescription> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }
}

/// One field.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "the wire has them one by one")]
#[non_exhaustive]
pub struct FieldDescription {
    /// The API name.
    pub name: String,
    /// What users read.
    pub label: String,
    /// The type, such as `string`, `reference`, `picklist`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The longest text, in characters; 0 where it means nothing.
    pub length: u32,
    /// The digits of a number, in all.
    pub precision: u32,
    /// The digits after the point.
    pub scale: u32,
    /// Whether the org made it.
    pub custom: bool,
    /// Whether it may be set on create.
    pub createable: bool,
    /// Whether it may be changed.
    pub updateable: bool,
    /// Whether it may be empty.
    pub nillable: bool,
    /// Whether the org fills it in when it is left out.
    pub defaulted_on_create: bool,
    /// Whether an upsert can find records by it.
    pub external_id: bool,
    /// Whether no two records have the same value.
    pub unique: bool,
    /// Whether a query can filter by it.
    pub filterable: bool,
    /// Whether only the picklist's own values are taken.
    pub restricted_picklist: bool,
    /// The values to choose from.
    pub picklist_values: Vec<PicklistValue>,
    /// The objects it can point to.
    pub reference_to: Vec<String>,
    /// The name by which a query reaches what it points to.
    pub relationship_name: Option<String>,
}

/// One value of a picklist.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct PicklistValue {
    /// The value.
    pub value: String,
    /// What users read.
    pub label: Option<String>,
    /// Whether it can still be chosen.
    pub active: bool,
    /// Whether it is chosen at first.
    pub default_value: bool,
}

/// An object that points to the one described.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ChildRelationship {
    /// The object that points.
    #[serde(rename = "childSObject")]
    pub child_sobject: String,
    /// The field that points.
    pub field: String,
    /// The name of the children in a subquery.
    pub relationship_name: Option<String>,
}
