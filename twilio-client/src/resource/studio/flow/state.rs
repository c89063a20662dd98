//! Any widget of a flow, and the ways out of it.

use serde_json::{Map, Value, json};

/// A widget by its type: the escape for those that have no type here. `Debug` shows its name and type.
#[derive(Clone, PartialEq)]
#[must_use = "a widget does nothing until it stands in a flow"]
pub struct State {
    name: String,
    kind: String,
    transitions: Vec<Transition>,
    properties: Map<String, Value>,
    extra: Map<String, Value>,
}

/// A way out of a widget.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Transition {
    /// What happened in the widget.
    pub event: String,
    /// The widget that is next; none ends the run.
    pub next: Option<String>,
    /// When this way is taken, of several with one event.
    pub conditions: Vec<Value>,
}

impl State {
    /// A widget of this name and of this type of Studio's.
    pub fn new(name: impl Into<String>, kind: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind: kind.into(),
            transitions: Vec::new(),
            properties: Map::new(),
            extra: Map::new(),
        }
    }

    /// Gives a property this value.
    pub fn property(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.properties.insert(name.to_owned(), value.into());
        self
    }

    /// What is next after this event, in place of what was.
    pub fn on(mut self, event: &str, next: Option<&str>) -> Self {
        let next = next.map(str::to_owned);
        match self.transitions.iter_mut().find(|way| way.event == event && way.conditions.is_empty()) {
            Some(way) => way.next = next,
            None => {
                self.transitions.push(Transition { event: event.to_owned(), next, conditions: Vec::new() });
            }
        }
        self
    }

    /// What is next after this event, under these conditions.
    pub fn on_if(mut self, event: &str, conditions: Vec<Value>, next: &str) -> Self {
        self.transitions.push(Transition {
            event: event.to_owned(),
            next: Some(next.to_owned()),
            conditions,
        });
        self
    }

    /// The name of the widget.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its type, such as `send-to-flex`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The ways out of it.
    pub fn transitions(&self) -> &[Transition] {
        &self.transitions
    }

    /// Its properties.
    pub fn properties(&self) -> &Map<String, Value> {
        &self.properties
    }

    /// The state with a place on the canvas, if it has none.
    pub(super) fn to_json(&self, y: i32) -> Value {
        let mut properties = self.properties.clone();
        properties.entry("offset").or_insert_with(|| json!({"x": 0, "y": y}));
        let ways = self.transitions.iter().map(Transition::to_json);
        let mut state = self.extra.clone();
        state.insert("name".into(), json!(self.name));
        state.insert("type".into(), json!(self.kind));
        state.insert("transitions".into(), ways.collect());
        state.insert("properties".into(), Value::Object(properties));
        Value::Object(state)
    }

    pub(super) fn from_json(state: &Value) -> Option<Self> {
        let mut extra = state.as_object()?.clone();
        let name = extra.remove("name")?.as_str()?.to_owned();
        let kind = extra.remove("type")?.as_str()?.to_owned();
        let ways = extra.remove("transitions");
        let ways = ways.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let transitions = ways.iter().map(Transition::from_json).collect::<Option<_>>()?;
        let properties =
            extra.remove("properties").and_then(|it| it.as_object().cloned()).unwrap_or_default();
        Some(Self { name, kind, transitions, properties, extra })
    }
}

impl Transition {
    fn to_json(&self) -> Value {
        let mut way = Map::from_iter([("event".to_owned(), json!(self.event))]);
        if let Some(next) = &self.next {
            way.insert("next".into(), json!(next));
        }
        if !self.conditions.is_empty() {
            way.insert("conditions".into(), json!(self.conditions));
        }
        Value::Object(way)
    }

    fn from_json(way: &Value) -> Option<Self> {
        let conditions = way.get("conditions").and_then(Value::as_array).cloned().unwrap_or_default();
        let next = way.get("next").and_then(Value::as_str).filter(|next| !next.is_empty());
        Some(Self {
            event: way.get("event")?.as_str()?.to_owned(),
            next: next.map(str::to_owned),
            conditions,
        })
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("name", &self.name).field("type", &self.kind).finish_non_exhaustive()
    }
}
