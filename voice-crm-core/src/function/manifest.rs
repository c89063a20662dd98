//! The list of functions in the form that a voice platform or a model wants.

use std::borrow::Cow;

use serde_json::{Value, json};
use vapi_types::tool::Tool;

use super::{Effect, Openness, Spec};
use crate::{
    call::Call,
    phrase::{Language, Phrase, Phrasebook},
};

mod strict;
mod vapi;
mod vapi_schema;

/// The functions that a model may call, in the order in which they were registered.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    entries: Vec<ManifestEntry>,
}

/// One function.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ManifestEntry {
    /// Its name.
    pub name: &'static str,
    /// When to call it.
    pub description: Cow<'static, str>,
    /// The JSON Schema of its arguments, an object. What is optional is not required.
    pub parameters: Value,
    /// What it does to the CRM.
    pub effect: Effect,
    /// What is said while it runs.
    pub filler: Option<Phrase>,
    /// Whether it may have to be confirmed.
    pub asks_for_confirmation: bool,
    open_to: Openness,
}

/// Whose form a manifest has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Dialect {
    /// Name, description and arguments, and nothing else.
    Plain,
    /// Vapi's function tools, with what is said while they run.
    Vapi,
    /// `OpenAI`'s function tools with `strict` on: every property is required, and what is optional may be null.
    OpenAiStrict,
    /// Anthropic's tools.
    Anthropic,
    /// The answer to `tools/list` of the Model Context Protocol.
    Mcp,
}

impl ManifestEntry {
    pub(crate) fn new(name: &'static str, spec: &Spec, parameters: Value) -> Self {
        let (effect, filler) = (spec.effect(), spec.filler_phrase());
        let asks_for_confirmation = spec.asks_for_confirmation();
        let (description, open_to) = (spec.description().to_owned().into(), spec.openness());
        Self { name, description, parameters, effect, filler, asks_for_confirmation, open_to }
    }

    /// Whether the function may be called on a call. One that is not need not be offered there.
    pub fn is_open_to(&self, call: &Call) -> bool {
        self.open_to.includes(call)
    }

    /// The schema of the arguments in the form of strict function calling: every object closed, every property
    /// required, and null allowed where it may be left out.
    pub fn strict_parameters(&self) -> Value {
        strict::strict(&self.parameters)
    }
}

impl Manifest {
    pub(crate) fn new(entries: Vec<ManifestEntry>) -> Self {
        Self { entries }
    }

    /// The functions.
    pub fn entries(&self) -> &[ManifestEntry] {
        &self.entries
    }

    /// The whole list in somebody's form. The same functions always give the same text.
    pub fn to_json(&self, dialect: Dialect, book: &Phrasebook, language: Language) -> Value {
        let tools = self.entries.iter().map(|entry| {
            let (name, description, parameters) = (entry.name, &entry.description, &entry.parameters);
            match dialect {
                Dialect::Plain => {
                    json!({ "name": name, "description": description, "parameters": parameters })
                }
                Dialect::Vapi => json!(Tool::from(entry.vapi_tool(book, language))),
                Dialect::OpenAiStrict => json!({
                    "type": "function", "name": name, "description": description,
                    "parameters": entry.strict_parameters(), "strict": true,
                }),
                Dialect::Anthropic => {
                    json!({ "name": name, "description": description, "input_schema": parameters })
                }
                Dialect::Mcp => json!({
                    "name": name, "description": description, "inputSchema": parameters,
                    "annotations": {
                        "readOnlyHint": !entry.effect.writes(),
                        "destructiveHint": entry.effect == Effect::Destructive,
                        // A repeat of the same function call changes nothing; another call of it may.
                        "idempotentHint": !entry.effect.writes(),
                    },
                }),
            }
        });
        let tools = sorted(&Value::Array(tools.collect()));
        if dialect == Dialect::Mcp { json!({ "tools": tools }) } else { tools }
    }
}

/// The same value with the fields of every object in alphabetical order, whatever order a map keeps.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> =
                fields.iter().map(|(name, value)| (name.clone(), sorted(value))).collect();
            fields.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}
