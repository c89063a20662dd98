//! One message of a conversation.

use crate::wire::{Raw, open_word, wire_object};

wire_object! {
    /// One message of the conversation, in Vapi's form or the `OpenAI` form.
    ///
    /// Spoken messages carry their text in `message`, the `OpenAI` form in `content`, tool results in
    /// `result`; [`ConversationMessage::text`] looks in each.
    pub struct ConversationMessage {
        /// Who speaks.
        pub role: Option<Role> = shown "role",
        /// The words, in Vapi's form.
        pub message: Option<String> = hidden "message",
        /// The words in the `OpenAI` form: a text, or a list of parts.
        pub content: Option<Raw> = shown "content",
        /// When it began, in milliseconds since the epoch.
        pub time: Option<f64> = shown "time",
        /// When it ended, in milliseconds since the epoch.
        pub end_time: Option<f64> = shown "endTime",
        /// When it began, in seconds since the start of the call.
        pub seconds_from_start: Option<f64> = shown "secondsFromStart",
        /// How long it took, in milliseconds.
        pub duration: Option<f64> = shown "duration",
        /// The tool calls of a `tool_calls` message.
        pub tool_calls: Option<Raw> = shown "toolCalls",
        /// The tool call a result answers.
        pub tool_call_id: Option<String> = shown "toolCallId",
        /// The tool that answered.
        pub name: Option<String> = shown "name",
        /// What the tool answered.
        pub result: Option<String> = hidden "result",
    }
}

impl ConversationMessage {
    /// The words of the message, wherever it carries them; the text parts of a list are joined by spaces.
    pub fn text(&self) -> Option<String> {
        let content = || self.content.as_ref()?.parse().ok().as_ref().and_then(content_text);
        self.message.clone().or_else(content).or_else(|| self.result.clone())
    }
}

fn content_text(content: &serde_json::Value) -> Option<String> {
    if let Some(text) = content.as_str() {
        return Some(text.to_owned());
    }
    let texts: Vec<&str> = content.as_array()?.iter().filter_map(|part| part.get("text")?.as_str()).collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}

open_word! {
    /// Who speaks in a conversation.
    pub enum Role {
        /// The customer.
        User = "user",
        /// The assistant, as conversation histories name it.
        Bot = "bot",
        /// The assistant, as transcripts and the `OpenAI` form name it.
        Assistant = "assistant",
        /// Instructions.
        System = "system",
        /// The model calls tools.
        ToolCalls = "tool_calls",
        /// A tool answers.
        ToolCallResult = "tool_call_result",
        /// A tool answers, in the `OpenAI` form.
        Tool = "tool",
    }
}
