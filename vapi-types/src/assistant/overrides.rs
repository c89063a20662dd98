//! What is different about an assistant for one call.

use serde::ser::SerializeMap;
use serde_json::Value;

use super::Assistant;
use crate::{
    tool::Tool,
    wire::{Field, Fields, Object, wire_object},
};

/// Settings of an assistant for one call or one squad.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct AssistantOverrides {
    /// Values of the `{{variables}}` in the assistant's texts.
    pub variable_values: Option<Value>,
    /// Tools added to the assistant's own.
    pub append_tools: Option<Vec<Tool>>,
    /// Settings that replace the assistant's own.
    pub assistant: Assistant,
}

wire_object!(@traits AssistantOverrides { variable_values hidden, append_tools shown, } assistant);

impl AssistantOverrides {
    /// Sets the values of the assistant's variables: an object.
    #[must_use]
    pub fn variable_values(mut self, values: Value) -> Self {
        self.variable_values = Some(values);
        self
    }

    /// Adds a tool to the assistant's own.
    #[must_use]
    pub fn append_tool(mut self, tool: impl Into<Tool>) -> Self {
        self.append_tools.get_or_insert_default().push(tool.into());
        self
    }

    /// Replaces settings of the assistant by those that are set here.
    #[must_use]
    pub fn assistant(mut self, assistant: Assistant) -> Self {
        self.assistant = assistant;
        self
    }
}

impl Object for AssistantOverrides {
    fn from_fields(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            variable_values: Field::take_from(fields, "variableValues"),
            append_tools: Field::take_from(fields, "tools:append"),
            assistant: Assistant::from_fields(fields),
        }
    }

    fn write_fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        self.variable_values.put("variableValues", map)?;
        self.append_tools.put("tools:append", map)?;
        self.assistant.write_fields(map)
    }
}
