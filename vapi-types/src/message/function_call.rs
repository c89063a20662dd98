//! `function-call`: the legacy form of a tool call.
//!
//! No longer documented since 2025, but still selectable and among the default server messages. It has no
//! id, and is answered with a [`FunctionResult`](crate::reply::FunctionResult).

use serde::ser::SerializeMap;

use super::{Arguments, Context, derefs_to_context};
use crate::wire::{Entries, Field, Fields, Object, kind_of, wire_object};

/// The model wants one function called, in the form of 2023.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct FunctionCall {
    /// Name of the function; empty if the message gave none.
    pub name: String,
    /// What the model chose to pass.
    pub arguments: Arguments,
    /// The call and everything else that comes with each message.
    pub context: Context,
}

derefs_to_context!(FunctionCall);
wire_object!(@traits FunctionCall { name shown, arguments shown, } context);

impl FunctionCall {
    /// A call to be answered, for a simulator or a test.
    pub fn new(name: impl Into<String>, arguments: Arguments, context: Context) -> Self {
        Self { name: name.into(), arguments, context }
    }
}

impl Object for FunctionCall {
    fn from_fields(fields: &mut Fields<'_, '_>) -> Self {
        let (mut name, mut arguments) = (None, None);
        if let Some(raw) = fields.peek(KEY) {
            match serde_json::from_str::<Entries<'_>>(raw.get()) {
                Ok(entries) => {
                    let mut call = Fields::new(entries, fields.trail().key(KEY));
                    arguments =
                        call.peek("parameters").or_else(|| call.peek("arguments")).map(Arguments::read);
                    name = Option::<String>::take_from(&mut call, "name");
                    fields.mark_taken(KEY);
                }
                Err(_) => fields.trail().key(KEY).note("an object", kind_of(raw)),
            }
        }
        Self {
            name: name.unwrap_or_default(),
            arguments: arguments.unwrap_or_default(),
            context: Context::from_fields(fields),
        }
    }

    fn write_fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(KEY, &Called(self))?;
        self.context.write_fields(map)
    }
}

struct Called<'c>(&'c FunctionCall);

impl serde::Serialize for Called<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("name", &self.0.name)?;
        match serde_json::from_str::<&serde_json::value::RawValue>(self.0.arguments.as_str()) {
            Ok(arguments) => map.serialize_entry("parameters", arguments)?,
            Err(_) => map.serialize_entry("parameters", self.0.arguments.as_str())?,
        }
        map.end()
    }
}

pub(super) const KEY: &str = "functionCall";
