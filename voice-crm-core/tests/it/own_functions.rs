//! What a function of one's own may be: named by a setting, without arguments, with arguments of any form, slow in a thread
//! of its own, and failing for a reason that only the operator hears.

use std::{
    borrow::Cow,
    io,
    sync::{Arc, Mutex, mpsc},
};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use voice_crm_core::{
    function::{Answer, CallContext, Dialect, Function, FunctionError, FunctionErrorKind, Spec},
    phrase::{self, Language, Phrasebook},
};

use crate::stage::{Stage, org, sentence, tool_calls};

/// One type that is as many functions as the settings name.
struct Says {
    name: String,
    words: String,
}

impl Function for Says {
    const NAME: &'static str = "says";
    type Args = ();

    fn name(&self) -> Cow<'static, str> {
        self.name.clone().into()
    }

    fn spec(&self) -> Spec {
        Spec::read(format!("Says {}.", self.words))
    }

    async fn call(&self, _: &CallContext, (): ()) -> Result<Answer, FunctionError> {
        Ok(Answer::say(self.words.clone()))
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "what", rename_all = "snake_case")]
enum Wish {
    /// Move a delivery.
    Move {
        /// The order.
        order: String,
        /// To which day.
        day: String,
    },
    /// Cancel an order.
    Cancel {
        /// The order.
        order: String,
        /// Why.
        reason: Option<String>,
    },
}

#[derive(Deserialize, JsonSchema)]
struct Parcel {
    /// Where it goes.
    to: Place,
    /// How it is sent.
    way: Way,
    /// What is in it.
    items: Vec<Item>,
}

#[derive(Deserialize, JsonSchema)]
struct Place {
    town: String,
    code: Option<u32>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "snake_case")]
enum Way {
    Post { express: bool },
    Courier { name: String },
}

#[derive(Deserialize, JsonSchema)]
struct Item {
    name: String,
    count: u8,
}

async fn stage() -> Stage {
    Stage::with(org(), |builder| {
        builder
            .function(Says { name: "says_hello".to_owned(), words: "hello".to_owned() })
            .function(Says { name: "says_goodbye".to_owned(), words: "goodbye".to_owned() })
            .alias(String::from("greet"), String::from("says_hello"))
            .closure("wish".to_owned(), Spec::read("Takes a wish."), |_, wish: Wish| async move {
                Ok(Answer::say(match wish {
                    Wish::Move { order, day } => format!("{order} comes on {day}"),
                    Wish::Cancel { order, reason } => {
                        format!("{order} is off: {}", reason.unwrap_or_default())
                    }
                }))
            })
            .closure("parcel", Spec::read("Sends a parcel."), |_, parcel: Parcel| async move {
                let way = match parcel.way {
                    Way::Post { express } => format!("post {express}"),
                    Way::Courier { name } => name,
                };
                let items: Vec<_> =
                    parcel.items.iter().map(|item| format!("{} {}", item.count, item.name)).collect();
                let code = parcel.to.code.unwrap_or_default();
                Ok(Answer::say(format!("{} {code} by {way}: {}", parcel.to.town, items.join(", "))))
            })
    })
    .await
}

fn parameters(stage: &Stage, name: &str) -> Value {
    let entries = stage.bridge.manifest().entries().iter();
    entries.filter(|entry| entry.name == name).map(|entry| entry.parameters.clone()).next().unwrap()
}

#[tokio::test]
async fn a_name_and_a_description_may_come_from_settings() {
    let stage = stage().await;
    let entry = stage.bridge.manifest().entries().iter().find(|entry| entry.name == "says_goodbye").unwrap();
    assert_eq!(entry.description, "Says goodbye.");
    assert_eq!(stage.tool("c", "1", "says_hello", json!({})).await, "hello");
    assert_eq!(stage.tool("c", "2", "says_goodbye", json!({})).await, "goodbye");
    assert_eq!(stage.tool("c", "3", "greet", json!({})).await, "hello");
}

#[tokio::test]
async fn a_function_without_arguments_is_an_empty_object_and_takes_whatever_is_sent_for_nothing() {
    let stage = stage().await;
    assert_eq!(parameters(&stage, "says_hello"), json!({ "type": "object", "properties": {} }));
    for (number, nothing) in
        [json!({}), Value::Null, json!(""), json!("{}"), json!({ "made_up": 1 })].into_iter().enumerate()
    {
        assert_eq!(stage.tool("c", &number.to_string(), "says_hello", nothing).await, "hello");
    }
}

#[tokio::test]
async fn an_enum_with_a_tag_is_shown_as_one_object_and_each_variant_is_read() {
    let stage = stage().await;
    let schema = parameters(&stage, "wish");
    assert_eq!(schema["type"], "object");
    assert_eq!(schema["properties"]["what"]["enum"], json!(["move", "cancel"]));
    let fields: Vec<_> = schema["properties"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields.len(), 4, "{fields:?}");
    let mut required: Vec<_> =
        schema["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    required.sort_unstable();
    assert_eq!(required, ["order", "what"]);
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (number, wish, said) in [
        ("1", json!({ "what": "move", "order": "O-1", "day": "Monday" }), "O-1 comes on Monday"),
        ("2", json!({ "what": "cancel", "order": "O-1", "reason": "late" }), "O-1 is off: late"),
        ("3", json!({ "what": "cancel", "order": "O-1", "reason": null, "day": null }), "O-1 is off: "),
    ] {
        assert!(number == "3" || validator.is_valid(&wish));
        assert_eq!(stage.tool("c", number, "wish", wish).await.trim(), said.trim());
    }
    let wrong = stage.tool("c", "4", "wish", json!({ "what": "canary", "order": "O-1" })).await;
    assert!(wrong.contains("move, cancel") && !wrong.contains("canary"), "{wrong}");
    let missing = stage.tool("c", "5", "wish", json!({ "what": "move", "order": "O-1" })).await;
    assert!(!missing.contains("comes on"), "{missing}");
}

#[tokio::test]
async fn arguments_within_arguments_and_lists_of_them_are_read_and_shown() {
    let stage = stage().await;
    let parcel = json!({
        "to": { "town": "Turin", "code": 10121 }, "way": { "by": "post", "express": true },
        "items": [{ "name": "pump", "count": 2 }],
    });
    let validator = jsonschema::validator_for(&parameters(&stage, "parcel")).unwrap();
    assert!(validator.is_valid(&parcel));
    assert_eq!(stage.tool("c", "1", "parcel", parcel).await, "Turin 10121 by post true: 2 pump");
    let courier =
        json!({ "to": { "town": "Turin" }, "way": { "by": "courier", "name": "Ann" }, "items": [] });
    assert_eq!(stage.tool("c", "2", "parcel", courier).await.trim(), "Turin 0 by Ann:");
}

#[tokio::test]
async fn every_dialect_shows_them_with_an_object_at_the_root() {
    let stage = stage().await;
    for dialect in [Dialect::Plain, Dialect::Vapi, Dialect::OpenAiStrict, Dialect::Anthropic, Dialect::Mcp] {
        let all = stage.bridge.manifest().to_json(dialect, &Phrasebook::standard(), Language::ENGLISH);
        let tools = all.get("tools").unwrap_or(&all).as_array().unwrap();
        for tool in tools {
            let tool = tool.get("function").unwrap_or(tool);
            let schema = ["parameters", "input_schema", "inputSchema"].iter().find_map(|name| tool.get(name));
            assert_eq!(
                schema.map_or("object", |schema| schema["type"].as_str().unwrap()),
                "object",
                "{tool}"
            );
        }
    }
}

#[tokio::test]
async fn what_blocks_in_a_thread_of_its_own_keeps_nobody_waiting() {
    let (go, wait) = mpsc::channel::<()>();
    let wait = Arc::new(Mutex::new(wait));
    let stage = Stage::with(org(), |builder| {
        builder
            .tool_deadline(std::time::Duration::from_millis(700))
            .closure("blocks", Spec::read("Blocks."), move |_, ()| {
                let wait = wait.clone();
                async move {
                    let blocked = tokio::task::spawn_blocking(move || wait.lock().unwrap().recv()).await;
                    blocked.map(|_| Answer::say("at last")).map_err(|error| {
                        FunctionError::new(FunctionErrorKind::Broken, phrase::BROKEN).with_source(error)
                    })
                }
            })
            .closure("quick", Spec::read("Is quick."), |_, ()| async { Ok(Answer::say("quick")) })
    })
    .await;
    let calls = [("1", "blocks", json!({})), ("2", "quick", json!({}))];

    // On one thread: it could not be answered at all while something blocked that.
    let (_, body) = stage.message(tool_calls("c", &calls)).await;

    assert!(sentence(&body["results"][0]).contains("try again"), "{body}");
    assert_eq!(sentence(&body["results"][1]), "quick");
    drop(go);
}

#[tokio::test]
async fn what_lies_beneath_a_failure_is_told_to_nobody_but_the_operator() {
    let stage = Stage::with(org(), |builder| {
        builder.closure("fails", Spec::read("Fails."), |_, ()| async {
            let beneath = io::Error::other("canary of the database");
            Err::<Answer, _>(
                FunctionError::new(FunctionErrorKind::Unavailable, phrase::RECORDS_UNREACHABLE)
                    .with_source(beneath),
            )
        })
    })
    .await;
    let said = stage.tool("c", "1", "fails", json!({})).await;
    assert!(said.contains("try again") && !said.contains("canary"), "{said}");
    let error = FunctionError::new(FunctionErrorKind::Unavailable, "no").with_source("canary");
    assert!(!format!("{error} {error:?} {}", error.for_model()).contains("canary"));
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "canary");
}
