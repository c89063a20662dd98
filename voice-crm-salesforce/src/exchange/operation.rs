//! The single requests that a write is made of, before it is known how they travel.

use std::borrow::Cow;

use salesforce_client::Soql;
use serde_json::Value;
use voice_crm_core::{
    crm::{JobKey, RecordRef, UniqueField},
    phone::PhoneNumber,
};

use crate::{
    account_number::stored_forms,
    reads::{Lookup, Row, caller_lookup::Party, id},
};

/// One request; it may point to what an earlier one of the same write brings.
pub(crate) enum Operation {
    /// Rows by a query.
    Query(Soql),
    /// The ids of the accounts with this number, two of them at most: a second one means that it is not unique.
    Accounts(String),
    /// Those of one kind who may have a telephone number.
    People { lookup: Lookup, party: Party, phone: PhoneNumber },
    /// A record under a key, made or brought up to date.
    Upsert { object: String, key: JobKey, fields: Row, link: Option<Link> },
    /// A new record.
    Create { object: &'static str, fields: Row, link: Option<Link> },
    /// New records of several objects, all of them or none; the last of them is what it brings.
    CreateTogether(Vec<(&'static str, Row)>),
    /// A record with a value in a unique field, made or brought up to date.
    UpsertBy { object: String, unique: UniqueField, fields: Row },
    /// New values in a record.
    Update { object: Cow<'static, str>, target: Target, fields: Row },
    /// The end of a record.
    Delete { object: String, id: RecordRef },
    /// Fields of a record of which no others ask the same.
    Look { object: String, target: Target, fields: Vec<String> },
    /// A record's fields.
    Read { object: String, target: Target, fields: &'static [&'static str] },
}

/// A field whose value an earlier operation brings.
pub(crate) struct Link {
    /// The field.
    pub(crate) field: &'static str,
    /// Where its value comes from.
    pub(crate) from: Source,
}

/// What an earlier operation of the same write brings, by that operation's place.
#[derive(Clone, Copy)]
pub(crate) enum Source {
    /// The id of the first row of a query.
    FirstRow(usize),
    /// The id of the record that was made.
    Made(usize),
}

/// Which record to read or to change.
pub(crate) enum Target {
    /// The one under a key.
    Key(JobKey),
    /// The one under a key, once the operations before are through, whatever became of them.
    KeyAfterwards(JobKey),
    /// The one with this id.
    Id(RecordRef),
    /// The one with this value in a unique field.
    Unique(UniqueField),
    /// The one that an earlier operation made or found.
    Made(usize),
}

/// What an operation brought.
pub(crate) enum Found {
    /// The record that was made or changed.
    Made(Option<RecordRef>),
    /// A record's fields.
    Record(Row),
    /// Rows.
    Rows(Vec<Row>),
}

impl Operation {
    /// Whether it counts against the few queries that a composite request may hold.
    pub(crate) fn is_query(&self) -> bool {
        matches!(self, Self::Query(_) | Self::Accounts(_) | Self::People { .. })
    }

    /// Whether it is sent although the one before it failed.
    pub(crate) fn follows_failure(&self) -> bool {
        matches!(self, Self::Read { target: Target::KeyAfterwards(_), .. })
    }

    /// About how many bytes of text it carries.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Upsert { fields, .. }
            | Self::UpsertBy { fields, .. }
            | Self::Create { fields, .. }
            | Self::Update { fields, .. } => fields.values().filter_map(Value::as_str).map(str::len).sum(),
            Self::CreateTogether(records) => {
                let texts = records.iter().flat_map(|(_, fields)| fields.values()).filter_map(Value::as_str);
                texts.map(str::len).sum()
            }
            Self::Query(_)
            | Self::Accounts(_)
            | Self::People { .. }
            | Self::Read { .. }
            | Self::Look { .. }
            | Self::Delete { .. } => 0,
        }
    }

    /// Whether it may travel in a composite request, where the org takes `@{` in any text for a reference.
    ///
    /// A caller may well have said that, so such a write travels in single requests and is stored as it was said.
    pub(crate) fn may_be_composed(&self) -> bool {
        match self {
            Self::Query(soql) => soql.render().is_ok_and(|text| !text.contains("@{")),
            Self::Accounts(number) => !number.contains("@{"),
            Self::Upsert { fields, .. } | Self::Create { fields, .. } | Self::Update { fields, .. } => {
                !fields.values().any(mentions_reference)
            }
            Self::UpsertBy { unique, fields, .. } => {
                !unique.value.contains("@{") && !fields.values().any(mentions_reference)
            }
            Self::Look { target: Target::Unique(unique), .. } => !unique.value.contains("@{"),
            // All or none is a promise about a request of its own, or about a graph.
            Self::CreateTogether(_) => false,
            Self::People { .. } | Self::Read { .. } | Self::Look { .. } | Self::Delete { .. } => true,
        }
    }

    /// Whether it may be part of a graph: no query, and no file.
    pub(crate) fn may_be_in_graph(&self) -> bool {
        match self {
            Self::Query(_) => false,
            Self::Create { object, .. } => *object != "ContentVersion" && self.may_be_composed(),
            Self::CreateTogether(records) => {
                !records.iter().flat_map(|(_, fields)| fields.values()).any(mentions_reference)
            }
            // Other look-ups are made before the graphs are sent.
            _ => self.may_be_composed(),
        }
    }
}

/// The accounts with a number.
pub(crate) fn accounts_with(number: &str) -> Soql {
    Soql::new("SELECT Id FROM Account WHERE AccountNumber IN :numbers ORDER BY Id LIMIT 2")
        .bind("numbers", stored_forms(number))
}

fn mentions_reference(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("@{"),
        Value::Array(items) => items.iter().any(mentions_reference),
        Value::Object(fields) => {
            fields.iter().any(|(name, value)| name.contains("@{") || mentions_reference(value))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

impl Found {
    /// The id of the record, or of the first row.
    pub(crate) fn id(&self) -> Option<RecordRef> {
        match self {
            Self::Made(id) => id.clone(),
            Self::Record(fields) => id(fields, "Id"),
            Self::Rows(rows) => rows.first().and_then(|row| id(row, "Id")),
        }
    }
}
