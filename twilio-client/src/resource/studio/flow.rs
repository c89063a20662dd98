//! A Studio flow as types: widgets, the ways between them, and what is wrong with them.
//!
//! ```
//! use twilio_client::resource::studio::flow::{Flow, HttpRequest, SendToFlex, Trigger};
//!
//! let flow = Flow::new("Register, then an agent", Trigger::new("Trigger").on_call("register"))
//!     .with(HttpRequest::post("register", "https://h/register").on_success("agent").on_failed("agent"))
//!     .with(SendToFlex::new("agent", "WW0123456789abcdef0123456789abcdef", "TC0123456789abcdef0123456789abcdef"));
//!
//! assert!(flow.lint().iter().all(|finding| !finding.is_error()));
//! ```
//!
//! See Twilio's page "Studio flow definition".

mod diff;
mod lint;
mod state;
mod widget;

use serde_json::{Map, Value, json};

pub use self::diff::Difference;
pub use self::lint::Finding;
pub use self::state::{State, Transition};
pub use self::widget::{
    Condition, ConnectCall, ForkStream, HttpRequest, RunFunction, SayPlay, SendToFlex, Split, Trigger,
    TwimlRedirect,
};

/// A flow. `Debug` shows the names of its states.
#[derive(Clone, PartialEq)]
#[must_use = "a flow does nothing until it is sent"]
pub struct Flow {
    description: String,
    initial: String,
    states: Vec<State>,
    flags: Map<String, Value>,
    extra: Map<String, Value>,
}

impl Flow {
    /// A flow that begins with this trigger.
    pub fn new(description: impl Into<String>, trigger: impl Into<State>) -> Self {
        let trigger = trigger.into();
        let flags = Map::from_iter([("allow_concurrent_calls".to_owned(), json!(true))]);
        Self {
            description: description.into(),
            initial: trigger.name().to_owned(),
            states: vec![trigger],
            flags,
            extra: Map::new(),
        }
    }

    /// Adds a widget.
    pub fn with(mut self, widget: impl Into<State>) -> Self {
        self.states.push(widget.into());
        self
    }

    /// The states, the trigger among them.
    pub fn states(&self) -> &[State] {
        &self.states
    }

    /// The state that a run begins with.
    pub fn initial(&self) -> &str {
        &self.initial
    }

    /// The definition as Twilio takes it. States that have no place on the canvas get one below the other.
    pub fn to_json(&self) -> Value {
        let states: Vec<_> =
            (0_i32..).zip(&self.states).map(|(row, state)| state.to_json(row * 240)).collect();
        let mut definition = self.extra.clone();
        definition.insert("description".into(), json!(self.description));
        definition.insert("states".into(), json!(states));
        definition.insert("initial_state".into(), json!(self.initial));
        definition.insert("flags".into(), json!(self.flags));
        Value::Object(definition)
    }

    /// Reads a definition, such as that of a flow that is deployed; what is not known is kept.
    ///
    /// # Errors
    ///
    /// [`InvalidFlow`] when it has no states, or one of them has no name or type.
    pub fn from_json(definition: &Value) -> Result<Self, InvalidFlow> {
        let mut extra = definition.as_object().cloned().ok_or(InvalidFlow(()))?;
        let text = |value: Option<Value>| value.and_then(|value| value.as_str().map(str::to_owned));
        let states = extra.remove("states").ok_or(InvalidFlow(()))?;
        let states = states.as_array().ok_or(InvalidFlow(()))?;
        let states = states.iter().map(|state| State::from_json(state).ok_or(InvalidFlow(())));
        Ok(Self {
            states: states.collect::<Result<_, _>>()?,
            description: text(extra.remove("description")).unwrap_or_default(),
            initial: text(extra.remove("initial_state")).unwrap_or_default(),
            flags: extra.remove("flags").and_then(|flags| flags.as_object().cloned()).unwrap_or_default(),
            extra,
        })
    }
}

impl std::fmt::Debug for Flow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flow").field("states", &self.states).finish_non_exhaustive()
    }
}

/// The JSON is no flow definition; it is not repeated here.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a flow definition: states with a name and a type are wanted")]
pub struct InvalidFlow(());
