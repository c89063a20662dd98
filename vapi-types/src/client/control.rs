//! POST to the control URL of a running call.
//!
//! See "Live call control" in Vapi's documentation. The URL is a secret: whoever holds it steers the call.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::json;
use url::Url;

use super::{Client, Error, Operation, Request, Result};
use crate::{
    call::Call,
    model::ModelMessage,
    reply::TransferDestination,
    wire::{Object, settings},
};

/// Steers one running call. `Debug` does not show its URL.
pub struct Control {
    client: Client,
    url: Url,
    with_key: bool,
}

impl Client {
    /// Steers a running call, which needs `monitorPlan.controlEnabled` of its assistant.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](super::ErrorKind::Configuration) when the call names no control URL, or one that
    /// leads elsewhere than to Vapi.
    pub fn control(&self, call: &Call) -> Result<Control> {
        let wrong = |what: &'static str| Error::configuration(CONTROL, what);
        let url = call.monitor.as_ref().and_then(|monitor| monitor.control_url.as_deref());
        let url: Url = url
            .ok_or_else(|| wrong("the call has no control url"))?
            .parse()
            .map_err(|_| wrong("the control url is not valid"))?;
        if !self.host().is_trusted(&url) {
            return Err(wrong("the control url does not lead to vapi"));
        }
        Ok(Control { client: self.clone(), url, with_key: false })
    }
}

impl Control {
    /// Sends the API key too, which is needed where `monitorPlan.controlAuthenticationEnabled` is set.
    #[must_use]
    pub fn authenticated(mut self) -> Self {
        self.with_key = true;
        self
    }

    /// Makes the assistant say something.
    ///
    /// # Errors
    /// Every kind; [`Ambiguous`](super::ErrorKind::Ambiguous) when it may have been said.
    pub async fn say(&self, say: &Say) -> Result<()> {
        self.send(&Command { kind: "say", settings: say }, false).await
    }

    /// Adds a message to what the model knows; `respond` lets the assistant speak on it at once.
    ///
    /// # Errors
    /// Every kind; [`Ambiguous`](super::ErrorKind::Ambiguous) when it may have been added.
    pub async fn add_message(&self, message: &ModelMessage, respond: bool) -> Result<()> {
        let command = json!({"type": "add-message", "message": message, "triggerResponseEnabled": respond});
        self.send(&command, false).await
    }

    /// Silences somebody or lets them be heard again.
    ///
    /// # Errors
    /// Every kind but [`Ambiguous`](super::ErrorKind::Ambiguous).
    pub async fn mute(&self, mute: Mute) -> Result<()> {
        self.send(&json!({"type": "control", "control": mute.word()}), true).await
    }

    /// Transfers the call to a number or a SIP URI, after saying `words` if there are any.
    ///
    /// # Errors
    /// Every kind; [`Ambiguous`](super::ErrorKind::Ambiguous) when it may have been transferred.
    pub async fn transfer(&self, destination: &TransferDestination, words: Option<&str>) -> Result<()> {
        let mut command = json!({"type": "transfer", "destination": destination});
        if let Some(words) = words {
            command["content"] = words.into();
        }
        self.send(&command, false).await
    }

    /// Ends the call.
    ///
    /// # Errors
    /// Every kind but [`Ambiguous`](super::ErrorKind::Ambiguous); [`NotFound`](super::ErrorKind::NotFound) as a rule
    /// when the call is over already.
    pub async fn end(&self) -> Result<()> {
        self.send(&json!({"type": "end-call"}), true).await
    }

    async fn send<T: Serialize + Sync>(&self, command: &T, repeatable: bool) -> Result<()> {
        let request = Request::post(CONTROL.template).json(command).to(self.url.clone());
        let request = if repeatable { request.repeatable() } else { request };
        let request = if self.with_key { request } else { request.anonymous() };
        self.client.execute(request).await.map(drop)
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").field("with_key", &self.with_key).finish_non_exhaustive()
    }
}

settings! {
    /// Something for the assistant to say.
    pub struct Say {
        /// The words.
        pub content: String = hidden "content",
        /// Whether the call ends afterwards.
        pub end_call_after_spoken: bool = shown "endCallAfterSpoken",
        /// Whether the assistant breaks off what it is saying.
        pub interrupt_assistant_enabled: bool = shown "interruptAssistantEnabled",
        /// Whether the customer can interrupt it.
        pub interruptions_enabled: bool = shown "interruptionsEnabled",
    }
}

impl Say {
    /// These words, as soon as the assistant is silent.
    pub fn words(content: impl Into<String>) -> Self {
        Self::default().content(content)
    }

    /// These words, in place of what the assistant is saying.
    pub fn now(content: impl Into<String>) -> Self {
        Self::words(content).interrupt_assistant_enabled(true)
    }
}

/// Who is silenced or heard again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Mute {
    /// The assistant is silent.
    Assistant,
    /// The assistant is heard.
    UnmuteAssistant,
    /// The customer is silent.
    Customer,
    /// The customer is heard.
    UnmuteCustomer,
}

impl Mute {
    fn word(self) -> &'static str {
        match self {
            Self::Assistant => "mute-assistant",
            Self::UnmuteAssistant => "unmute-assistant",
            Self::Customer => "mute-customer",
            Self::UnmuteCustomer => "unmute-customer",
        }
    }
}

/// Settings with the type of their command.
struct Command<'s, T> {
    kind: &'static str,
    settings: &'s T,
}

impl<T: Object> Serialize for Command<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", self.kind)?;
        self.settings.write_fields(&mut map)?;
        map.end()
    }
}

/// The name of these requests in errors; the URL itself is a secret.
const CONTROL: Operation = Operation::new("POST", "(control url)");
