//! The language model of an assistant.

use serde_json::Value;

use crate::{artifact::Role, tool::Tool, wire::settings};

settings! {
    /// A language model, its instructions and its tools.
    ///
    /// Providers and models are open words: Vapi knows 17 providers and adds models monthly.
    pub struct Model {
        /// Provider: `openai`, `anthropic`, `google`, `custom-llm` and others.
        pub provider: String = shown "provider",
        /// Name of the model.
        pub model: String = shown "model",
        /// The prompt; usually one system message.
        pub messages: Vec<ModelMessage> = shown "messages",
        /// Tools defined here.
        pub tools: Vec<Tool> = shown "tools",
        /// Tools stored at Vapi, by id.
        pub tool_ids: Vec<String> = shown "toolIds",
        /// Randomness, 0 to 2.
        pub temperature: f64 = shown "temperature",
        /// The longest answer in tokens; 250 unless set, which also bounds tool arguments.
        pub max_tokens: u64 = shown "maxTokens",
        /// URL of a `custom-llm` model.
        pub url: String = hidden "url",
        /// Documents the model may look into.
        pub knowledge_base: Value = hidden "knowledgeBase",
        /// Whether the model hears emotions.
        pub emotion_recognition_enabled: bool = shown "emotionRecognitionEnabled",
    }
}

impl Model {
    /// A model of any provider.
    pub fn of(provider: impl Into<String>, model: impl Into<String>) -> Self {
        Self::default().provider(provider).model(model)
    }

    /// A model of `OpenAI`.
    pub fn openai(model: impl Into<String>) -> Self {
        Self::of("openai", model)
    }

    /// Adds instructions.
    #[must_use]
    pub fn system(mut self, content: impl Into<String>) -> Self {
        let message = ModelMessage::default().role(Role::System).content(content);
        self.messages.get_or_insert_default().push(message);
        self
    }

    /// Adds a tool.
    #[must_use]
    pub fn tool(mut self, tool: impl Into<Tool>) -> Self {
        self.tools.get_or_insert_default().push(tool.into());
        self
    }
}

settings! {
    /// One message of a prompt.
    pub struct ModelMessage {
        /// Who speaks.
        pub role: Role = shown "role",
        /// The words.
        pub content: String = hidden "content",
    }
}
