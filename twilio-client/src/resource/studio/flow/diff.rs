//! What would change if a flow took the place of another.

use serde_json::{Map, Value};

use super::{Flow, State};

/// A difference between two flows. Where widgets stand on the canvas does not count.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Difference {
    /// A state that is new.
    Added(String),
    /// A state that is gone.
    Removed(String),
    /// A state of another type.
    Kind(String),
    /// A way out of a state that leads elsewhere, is new or is gone: the state and the event.
    Transition(String, String),
    /// A property with another value: the state and the property.
    Property(String, String),
    /// A run begins elsewhere.
    InitialState,
    /// Another setting of the flow itself.
    Flags,
}

impl Flow {
    /// What would change if this flow took the place of the one that is deployed. None means that publishing it
    /// would only make another revision.
    pub fn changes_from(&self, deployed: &Self) -> Vec<Difference> {
        let mut differences = Vec::new();
        let find =
            |flow: &'_ Self, name: &str| flow.states.iter().find(|state| state.name() == name).cloned();
        for old in deployed.states() {
            if find(self, old.name()).is_none() {
                differences.push(Difference::Removed(old.name().to_owned()));
            }
        }
        for new in self.states() {
            match find(deployed, new.name()) {
                None => differences.push(Difference::Added(new.name().to_owned())),
                Some(old) => compare(new, &old, &mut differences),
            }
        }
        if self.initial != deployed.initial {
            differences.push(Difference::InitialState);
        }
        if self.flags != deployed.flags {
            differences.push(Difference::Flags);
        }
        differences
    }
}

fn compare(new: &State, old: &State, differences: &mut Vec<Difference>) {
    let name = new.name().to_owned();
    if new.kind() != old.kind() {
        differences.push(Difference::Kind(name.clone()));
    }
    let mut events: Vec<&str> = Vec::new();
    for way in new.transitions().iter().chain(old.transitions()) {
        if !events.contains(&way.event.as_str()) {
            events.push(&way.event);
        }
    }
    for event in events {
        let leads = |state: &State| -> Vec<_> {
            let ways = state.transitions().iter().filter(|way| way.event == event && way.next.is_some());
            ways.map(|way| (way.next.clone(), way.conditions.clone())).collect()
        };
        if leads(new) != leads(old) {
            differences.push(Difference::Transition(name.clone(), event.to_owned()));
        }
    }
    let (new, old) = (placeless(new), placeless(old));
    let keys = new.keys().chain(old.keys().filter(|key| !new.contains_key(*key)));
    for key in keys.filter(|key| new.get(*key) != old.get(*key)) {
        differences.push(Difference::Property(name.clone(), key.clone()));
    }
}

/// The properties without the place on the canvas, and without those that Studio writes as nothing.
fn placeless(state: &State) -> Map<String, Value> {
    let kept = state.properties().iter().filter(|(key, value)| *key != "offset" && !value.is_null());
    kept.map(|(key, value)| (key.clone(), value.clone())).collect()
}
