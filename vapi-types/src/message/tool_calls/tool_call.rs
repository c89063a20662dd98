//! One tool call out of the five forms it is sent in.

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde_json::value::RawValue;

use crate::{
    message::Arguments,
    wire::{Entries, Extra, Field, Fields, MaybeEntries, Object, Trail, kind_of, wire_object},
};

/// One call of a function.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ToolCall {
    /// Identifier; the answer must repeat it.
    pub id: String,
    /// Name of the function.
    pub name: String,
    /// What the model chose to pass.
    pub arguments: Arguments,
    /// What kind of tool is called, `function` as a rule.
    pub kind: Option<String>,
    /// Fields without a name here, kept and written back as they came.
    pub extra: Extra,
}

wire_object!(@traits ToolCall { id shown, name shown, arguments shown, kind shown, } extra);

impl ToolCall {
    /// A call as Vapi would make it, for a simulator or a test.
    pub fn new(id: impl Into<String>, name: impl Into<String>, arguments: Arguments) -> Self {
        let kind = Some(FUNCTION.to_owned());
        Self { id: id.into(), name: name.into(), arguments, kind, extra: Extra::default() }
    }
}

impl Object for ToolCall {
    fn from_fields(fields: &mut Fields<'_, '_>) -> Self {
        Partial::read(fields).finish()
    }

    fn write_fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("type", self.kind.as_deref().unwrap_or(FUNCTION))?;
        map.serialize_entry("function", &Function(self))?;
        self.extra.write(map)
    }
}

/// Name and arguments in the documented form, where the arguments are a string.
struct Function<'c>(&'c ToolCall);

impl serde::Serialize for Function<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("name", &self.0.name)?;
        map.serialize_entry("arguments", self.0.arguments.as_str())?;
        map.end()
    }
}

/// Calls gathered from several lists, each id once.
#[derive(Default)]
pub(super) struct Listed {
    calls: Vec<Partial>,
    places: BTreeMap<String, usize>,
}

impl Listed {
    /// Adds the calls of one list.
    pub(super) fn add(&mut self, list: &RawValue, trail: &Trail<'_>) {
        let Ok(elements) = serde_json::from_str::<Vec<MaybeEntries<'_>>>(list.get()) else {
            return trail.note("a list", kind_of(list));
        };
        for (index, MaybeEntries(entries)) in elements.into_iter().enumerate() {
            let trail = trail.index(index);
            let entries = match entries {
                Ok(entries) => entries,
                Err(found) => {
                    trail.note("an object", found);
                    continue;
                }
            };
            let call = Partial::unwrap(&mut Fields::new(entries, trail));
            if call.id.is_empty() {
                trail.key("id").note("a string", "nothing");
                continue;
            }
            self.add_call(call);
        }
    }

    fn add_call(&mut self, call: Partial) {
        if let Some(place) = self.places.get(&call.id) {
            self.calls[*place].fill_from(call);
        } else {
            self.places.insert(call.id.clone(), self.calls.len());
            self.calls.push(call);
        }
    }

    /// True if nothing is left to be filled in from another list.
    pub(super) fn is_complete(&self) -> bool {
        !self.calls.is_empty()
            && self.calls.iter().all(|call| call.name.is_some() && call.arguments.is_some())
    }

    pub(super) fn into_calls(self) -> Vec<ToolCall> {
        self.calls.into_iter().map(Partial::finish).collect()
    }
}

/// A call as one list shows it.
struct Partial {
    id: String,
    name: Option<String>,
    arguments: Option<Arguments>,
    kind: Option<String>,
    extra: Extra,
}

impl Partial {
    /// Reads an element of any list: the call itself, or a tool's definition with its `toolCall` inside.
    ///
    /// `parameters` beside a `toolCall` are the tool's JSON Schema, and are never looked at.
    fn unwrap(fields: &mut Fields<'_, '_>) -> Self {
        let nested =
            fields.peek("toolCall").and_then(|raw| serde_json::from_str::<Entries<'_>>(raw.get()).ok());
        let Some(entries) = nested else { return Self::read(fields) };
        let mut call = Self::read(&mut Fields::new(entries, fields.trail().key("toolCall")));
        call.name = call.name.or_else(|| name_of(fields));
        call
    }

    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let id = Option::<String>::take_from(fields, "id").or_else(|| Field::take_from(fields, "toolCallId"));
        let kind = Field::take_from(fields, "type");
        let here = *fields.trail();
        let trail = here.key("function");
        let mut function = function_of(fields).map(|entries| Fields::new(entries, trail));
        let name = function.as_mut().and_then(|function| Field::take_from(function, "name"));
        let name = name.or_else(|| Field::take_from(fields, "name"));
        let arguments = arguments_of(fields, function.as_ref());
        // A call inside a call would be taken for the call itself when the message is read again.
        for key in ["function", "name", "arguments", "parameters", "toolCall"] {
            fields.mark_taken(key);
        }
        Self { id: id.unwrap_or_default(), name, arguments, kind, extra: fields.rest() }
    }

    fn fill_from(&mut self, other: Self) {
        self.name = self.name.take().or(other.name);
        self.arguments = self.arguments.take().or(other.arguments);
    }

    fn finish(self) -> ToolCall {
        let (name, arguments) = (self.name.unwrap_or_default(), self.arguments.unwrap_or_default());
        ToolCall { id: self.id, name, arguments, kind: self.kind, extra: self.extra }
    }
}

/// The name of a tool's definition.
fn name_of(fields: &mut Fields<'_, '_>) -> Option<String> {
    let here = *fields.trail();
    let trail = here.key("function");
    let function = function_of(fields).map(|entries| Fields::new(entries, trail));
    function
        .and_then(|mut function| Field::take_from(&mut function, "name"))
        .or_else(|| Field::take_from(fields, "name"))
}

/// Arguments by their own name first, wherever they stand; then `parameters`, unless they are a schema.
fn arguments_of(fields: &Fields<'_, '_>, function: Option<&Fields<'_, '_>>) -> Option<Arguments> {
    let argument =
        function.and_then(|function| function.peek("arguments")).or_else(|| fields.peek("arguments"));
    let parameter = |fields: &Fields<'_, '_>| {
        fields.peek("parameters").filter(|raw| !is_schema(raw)).map(Arguments::read)
    };
    let parameters = || function.and_then(parameter).or_else(|| parameter(fields));
    argument.map(Arguments::read).or_else(parameters)
}

fn function_of<'a>(fields: &Fields<'a, '_>) -> Option<Entries<'a>> {
    serde_json::from_str(fields.peek("function")?.get()).ok()
}

/// True for the JSON Schema of a tool, which some messages carry under the name real arguments have.
fn is_schema(parameters: &RawValue) -> bool {
    let Ok(serde_json::Value::Object(object)) = serde_json::from_str(parameters.get()) else { return false };
    let is_object_type = object.get("type").is_some_and(|kind| kind == "object");
    is_object_type && object.get("properties").is_some_and(serde_json::Value::is_object)
}

/// The kind of tool a call is for, unless it says otherwise.
const FUNCTION: &str = "function";
