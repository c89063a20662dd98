//! Describe results: the schema as clients read it, with every key a real org's answer has.

use serde_json::{Map, Value, json};

use super::{Field, Kind, ObjectType, Schema, Trait, address, children};

/// An object as the global describe lists it.
pub(crate) fn brief(object: &ObjectType, version: &str) -> Map<String, Value> {
    let path = format!("/services/data/v{version}/sobjects/{}", object.name);
    let urls = json!({
        "compactLayouts": format!("{path}/describe/compactLayouts"),
        "describe": format!("{path}/describe"),
        "layouts": format!("{path}/describe/layouts"),
        "rowTemplate": format!("{path}/{{ID}}"),
        "sobject": path,
    });
    let named = [
        ("name", json!(object.name)),
        ("label", json!(object.label)),
        ("labelPlural", json!(object.plural)),
        ("keyPrefix", json!(String::from_utf8_lossy(&object.prefix))),
        ("custom", json!(object.is_custom())),
        ("associateEntityType", Value::Null),
        ("associateParentEntity", Value::Null),
        ("urls", urls),
    ];
    let mut brief: Map<String, Value> =
        named.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    brief.extend(ABLE.map(|key| (key.to_owned(), Value::Bool(true))));
    brief.extend(UNABLE.map(|key| (key.to_owned(), Value::Bool(false))));
    brief
}

/// What a describe of one object adds: its fields and its children.
pub(crate) fn details(schema: &Schema, at: usize) -> Map<String, Value> {
    let object = schema.object(at);
    let children = schema.children(at).map(|(child, field)| child_relationship(child, field)).collect();
    let mut details: Map<String, Value> =
        NOTHING.map(|key| (key.to_owned(), Value::Null)).into_iter().collect();
    details.extend([
        ("actionOverrides".to_owned(), json!([])),
        ("childRelationships".to_owned(), children),
        ("compactLayoutable".to_owned(), json!(true)),
        ("fields".to_owned(), object.seen_fields().map(|field| self::field(object, field)).collect()),
        ("namedLayoutInfos".to_owned(), json!([])),
        ("searchLayoutable".to_owned(), json!(true)),
        ("sobjectDescribeOption".to_owned(), json!("FULL")),
        ("supportedScopes".to_owned(), scopes(object)),
    ]);
    details
}

/// The names after `USING SCOPE` that the object takes.
fn scopes(object: &ObjectType) -> Value {
    let scope =
        |whose: &str, name: &str| json!({ "label": format!("{whose} {}", object.plural), "name": name });
    let mine = object.field("OwnerId").map(|_| scope("My", "mine"));
    std::iter::once(scope("All", "everything")).chain(mine).collect()
}

fn child_relationship(child: &ObjectType, field: &Field) -> Value {
    json!({
        "cascadeDelete": field.has(Trait::Cascade),
        "childSObject": child.name,
        "deprecatedAndHidden": false,
        "field": field.name,
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": children::name(child, field),
        "restrictedDelete": false,
    })
}

fn field(object: &ObjectType, field: &Field) -> Value {
    let defaulted = !field.default.is_null() || field.name == "OwnerId" || !field.has(Trait::Create);
    let nillable = field.has(Trait::Nillable) && field.name != "OwnerId";
    let filterable = field.has(Trait::Filter);
    let is_number = matches!(field.kind, Kind::Double | Kind::Currency);
    let described = json!({
        "name": field.name,
        "label": field.label,
        "type": field.kind.name(),
        "soapType": field.kind.soap_type(),
        "length": field.length,
        "byteLength": if field.kind.is_id() { field.length } else { field.length * 3 },
        "digits": if field.kind == Kind::Int { field.digits } else { 0 },
        "precision": if field.kind == Kind::Int { 0 } else { field.digits + field.scale },
        "scale": field.scale,
        "createable": field.has(Trait::Create),
        "updateable": field.has(Trait::Update),
        "filterable": filterable,
        "sortable": field.has(Trait::Sort),
        "aggregatable": filterable && field.kind != Kind::Boolean,
        "groupable": filterable && !is_number && field.kind != Kind::DateTime,
        "nillable": nillable,
        "defaultedOnCreate": defaulted && !nillable,
        "defaultValue": if field.kind == Kind::Boolean { field.default.clone() } else { Value::Null },
        "unique": field.has(Trait::Unique),
        "externalId": field.has(Trait::ExternalId),
        "idLookup": field.has(Trait::IdLookup),
        "nameField": field.has(Trait::Name),
        "autoNumber": field.has(Trait::AutoNumber),
        "calculated": field.through.is_some(),
        "custom": field.is_custom(),
        "permissionable": nillable && field.has(Trait::Update),
        "restrictedPicklist": field.has(Trait::Restricted),
        "picklistValues": picklist(field),
        "referenceTo": field.targets,
        "relationshipName": field.relationship,
        "polymorphicForeignKey": field.is_polymorphic(),
        "namePointing": field.is_polymorphic(),
        "cascadeDelete": field.has(Trait::Cascade),
        "compoundFieldName": compound(object, field),
        "extraTypeInfo": (field.kind == Kind::TextArea).then_some("plaintextarea"),
    });
    let mut whole: Map<String, Value> =
        FIELD_NOTHING.map(|key| (key.to_owned(), Value::Null)).into_iter().collect();
    whole.extend(FIELD_NEVER.map(|key| (key.to_owned(), Value::Bool(false))));
    whole.extend(described.as_object().cloned().unwrap_or_default());
    Value::Object(whole)
}

/// A part of a person's name, or of an address, belongs to the whole.
fn compound(object: &ObjectType, field: &Field) -> Option<String> {
    let is_part = matches!(field.name.as_str(), "FirstName" | "LastName" | "Salutation");
    let name = (is_part && object.field("Name").is_some()).then(|| "Name".to_owned());
    name.or_else(|| address::whole_of(object, &field.name))
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

const ABLE: [&str; 12] = [
    "createable",
    "deletable",
    "feedEnabled",
    "layoutable",
    "mruEnabled",
    "queryable",
    "replicateable",
    "retrieveable",
    "searchable",
    "triggerable",
    "updateable",
    "undeletable",
];
const UNABLE: [&str; 8] = [
    "activateable",
    "customSetting",
    "deepCloneable",
    "deprecatedAndHidden",
    "hasSubtypes",
    "isInterface",
    "isSubtype",
    "mergeable",
];
const NOTHING: [&str; 8] = [
    "defaultImplementation",
    "extendedBy",
    "extendsInterfaces",
    "implementedBy",
    "implementsInterfaces",
    "listviewable",
    "lookupLayoutable",
    "networkScopeFieldName",
];
const FIELD_NOTHING: [&str; 9] = [
    "calculatedFormula",
    "controllerName",
    "defaultValueFormula",
    "filteredLookupInfo",
    "inlineHelpText",
    "mask",
    "maskType",
    "referenceTargetField",
    "relationshipOrder",
];
const FIELD_NEVER: [&str; 13] = [
    "aiPredictionField",
    "caseSensitive",
    "dependentPicklist",
    "deprecatedAndHidden",
    "displayLocationInDecimal",
    "encrypted",
    "formulaTreatNullNumberAsZero",
    "highScaleNumber",
    "htmlFormatted",
    "queryByDistance",
    "restrictedDelete",
    "searchPrefilterable",
    "writeRequiresMasterRead",
];
