//! Reading assistants written for an older API.

use serde_json::{Value, value::RawValue};

use super::Assistant;
use crate::{
    server::Server,
    tool::{Function, FunctionTool, Tool, ToolMessage},
    wire::{DecodeIssue, parse_object},
};

impl Assistant {
    /// Reads an assistant leniently, old keys included.
    ///
    /// `serverUrl` becomes `server.url` and `model.functions` become function tools. What has no successor
    /// that can hold it stays in `extra`, a `serverUrlSecret` among it, and [`Assistant::lint`] lists it.
    ///
    /// # Errors
    /// [`DecodeIssue`] if the text is no JSON object.
    pub fn read(json: &str) -> Result<Self, DecodeIssue> {
        let mut assistant: Self = parse_object(json)?;
        assistant.adopt_server_url();
        assistant.adopt_functions();
        Ok(assistant)
    }

    fn adopt_server_url(&mut self) {
        let has_url = self.server.as_ref().is_some_and(|server| server.url.is_some());
        let Some(url) = self.extra.get("serverUrl").and_then(|url| url.parse::<String>().ok()) else {
            return;
        };
        self.extra.remove("serverUrl");
        if !has_url {
            self.server.get_or_insert_with(Server::default).url = Some(url);
        }
    }

    fn adopt_functions(&mut self) {
        let Some(model) = &mut self.model else { return };
        let Some(functions) = model.extra.get("functions").and_then(|raw| raw.parse::<Vec<Value>>().ok())
        else {
            return;
        };
        model.extra.remove("functions");
        let tools = model.tools.get_or_insert_default();
        tools.extend(functions.iter().filter_map(function_tool));
    }
}

/// A function of 2023 as a tool: name, description and parameters inside, its server beside them.
fn function_tool(old: &Value) -> Option<Tool> {
    let mut function: Function = parse_object(&old.to_string()).ok()?;
    let mut tool = FunctionTool::default();
    for key in ["serverUrl", "server", "async", "messages"] {
        let Some(raw) = function.extra.remove(key) else { continue };
        match key {
            "serverUrl" => tool.server = raw.parse().ok().map(|url: String| Server::at(url)),
            "server" => tool.server = parse_object(raw.as_str()).ok(),
            "async" => tool.is_async = raw.parse().ok(),
            _ => tool.messages = read_messages(raw.as_str()),
        }
    }
    Some(Tool::from(tool.function(function)))
}

fn read_messages(json: &str) -> Option<Vec<ToolMessage>> {
    let messages: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    messages.into_iter().map(|message| parse_object(message.get()).ok()).collect()
}
