//! Record types declared when the org starts.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{Line, OrgBuilder};
use crate::{
    engine::{self, Engine, Operation, Whose},
    error::OrgError,
    id::RecordId,
    schema::{Kind, Schema, is_developer_name},
    users::Users,
};

/// A kind of records of one object. Records that are made without one get the default of their maker; where there
/// is none, they have none.
///
/// See Salesforce, "Record Types".
#[derive(Clone, Debug)]
#[must_use = "a record type exists once it is given to a builder"]
pub struct RecordType {
    object: String,
    name: String,
    label: String,
    is_active: bool,
    users: Option<Vec<String>>,
    default_of: Option<Vec<String>>,
    values: Vec<(String, Vec<String>)>,
    line: Line,
}

impl RecordType {
    /// A record type with this developer name, which everybody may use and which is nobody's default.
    pub fn new(object: impl Into<String>, developer_name: impl Into<String>) -> Self {
        let name = developer_name.into();
        Self {
            object: object.into(),
            label: name.replace('_', " "),
            name,
            is_active: true,
            users: None,
            default_of: Some(Vec::new()),
            values: Vec::new(),
            line: Line::NONE,
        }
    }

    /// The words a person reads; the developer name with blanks unless given.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// No record can be of it any more.
    pub fn inactive(mut self) -> Self {
        self.is_active = false;
        self
    }

    /// Only these users may use it, by their usernames.
    pub fn only_for<T: Into<String>>(mut self, usernames: impl IntoIterator<Item = T>) -> Self {
        self.users = Some(usernames.into_iter().map(Into::into).collect());
        self
    }

    /// It is the default of everybody who may use it.
    pub fn default_for_everybody(mut self) -> Self {
        self.default_of = None;
        self
    }

    /// It is the default of these users, by their usernames.
    pub fn default_for<T: Into<String>>(mut self, usernames: impl IntoIterator<Item = T>) -> Self {
        self.default_of = Some(usernames.into_iter().map(Into::into).collect());
        self
    }

    /// The values of a picklist that records of it take. As in an org, the API enforces them where the picklist is
    /// restricted.
    pub fn values<T: Into<String>>(
        mut self,
        field: impl Into<String>,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        self.values.push((field.into(), values.into_iter().map(Into::into).collect()));
        self
    }

    pub(crate) fn at(self, line: Line) -> Self {
        Self { line, ..self }
    }
}

impl OrgBuilder {
    /// Adds a record type; a record's `RecordTypeId = "@{Case.Support}"` in an org file names it.
    pub fn record_type(mut self, record_type: RecordType) -> Self {
        self.record_types.push(record_type);
        self
    }
}

/// Gives the objects that have record types the field that says which.
pub(super) fn add_fields(schema: &mut Schema, types: &[RecordType]) -> Result<(), OrgError> {
    for RecordType { object, name, line, .. } in types {
        schema
            .add_record_types(object)
            .map_err(|sentence| line.wrong(&format!("the record type {object}.{name}: {sentence}")))?;
    }
    Ok(())
}

/// Makes the record types, and adds their ids to what is `named`: `Case.Support`. An administrator may use all of
/// them; who else may is given back, for when the administrator is done.
pub(super) fn make(
    engine: &mut Engine,
    users: &Users,
    types: Vec<RecordType>,
    named: &mut HashMap<String, String>,
) -> Result<Vec<Whose>, OrgError> {
    let records = engine.object_named("RecordType")?;
    let mut users_of = Vec::with_capacity(types.len());
    for record_type in types {
        let mut made = resolve(engine, users, records, &record_type)
            .map_err(|sentence| record_type.line.wrong(&sentence))?;
        let object = &engine.schema.object(made.object).name;
        let name = format!("{object}.{}", made.developer_name);
        let twice = engine.record_types.iter().any(|known| {
            known.object == made.object && known.developer_name.eq_ignore_ascii_case(&made.developer_name)
        });
        if twice {
            return Err(record_type.line.wrong(&format!("the record type {name} is there already")));
        }
        let rivals = engine.record_types.iter().any(|known| {
            known.object == made.object
                && matches!((&known.default_of, &made.default_of), (Whose::Everybodys, Whose::Everybodys))
        });
        if rivals {
            return Err(record_type.line.wrong(&format!("{object} has a default record type already")));
        }
        named.insert(name, made.id.to_string());
        users_of.push(std::mem::replace(&mut made.users, Whose::Everybodys));
        engine.record_types.push(made);
    }
    for operation in [Operation::Insert, Operation::Update, Operation::Delete] {
        engine.rules.deny(None, "RecordType".to_owned(), operation);
    }
    engine.forget_audit();
    Ok(users_of)
}

/// Leaves each record type to those who may use it.
pub(super) fn restrict(engine: &mut Engine, users_of: Vec<Whose>) {
    for (record_type, users) in engine.record_types.iter_mut().zip(users_of) {
        record_type.users = users;
    }
}

fn resolve(
    engine: &mut Engine,
    users: &Users,
    records: usize,
    given: &RecordType,
) -> Result<engine::RecordType, String> {
    let RecordType { object, name, label, is_active, .. } = given;
    let wrong = |what: &str| format!("the record type {object}.{name} {what}");
    if !is_developer_name(name) {
        return Err(wrong("has a name that no record type can have"));
    }
    let at = engine.schema.find(object).ok_or_else(|| wrong("is of an unknown object"))?;
    let whose = |names: &Option<Vec<String>>| match names {
        None => Ok(Whose::Everybodys),
        Some(names) => names
            .iter()
            .map(|name| users.named(name).map(|user| user.id))
            .collect::<Option<Vec<RecordId>>>()
            .map(Whose::Only)
            .ok_or_else(|| wrong("names an unknown user")),
    };
    let (users, default_of) = (whose(&given.users)?, whose(&given.default_of)?);
    let mut values = Vec::new();
    for (field, taken) in &given.values {
        values.push((picklist(engine, at, field, taken).map_err(|what| wrong(&what))?, taken.clone()));
    }
    let known = &engine.schema.object(at).name;
    let record = json!({
        "Name": label,
        "DeveloperName": name,
        "SobjectType": known,
        "IsActive": is_active,
    });
    let id = engine
        .insert(records, &record.as_object().cloned().unwrap_or_default(), None)
        .map_err(|error| wrong(&format!("is refused: {}", error.code.as_str())))?;
    Ok(engine::RecordType {
        object: at,
        id,
        developer_name: name.clone(),
        label: label.clone(),
        is_active: *is_active,
        users,
        default_of,
        values,
    })
}

/// The column of a picklist that has all of these values, and its default among them.
fn picklist(engine: &Engine, object: usize, field: &str, taken: &[String]) -> Result<usize, String> {
    let known = engine.schema.object(object);
    let column = known.field(field).ok_or_else(|| format!("has values of the unknown field {field}"))?;
    let picklist = &known.fields[column];
    if !matches!(picklist.kind, Kind::Picklist | Kind::MultiPicklist) {
        return Err(format!("has values of {field}, which is no picklist"));
    }
    if let Some(unknown) = taken.iter().find(|value| !picklist.picklist.contains(value)) {
        return Err(format!("takes the value {unknown}, which {field} does not have"));
    }
    let default = match &picklist.default {
        Value::String(default) => Some(default),
        _ => None,
    };
    if default.is_some_and(|default| !taken.contains(default)) {
        return Err(format!("leaves out the default of {field}"));
    }
    Ok(column)
}
