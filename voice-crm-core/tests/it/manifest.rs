//! The manifest: what a model is told fits what the functions take, in every form.

use std::collections::BTreeMap;

use proptest::{prelude::*, test_runner::TestRunner};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use voice_crm_core::{
    dispatch::Dispatcher,
    function::{Answer, Dialect, Manifest, Spec},
    functions::Desk,
    phrase::{Language, Phrase, Phrasebook},
};

/// Everything that makes a strict form hard.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Order {
    /// What is ordered.
    what: String,
    /// How many.
    #[serde(default)]
    count: u32,
    note: Option<String>,
    speed: Option<Speed>,
    shape: Shape,
    place: Option<Place>,
    /// Orders that belong to this one.
    #[serde(default)]
    parts: Vec<Order>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Speed {
    /// By ship.
    Slow,
    /// By air.
    Fast,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Shape {
    Round { radius: f64 },
    Flat { width: f64, height: Option<f64> },
}

#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Place {
    town: String,
    street: Option<String>,
}

fn manifest() -> Manifest {
    const ONE_MOMENT: Phrase = Phrase::new("one_moment", &[], "One moment.");
    let dispatcher = Desk::new()
        .register(Dispatcher::builder())
        .closure("order", Spec::destructive("Orders.").filler(ONE_MOMENT), |_, _: Order| async {
            Ok(Answer::say("ordered"))
        })
        .build()
        .unwrap();
    dispatcher.manifest().clone()
}

fn orders() -> impl Strategy<Value = Order> {
    let speed = prop_oneof![Just(None), Just(Some(Speed::Slow)), Just(Some(Speed::Fast))];
    let shape = prop_oneof![
        (0.0..9.0).prop_map(|radius| Shape::Round { radius }),
        (0.0..9.0, proptest::option::of(0.0..9.0)).prop_map(|(width, height)| Shape::Flat { width, height }),
    ];
    let place = proptest::option::of(
        (".{0,5}", proptest::option::of(".{0,5}")).prop_map(|(town, street)| Place { town, street }),
    );
    let fields = (".{0,8}", any::<u32>(), proptest::option::of(".{0,8}"), speed, shape, place);
    let leaf = fields.prop_map(|(what, count, note, speed, shape, place)| Order {
        what,
        count,
        note,
        speed,
        shape,
        place,
        parts: vec![],
    });
    leaf.prop_recursive(3, 8, 3, |inner| {
        (inner.clone(), proptest::collection::vec(inner, 0..3))
            .prop_map(|(order, parts)| Order { parts, ..order })
    })
}

/// Every object of a strict schema is closed, and requires all that it has.
fn assert_strict(schema: &Value, path: &str) {
    if let Value::Object(fields) = schema {
        if let Some(properties) = fields.get("properties").and_then(Value::as_object) {
            assert_eq!(fields["additionalProperties"], false, "{path}");
            let required: Vec<_> =
                fields["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            assert_eq!(properties.keys().map(String::as_str).collect::<Vec<_>>(), required, "{path}");
        }
        assert!(!fields.contains_key("oneOf"), "{path}");
        for (name, value) in fields {
            assert_strict(value, &format!("{path}/{name}"));
        }
    } else if let Value::Array(items) = schema {
        for item in items {
            assert_strict(item, path);
        }
    }
}

#[test]
fn whatever_a_function_takes_its_schemas_allow_and_what_they_allow_it_takes() {
    let manifest = manifest();
    let order = manifest.entries().iter().find(|entry| entry.name == "order").unwrap();
    let plain = jsonschema::validator_for(&order.parameters).unwrap();
    let strict_schema = order.strict_parameters();
    let strict = jsonschema::validator_for(&strict_schema).unwrap();
    let mut runner = TestRunner::default();
    runner
        .run(&orders(), |order| {
            let mut sent = serde_json::to_value(&order).unwrap();
            prop_assert!(plain.is_valid(&sent), "{sent}");
            // A model in strict mode sends every property.
            sent["confirmation"] = Value::Null;
            prop_assert!(strict.is_valid(&sent), "{sent}");
            prop_assert_eq!(serde_json::from_value::<Order>(sent.clone()).unwrap(), order);
            sent["made_up"] = json!(1);
            prop_assert!(!strict.is_valid(&sent));
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_strict_form_requires_everything_and_leaves_what_is_optional_empty() {
    let manifest = manifest();
    for entry in manifest.entries() {
        let strict = entry.strict_parameters();
        assert_strict(&strict, entry.name);
        jsonschema::meta::validate(&strict).unwrap();
        jsonschema::meta::validate(&entry.parameters).unwrap();
    }
    let order = manifest.entries().iter().find(|entry| entry.name == "order").unwrap();
    let strict = jsonschema::validator_for(&order.strict_parameters()).unwrap();
    let least = json!({
        "what": "a", "count": null, "note": null, "speed": null, "shape": { "kind": "round", "radius": 1.0 },
        "place": null, "parts": null, "confirmation": null,
    });
    assert!(
        strict.is_valid(&least),
        "{:?}",
        strict.iter_errors(&least).map(|e| e.to_string()).collect::<Vec<_>>()
    );
    let mut made_up = least.clone();
    made_up["what"] = Value::Null;
    assert!(!strict.is_valid(&made_up), "what is required may not be null");
    let mut unknown = least.clone();
    unknown["speed"] = json!("warp");
    assert!(!strict.is_valid(&unknown));
    let mut lacking = least;
    lacking.as_object_mut().unwrap().remove("note");
    assert!(!strict.is_valid(&lacking));
}

/// The tools of Vapi.
fn vapi_tools() -> Vec<Value> {
    let list = manifest().to_json(Dialect::Vapi, &Phrasebook::standard(), Language::ENGLISH);
    list.as_array().unwrap().clone()
}

/// A schema as Vapi publishes it: one that is strict about what it does not name, as the API is.
fn closed(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(fields) => {
            let is_object = fields.get("properties").is_some_and(Value::is_object)
                && fields.get("type").is_some_and(|kind| kind == "object");
            if is_object && !fields.contains_key("additionalProperties") {
                fields.insert("additionalProperties".to_owned(), false.into());
            }
            // A pattern with the slashes of another language around it, and what only a later version knows.
            if fields
                .get("pattern")
                .is_some_and(|pattern| pattern.as_str().is_some_and(|it| it.starts_with('/')))
            {
                fields.remove("pattern");
            }
            fields.values_mut().for_each(|value| *value = closed(value.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| *value = closed(value.take())),
        _ => {}
    }
    schema
}

#[test]
fn every_tool_is_accepted_by_the_schema_that_vapi_publishes() {
    let Some(folder) = std::env::var_os("VAPI_FIXTURES") else {
        println!("left out: VAPI_FIXTURES names no folder with the published schema");
        return;
    };
    let document = std::fs::read_to_string(std::path::Path::new(&folder).join("openapi.json")).unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();
    let schema = json!({
        "$ref": "#/components/schemas/CreateFunctionToolDTO",
        "components": { "schemas": closed(document["components"]["schemas"].clone()) },
    });
    let published = jsonschema::validator_for(&schema).unwrap();
    let tools = vapi_tools();
    assert!(tools.len() > 8);
    for tool in tools {
        let wrong: Vec<String> = published.iter_errors(&tool).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{}: {wrong:?} in {tool:#}", tool["function"]["name"]);
    }
    // It refuses what the plain form of a schema has.
    let mut other = vapi_tools().remove(0);
    other["function"]["parameters"]["$defs"] = json!({});
    assert!(!published.is_valid(&other));
}

/// One type for each value, and no word beside those that Vapi knows.
fn assert_known_to_vapi(schema: &Value, path: &str) {
    let known = ["type", "items", "properties", "description", "pattern", "format", "required", "enum"];
    for word in schema.as_object().unwrap().keys() {
        assert!(known.contains(&word.as_str()), "{path}: {word}");
    }
    assert!(schema["type"].is_string(), "{path}");
    if let Some(items) = schema.get("items") {
        assert_known_to_vapi(items, path);
    }
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        assert_known_to_vapi(property, &format!("{path}/{name}"));
    }
}

#[test]
fn the_form_for_vapi_has_one_type_for_each_value_and_keeps_choices_and_their_meaning() {
    let tools = vapi_tools();
    for tool in &tools {
        assert_known_to_vapi(&tool["function"]["parameters"], tool["function"]["name"].as_str().unwrap());
    }
    let order = tools.iter().find(|tool| tool["function"]["name"] == "order").unwrap();
    let properties = &order["function"]["parameters"]["properties"];
    let speed =
        json!({ "type": "string", "enum": ["slow", "fast"], "description": "slow: By ship. fast: By air." });
    assert_eq!(properties["speed"], speed);
    assert_eq!(
        properties["shape"]["properties"]["kind"],
        json!({ "type": "string", "enum": ["round", "flat"] })
    );
    assert_eq!(properties["shape"]["required"], json!(["kind"]), "what is required of all that it may be");
    assert_eq!(properties["place"]["required"], json!(["town"]));
}

/// A value as a model sends it that leaves out what it has no word for.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
            fields.map(|(name, value)| (name, without_nulls(value))).collect::<serde_json::Map<_, _>>().into()
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

#[test]
fn whatever_a_function_takes_the_form_for_vapi_allows() {
    let tools = vapi_tools();
    let order = tools.iter().find(|tool| tool["function"]["name"] == "order").unwrap();
    let form = jsonschema::validator_for(&order["function"]["parameters"]).unwrap();
    TestRunner::default()
        .run(&orders(), |order| {
            let sent = without_nulls(serde_json::to_value(&order).unwrap());
            prop_assert!(form.is_valid(&sent), "{sent}");
            prop_assert_eq!(serde_json::from_value::<Order>(sent).unwrap(), order);
            Ok(())
        })
        .unwrap();
}

#[test]
fn every_form_names_all_functions_and_is_the_same_each_time() {
    let (manifest, book) = (manifest(), Phrasebook::standard());
    let names: Vec<_> = manifest.entries().iter().map(|entry| entry.name).collect();
    for dialect in [Dialect::Plain, Dialect::Vapi, Dialect::OpenAiStrict, Dialect::Anthropic, Dialect::Mcp] {
        let list = manifest.to_json(dialect, &book, Language::ENGLISH);
        assert_eq!(list.to_string(), manifest.to_json(dialect, &book, Language::ENGLISH).to_string());
        let tools = list.get("tools").unwrap_or(&list).as_array().unwrap();
        let listed = tools.iter().map(|tool| {
            let name = tool.get("name").or_else(|| tool.pointer("/function/name"));
            name.and_then(Value::as_str).unwrap()
        });
        assert_eq!(listed.collect::<Vec<_>>(), names, "{dialect:?}");
    }
    let mcp = manifest.to_json(Dialect::Mcp, &book, Language::ENGLISH);
    let hints: BTreeMap<_, _> = mcp["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| {
            (tool["name"].as_str().unwrap(), tool["annotations"]["destructiveHint"].as_bool().unwrap())
        })
        .collect();
    assert!(hints["order"] && !hints["find_customer"]);
}

#[test]
fn vapi_is_told_what_to_say_while_a_function_runs_and_nothing_where_it_would_disturb() {
    let (manifest, book) = (manifest(), Phrasebook::standard());
    let vapi = manifest.to_json(Dialect::Vapi, &book, Language::GERMAN);
    let said = |name: &str| {
        let tool = vapi.as_array().unwrap().iter().find(|tool| tool["function"]["name"] == name).unwrap();
        let messages = tool["messages"].as_array().cloned().unwrap_or_default();
        messages
            .iter()
            .map(|message| (message["type"].clone(), message["content"].clone()))
            .collect::<Vec<_>>()
    };
    let waiting =
        (json!("request-response-delayed"), json!("Danke für Ihre Geduld. Es dauert nur noch einen Moment."));
    assert_eq!(
        said("find_customer"),
        [(json!("request-start"), json!("Einen Moment, ich sehe nach.")), waiting.clone()]
    );
    // What has to be confirmed is read back at once; goodbye speaks for itself.
    for name in ["order", "update_contact"] {
        assert_eq!(said(name), std::slice::from_ref(&waiting), "{name}");
    }
    assert_eq!(said("end_call"), []);
}
