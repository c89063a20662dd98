//! The case or the task of a message that a caller has left.

use serde_json::{Map, Value};
use voice_crm_core::call::CallFacts;

use crate::{
    after_call::{AfterCall, LeftMessage},
    writes::call_log::task::{About, who_and_what},
};

/// The object that a message becomes, and its fields.
pub(super) fn message(
    facts: &CallFacts,
    about: &About,
    rules: &AfterCall,
) -> Option<(&'static str, Map<String, Value>)> {
    let object = object(facts, rules)?;
    let mut fields = Map::new();
    let mut set = |name: &str, value: String| fields.insert(name.to_owned(), value.into());
    set("Description", description(facts));
    if object == "Task" {
        set("Subject", "Call the customer back: message left".to_owned());
        set("Status", "Not Started".to_owned());
        set("Priority", "High".to_owned());
        who_and_what(&mut fields, about);
    } else {
        set("Subject", "Message left by telephone".to_owned());
        set("Origin", "Phone".to_owned());
        if let Some(phone) = &facts.phone {
            set("SuppliedPhone", phone.as_e164().to_owned());
        }
        if let Some(contact) = about.contact() {
            set("ContactId", contact.to_owned());
        }
    }
    Some((object, fields))
}

/// What a message becomes, if there is one and the rules make anything of it.
pub(super) fn object(facts: &CallFacts, rules: &AfterCall) -> Option<&'static str> {
    let object = match rules.message {
        LeftMessage::Nothing => return None,
        LeftMessage::CreateTask => "Task",
        LeftMessage::CreateCase => "Case",
    };
    (!facts.messages.is_empty()).then_some(object)
}

fn description(facts: &CallFacts) -> String {
    let mut lines = vec![format!("The caller has left a message on the call {}.", facts.name())];
    lines.extend(facts.phone.as_ref().map(|phone| format!("Called from: {}", phone.as_e164())));
    lines.extend(facts.messages.iter().map(|url| match facts.recordings.get(url).copied().flatten() {
        Some(seconds) => format!("Recording: {url} ({seconds} s)"),
        None => format!("Recording: {url}"),
    }));
    lines.join("\n")
}
