//! The records an org starts with.

use std::collections::HashMap;

use secrecy::SecretString;
use serde_json::{Map, Value, json};

use crate::{
    engine::{Engine, Operation},
    error::OrgError,
    http::oauth::USERNAME,
    users::{User, Users},
};

/// A record to be there from the start, and the name by which later ones refer to it.
pub(super) struct SeedRecord {
    pub(super) object: String,
    pub(super) name: Option<String>,
    pub(super) fields: Map<String, Value>,
}

/// Creates the records in their order; `@{name}` in a field stands for the id of an earlier one.
pub(super) fn records(engine: &mut Engine, records: Vec<SeedRecord>) -> Result<(), OrgError> {
    let mut named: HashMap<String, String> = HashMap::new();
    for SeedRecord { object, name, mut fields } in records {
        for value in fields.values_mut() {
            let reference = value.as_str().and_then(|text| text.strip_prefix("@{")?.strip_suffix('}'));
            if let Some(id) = reference.and_then(|reference| named.get(reference)) {
                *value = Value::from(id.as_str());
            }
        }
        let known = engine.schema.find(&object);
        let known =
            known.ok_or_else(|| OrgError::Schema(format!("a record is of the unknown object {object}")))?;
        let id = engine.insert(known, &fields, None)?;
        if let Some(name) = name {
            named.insert(name, id.to_string());
        }
    }
    engine.forget_audit();
    Ok(())
}

/// Makes the one record of the org itself, which nobody may add to.
pub(super) fn organization(engine: &mut Engine) -> Result<(), OrgError> {
    let record = json!({
        "Name": "Emulated Org",
        "IsSandbox": false,
        "OrganizationType": "Developer Edition",
        "InstanceName": "EMU1",
        "LanguageLocaleKey": "en_US",
        "TimeZoneSidKey": "GMT",
    });
    let object = engine.object_named("Organization")?;
    engine.insert(object, &record.as_object().cloned().unwrap_or_default(), None)?;
    for operation in [Operation::Insert, Operation::Update, Operation::Delete] {
        engine.rules.deny("Organization".to_owned(), operation);
    }
    engine.forget_audit();
    Ok(())
}

/// Makes a record of each user; every record belongs to the first unless it says otherwise.
pub(super) fn users(engine: &mut Engine, users: Vec<(String, SecretString)>) -> Result<Users, OrgError> {
    let object = engine.object_named("User")?;
    let mut seeded = Vec::with_capacity(users.len());
    for (username, password) in users {
        let name = username.split('@').next().unwrap_or_default();
        let (first, last) = if username == USERNAME { ("Integration", "User") } else { ("", name) };
        let record = json!({
            "Username": username,
            "LastName": last,
            "FirstName": first,
            "Email": username,
            "Alias": name.chars().take(5).collect::<String>(),
        });
        let fields = record.as_object().cloned().unwrap_or_default();
        let id = engine.insert(object, &fields, None)?;
        seeded.push((User { id, username }, password));
    }
    engine.forget_audit();
    Ok(Users::new(seeded))
}
