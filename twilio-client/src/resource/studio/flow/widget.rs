//! The widgets that a telephone line needs, each with the ways out that it has and no others.

use serde_json::{Value, json};

use super::State;

/// Declares widgets: their type, the ways out of them, and setters for their properties.
macro_rules! widgets {
    ($($(#[$doc:meta])* $widget:ident = $kind:literal {
        $($(#[$way_doc:meta])* $way:ident => $event:literal,)*
        ;
        $($(#[$property_doc:meta])* $property:ident: $value:ty = $key:literal,)*
    })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[must_use = "a widget does nothing until it stands in a flow"]
        pub struct $widget(State);

        impl $widget {
            fn empty(name: impl Into<String>) -> Self {
                // Every way out is there, and ends the run unless it leads somewhere.
                let state = State::new(name, $kind);
                Self(state$(.on($event, None))*)
            }

            $($(#[$way_doc])*
            pub fn $way(self, next: &str) -> Self {
                Self(self.0.on($event, Some(next)))
            })*

            $($(#[$property_doc])*
            pub fn $property(self, value: $value) -> Self {
                self.property($key, value)
            })*

            /// Any property, by the name Studio gives it.
            pub fn property(self, name: &str, value: impl Into<Value>) -> Self {
                Self(self.0.property(name, value))
            }
        }

        impl From<$widget> for State {
            fn from(widget: $widget) -> Self {
                widget.0
            }
        }
    )+};
}

widgets! {
    /// Where a run begins.
    Trigger = "trigger" {
        /// A call comes in.
        on_call => "incomingCall",
        /// A message comes in.
        on_message => "incomingMessage",
        /// The API starts a run.
        on_request => "incomingRequest",
        /// Another flow starts a run.
        on_parent => "incomingParent",
        /// A conversation gets a message.
        on_conversation_message => "incomingConversationMessage",
        ;
    }

    /// Asks a web service.
    HttpRequest = "make-http-request" {
        /// It answered with 2xx or 3xx.
        on_success => "success",
        /// It did not.
        on_failed => "failed",
        ;
        /// The body of the request.
        body: &str = "body",
        /// The media type of the body.
        content_type: &str = "content_type",
    }

    /// Runs a function of Twilio's Serverless. Its bad end is called `fail`, not `failed`.
    RunFunction = "run-function" {
        /// It answered.
        on_success => "success",
        /// It did not.
        on_fail => "fail",
        ;
        /// The address of the function.
        url: &str = "url",
    }

    /// Copies the call's audio elsewhere, or stops that. It has one way out, whatever happens.
    ForkStream = "fork-stream" {
        /// The fork was begun or stopped, or was not.
        on_next => "next",
        ;
        /// The name to stop it by.
        stream_name: &str = "stream_name",
    }

    /// Hands the call to an agent of Flex.
    SendToFlex = "send-to-flex" {
        /// The agent is done.
        on_complete => "callComplete",
        /// The caller could not be put into the queue.
        on_failed_to_enqueue => "failedToEnqueue",
        /// The call failed.
        on_failure => "callFailure",
        ;
        /// What the caller hears while waiting.
        wait_url: &str = "waitUrl",
        /// How urgent it is.
        priority: &str = "priority",
        /// How many seconds it may wait.
        timeout: &str = "timeout",
    }

    /// Goes one way or another by a value.
    Split = "split-based-on" {
        /// No condition fits.
        on_no_match => "noMatch",
        ;
    }

    /// Speaks or plays.
    SayPlay = "say-play" {
        /// It has been heard.
        on_complete => "audioComplete",
        ;
        /// The voice.
        voice: &str = "voice",
        /// The language.
        language: &str = "language",
    }

    /// Hands the call to TwiML of our own until that ends: to a voice agent, say.
    TwimlRedirect = "add-twiml-redirect" {
        /// The TwiML sent the call back.
        on_return => "return",
        /// It took too long.
        on_timeout => "timeout",
        /// It could not be fetched.
        on_fail => "fail",
        ;
        /// How many seconds it may take.
        timeout: &str = "timeout",
    }

    /// Connects the caller to a number, a client or a SIP address.
    ConnectCall = "connect-call-to" {
        /// The call is over.
        on_completed => "callCompleted",
        /// The caller hung up.
        on_hangup => "hangup",
        ;
        /// Who is shown as the caller.
        caller_id: &str = "caller_id",
        /// How many seconds to let it ring.
        timeout: u32 = "timeout",
        /// Whether it is recorded.
        record: bool = "record",
    }
}

impl Trigger {
    /// A trigger of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self::empty(name)
    }
}

impl HttpRequest {
    /// Sends a form to this address; see [`parameter`](Self::parameter).
    pub fn post(name: impl Into<String>, url: &str) -> Self {
        let content_type = "application/x-www-form-urlencoded;charset=utf-8";
        Self::empty(name).property("method", "POST").property("url", url).content_type(content_type)
    }

    /// Asks at this address.
    pub fn get(name: impl Into<String>, url: &str) -> Self {
        Self::post(name, url).property("method", "GET")
    }

    /// Adds a parameter; the value may name others with `{{..}}`.
    pub fn parameter(self, key: &str, value: &str) -> Self {
        Self(append(self.0, "parameters", key, value))
    }
}

impl RunFunction {
    /// A function at this address.
    pub fn new(name: impl Into<String>, url: &str) -> Self {
        Self::empty(name).url(url)
    }

    /// Which function of which service it is, so that Studio shows its name.
    pub fn function(self, service: &str, environment: &str, function: &str) -> Self {
        let with = self.property("service_sid", service).property("environment_sid", environment);
        with.property("function_sid", function)
    }

    /// Adds a parameter.
    pub fn parameter(self, key: &str, value: &str) -> Self {
        Self(append(self.0, "parameters", key, value))
    }
}

impl ForkStream {
    /// Begins a fork by SIPREC through this connector, of this track, such as `both_tracks`.
    pub fn siprec(name: impl Into<String>, connector: &str, track: &str) -> Self {
        let fork = Self::empty(name).property("stream_action", "start");
        let fork = fork.property("stream_transport_type", "siprec").property("stream_track", track);
        fork.property("stream_connector", connector)
    }

    /// Begins a fork to this `wss` address.
    pub fn websocket(name: impl Into<String>, url: &str, track: &str) -> Self {
        let fork = Self::empty(name).property("stream_action", "start");
        let fork = fork.property("stream_transport_type", "websocket").property("stream_track", track);
        fork.property("stream_url", url)
    }

    /// Stops the fork of this name.
    pub fn stop(name: impl Into<String>, stream_name: &str) -> Self {
        Self::empty(name).property("stream_action", "stop").stream_name(stream_name)
    }

    /// Adds a parameter, which the other side gets with the audio.
    pub fn parameter(self, key: &str, value: &str) -> Self {
        Self(append(self.0, "stream_parameters", key, value))
    }
}

impl SendToFlex {
    /// Puts the caller into this workflow, as a task of this channel.
    pub fn new(name: impl Into<String>, workflow: &str, channel: &str) -> Self {
        Self::empty(name).property("workflow", workflow).property("channel", channel)
    }

    /// What the agent's screen is told, as a JSON object. Text values may name others with `{{..}}`.
    pub fn attributes(self, attributes: &Value) -> Self {
        self.property("attributes", attributes.to_string())
    }
}

impl Split {
    /// Looks at this value, such as `{{flow.data.vip}}`.
    pub fn new(name: impl Into<String>, input: &str) -> Self {
        Self::empty(name).property("input", input)
    }

    /// Where to go when the condition fits.
    pub fn when(self, condition: &Condition, next: &str) -> Self {
        let argument = self.0.properties().get("input").cloned().unwrap_or_default();
        let condition = json!({
            "friendly_name": format!("{} {}", condition.kind, condition.value),
            "arguments": [argument],
            "type": condition.kind,
            "value": condition.value,
        });
        Self(self.0.on_if("match", vec![condition], next))
    }
}

/// When a split goes a way.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Condition {
    kind: &'static str,
    value: String,
}

impl Condition {
    /// The value is this.
    pub fn equals(value: impl Into<String>) -> Self {
        Self { kind: "equal_to", value: value.into() }
    }

    /// The value is something else.
    pub fn differs_from(value: impl Into<String>) -> Self {
        Self { kind: "not_equal_to", value: value.into() }
    }

    /// The value has this in it.
    pub fn contains(value: impl Into<String>) -> Self {
        Self { kind: "contains", value: value.into() }
    }

    /// The value is one of these, with commas between them.
    pub fn matches_any_of(values: impl Into<String>) -> Self {
        Self { kind: "matches_any_of", value: values.into() }
    }

    /// There is no value.
    pub fn is_blank() -> Self {
        Self { kind: "is_blank", value: "Is Blank".to_owned() }
    }
}

impl SayPlay {
    /// Speaks this.
    pub fn say(name: impl Into<String>, text: &str) -> Self {
        Self::empty(name).property("say", text).property("loop", 1)
    }

    /// Plays the file at this address.
    pub fn play(name: impl Into<String>, url: &str) -> Self {
        Self::empty(name).property("play", url).property("loop", 1)
    }
}

impl TwimlRedirect {
    /// Hands the call to the TwiML at this address.
    pub fn new(name: impl Into<String>, url: &str) -> Self {
        Self::empty(name).property("url", url).property("method", "POST").timeout("14400")
    }
}

impl ConnectCall {
    /// Calls this number.
    pub fn number(name: impl Into<String>, number: &str) -> Self {
        Self::empty(name)
            .property("noun", "number")
            .property("to", number)
            .caller_id("{{contact.channel.address}}")
    }

    /// Calls this SIP address.
    pub fn sip(name: impl Into<String>, address: &str) -> Self {
        let call = Self::empty(name).property("noun", "sip").property("sip_endpoint", address);
        call.caller_id("{{contact.channel.address}}")
    }
}

fn append(state: State, list: &str, key: &str, value: &str) -> State {
    let mut pairs = state.properties().get(list).and_then(Value::as_array).cloned().unwrap_or_default();
    pairs.push(json!({"key": key, "value": value}));
    state.property(list, pairs)
}
