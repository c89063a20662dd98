//! `function`: a tool that calls the operator's server.

use serde_json::Value;

use super::{RejectionPlan, ToolMessage};
use crate::{server::Server, wire::settings};

settings! {
    /// A tool that calls a function of the operator's server.
    ///
    /// See "Custom tools" in Vapi's documentation.
    pub struct FunctionTool {
        /// What the model sees: name, description, arguments.
        pub function: Function = shown "function",
        /// The server; the assistant's unless set.
        pub server: Server = shown "server",
        /// Whether the call counts as done at once; the answer is then ignored.
        pub is_async: bool = shown "async",
        /// What is said while the tool runs and after.
        pub messages: Vec<ToolMessage> = shown "messages",
        /// Arguments the model neither sees nor chooses, merged in last.
        pub parameters: Vec<StaticParameter> = shown "parameters",
        /// When a call of the model is refused.
        pub rejection_plan: RejectionPlan = shown "rejectionPlan",
        /// Which parts of the result become variables.
        pub variable_extraction_plan: Value = hidden "variableExtractionPlan",
    }
}

impl FunctionTool {
    /// A tool for a function called `name` (at most 64 letters, digits, `_` and `-`) whose arguments have
    /// the JSON Schema `parameters`.
    pub fn named(name: impl Into<String>, description: impl Into<String>, parameters: Value) -> Self {
        let function = Function::default().name(name).description(description).parameters(parameters);
        Self::default().function(function)
    }

    /// Adds something to say.
    #[must_use]
    pub fn message(mut self, message: ToolMessage) -> Self {
        self.messages.get_or_insert_default().push(message);
        self
    }

    /// Adds an argument the model neither sees nor chooses, such as the caller's number by
    /// `{{customer.number}}`; what is set here cannot be talked out of the assistant.
    #[must_use]
    pub fn static_parameter(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        let parameter = StaticParameter::default().key(key).value(value);
        self.parameters.get_or_insert_default().push(parameter);
        self
    }
}

settings! {
    /// A function as the model sees it.
    pub struct Function {
        /// Name: at most 64 letters, digits, `_` and `-`.
        pub name: String = shown "name",
        /// When the model should call it.
        pub description: String = shown "description",
        /// JSON Schema of the arguments, an object schema.
        pub parameters: Value = shown "parameters",
        /// Whether the model must keep to the schema exactly.
        pub strict: bool = shown "strict",
    }
}

settings! {
    /// An argument with a fixed value or a template.
    pub struct StaticParameter {
        /// Name of the argument.
        pub key: String = shown "key",
        /// Its value; texts may hold Liquid templates.
        pub value: Value = hidden "value",
    }
}
