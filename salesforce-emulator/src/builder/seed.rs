//! The records an org starts with.

use std::collections::HashMap;

use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::Line;
use crate::{
    engine::{Engine, Operation},
    error::{ApiError, OrgError},
    http::oauth::USERNAME,
    schema::QUEUE,
    users::{User, Users},
};

/// A record to be there from the start, and the name by which later ones refer to it.
pub(super) struct SeedRecord {
    pub(super) object: String,
    pub(super) name: Option<String>,
    pub(super) fields: Map<String, Value>,
    pub(super) line: Line,
}

/// A user who may log in with a password.
pub(super) struct SeedUser {
    pub(super) username: String,
    pub(super) password: SecretString,
    pub(super) line: Line,
}

impl SeedUser {
    pub(super) fn new(username: String, password: SecretString, line: Line) -> Self {
        Self { username, password, line }
    }
}

/// A queue to be there from the start.
pub(super) struct SeedQueue {
    pub(super) name: String,
    pub(super) objects: Vec<String>,
    pub(super) line: Line,
}

/// Makes the queues, and gives their ids by their names.
pub(super) fn queues(
    engine: &mut Engine,
    queues: Vec<SeedQueue>,
) -> Result<HashMap<String, String>, OrgError> {
    let (groups, links) = (engine.object_named("Group")?, engine.object_named("QueueSobject")?);
    let mut ids = HashMap::new();
    for SeedQueue { name, objects, line } in queues {
        if ids.contains_key(&name) {
            return Err(line.wrong(&format!("the queue {name} is there already")));
        }
        let developer_name: String =
            name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect();
        let group = json!({ "Name": name, "DeveloperName": developer_name, "Type": QUEUE });
        let group = engine.insert(groups, &group.as_object().cloned().unwrap_or_default(), None);
        let id = group
            .map_err(|error| line.wrong(&format!("the queue {name} is refused: {}", error.code.as_str())))?
            .to_string();
        for object in objects {
            let known = engine.schema.find(&object).map(|at| engine.schema.object(at));
            let owns = known.filter(|known| {
                let owner = known.field("OwnerId").map(|at| &known.fields[at]);
                owner.is_some_and(|owner| owner.targets.iter().any(|target| target == "Group"))
            });
            let Some(owned) = owns.map(|known| known.name.clone()) else {
                return Err(line.wrong(&format!("the queue {name} cannot own records of {object}")));
            };
            let link = json!({ "QueueId": id, "SobjectType": owned });
            engine.insert(links, &link.as_object().cloned().unwrap_or_default(), None)?;
        }
        ids.insert(name, id);
    }
    engine.forget_audit();
    Ok(ids)
}

/// Creates the records in their order; `@{name}` in a field stands for the id of an earlier one, or of what is
/// `named` already.
pub(super) fn records(
    engine: &mut Engine,
    records: Vec<SeedRecord>,
    mut named: HashMap<String, String>,
) -> Result<(), OrgError> {
    for SeedRecord { object, name, mut fields, line } in records {
        let known = engine.schema.find(&object);
        let known =
            known.ok_or_else(|| line.wrong(&format!("a record is of the unknown object {object}")))?;
        for (field, value) in &mut fields {
            let reference = value.as_str().and_then(|text| text.strip_prefix("@{")?.strip_suffix('}'));
            let Some(reference) = reference else { continue };
            let id = named.get(reference).ok_or_else(|| {
                line.wrong(&format!(
                    "{object}.{field} refers to {reference}, which no earlier record is named"
                ))
            })?;
            *value = Value::from(id.as_str());
        }
        let id = engine.insert(known, &fields, None).map_err(|error| {
            let fields = blamed(engine, known, &fields, &error);
            line.wrong(&format!("the record of {object} is refused: {}{fields}", error.code.as_str()))
        })?;
        if let Some(name) = name {
            if named.contains_key(&name) {
                return Err(line.wrong(&format!("there is a record named {name} already")));
            }
            named.insert(name, id.to_string());
        }
    }
    engine.forget_audit();
    Ok(())
}

/// The fields that an error is about, in parentheses; never a value, which can be private.
fn blamed(engine: &mut Engine, object: usize, record: &Map<String, Value>, error: &ApiError) -> String {
    let mut fields = error.fields.clone().unwrap_or_default();
    if fields.is_empty() {
        // The org does not say; whichever field is refused in the same way alone is to blame.
        let is_refused = |engine: &mut Engine, name: &str, value: &Value| {
            let alone = Map::from_iter([(name.to_owned(), value.clone())]);
            let tried = engine.atomically(|engine| Err::<(), _>(engine.insert(object, &alone, None).err()));
            matches!(tried, Err(Some(refusal)) if refusal.code == error.code)
        };
        for (name, value) in record {
            if is_refused(engine, name, value) {
                fields.push(name.clone());
            }
        }
    }
    if fields.is_empty() { String::new() } else { format!(" ({})", fields.join(", ")) }
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
        engine.rules.deny(None, "Organization".to_owned(), operation);
    }
    engine.forget_audit();
    Ok(())
}

/// Makes a record of each user; every record belongs to the first unless it says otherwise.
pub(super) fn users(engine: &mut Engine, users: Vec<SeedUser>) -> Result<Users, OrgError> {
    let object = engine.object_named("User")?;
    let mut seeded = Vec::with_capacity(users.len());
    for SeedUser { username, password, line } in users {
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
        let id = engine.insert(object, &fields, None).map_err(|error| {
            line.wrong(&format!("the user {username} is refused: {}", error.code.as_str()))
        })?;
        seeded.push((User { id, username }, password));
    }
    engine.forget_audit();
    Ok(Users::new(seeded))
}
