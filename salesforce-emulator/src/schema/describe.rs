//! Describe results: the schema as clients read it.

use serde_json::{Map, Value, json};

use super::{Field, Kind, ObjectType, Schema, Trait};

/// An object as the global describe lists it.
pub(crate) fn brief(object: &ObjectType, version: &str) -> Map<String, Value> {
    let path = format!("/services/data/v{version}/sobjects/{}", object.name);
    let mut brief = Map::from_iter([
        ("name".to_owned(), json!(object.name)),
        ("label".to_owned(), json!(object.label)),
        ("labelPlural".to_owned(), json!(object.plural)),
        ("keyPrefix".to_owned(), json!(String::from_utf8_lossy(&object.prefix))),
        ("custom".to_owned(), json!(object.is_custom())),
        (
            "urls".to_owned(),
            json!({
                "sobject": path,
                "describe": format!("{path}/describe"),
                "rowTemplate": format!("{path}/{{ID}}"),
            }),
        ),
    ]);
    for able in ["createable", "updateable", "deletable", "queryable", "retrieveable", "searchable"] {
        brief.insert(able.to_owned(), Value::Bool(true));
    }
    for unable in ["customSetting", "deprecatedAndHidden", "mergeable", "undeletable"] {
        brief.insert(unable.to_owned(), Value::Bool(false));
    }
    brief
}

/// What a describe of one object adds: its fields and its children.
pub(crate) fn details(schema: &Schema, at: usize) -> Map<String, Value> {
    let object = schema.object(at);
    let children: Vec<Value> = schema
        .objects()
        .iter()
        .flat_map(|child| child.fields.iter().map(move |field| (child, field)))
        .filter(|(_, field)| field.targets.iter().any(|target| target.eq_ignore_ascii_case(&object.name)))
        .map(|(child, field)| {
            json!({
                "childSObject": child.name,
                "field": field.name,
                "cascadeDelete": field.has(Trait::Cascade),
            })
        })
        .collect();
    Map::from_iter([
        ("fields".to_owned(), object.fields.iter().map(field).collect()),
        ("childRelationships".to_owned(), Value::from(children)),
        ("recordTypeInfos".to_owned(), json!([])),
    ])
}

fn field(field: &Field) -> Value {
    let defaulted = !field.default.is_null() || field.name == "OwnerId" || !field.has(Trait::Create);
    let precision = if field.kind == Kind::Int { 0 } else { field.digits + field.scale };
    json!({
        "name": field.name,
        "label": field.label,
        "type": field.kind.name(),
        "soapType": field.kind.soap_type(),
        "length": field.length,
        "byteLength": if field.kind.is_id() { field.length } else { field.length * 3 },
        "digits": if field.kind == Kind::Int { field.digits } else { 0 },
        "precision": precision,
        "scale": field.scale,
        "createable": field.has(Trait::Create),
        "updateable": field.has(Trait::Update),
        "filterable": field.has(Trait::Filter),
        "sortable": field.has(Trait::Sort),
        "groupable": field.has(Trait::Filter) && !matches!(field.kind, Kind::DateTime | Kind::Double | Kind::Currency),
        "nillable": field.has(Trait::Nillable) && field.name != "OwnerId",
        "defaultedOnCreate": defaulted && !field.has(Trait::Nillable) || field.name == "OwnerId",
        "defaultValue": if field.kind == Kind::Boolean { field.default.clone() } else { Value::Null },
        "unique": field.has(Trait::Unique),
        "caseSensitive": false,
        "externalId": field.has(Trait::ExternalId),
        "idLookup": field.has(Trait::IdLookup),
        "nameField": field.has(Trait::Name),
        "autoNumber": field.has(Trait::AutoNumber),
        "calculated": field.through.is_some(),
        "custom": field.is_custom(),
        "restrictedPicklist": field.has(Trait::Restricted),
        "picklistValues": picklist(field),
        "referenceTo": field.targets,
        "relationshipName": field.relationship,
        "polymorphicForeignKey": field.is_polymorphic(),
        "cascadeDelete": field.has(Trait::Cascade),
        "deprecatedAndHidden": false,
    })
}

fn picklist(field: &Field) -> Value {
    field
        .picklist
        .iter()
        .map(|value| {
            json!({
                "value": value,
                "label": value,
                "active": true,
                "defaultValue": field.default == value.as_str(),
                "validFor": null,
            })
        })
        .collect()
}
