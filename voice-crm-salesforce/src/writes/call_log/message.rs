//! The case or the task of a message that a caller has left.

use voice_crm_core::{call::CallFacts, crm::RecordRef, phone::PhoneNumber};

use crate::{
    after_call::{AfterCall, LeftMessage},
    reads::Row,
    writes::{
        call_log::task::{About, who_and_what},
        conversation::filled,
    },
};

/// The object that a message becomes, and its fields.
pub(super) fn message(facts: &CallFacts, about: &About, rules: &AfterCall) -> Option<(&'static str, Row)> {
    let object = object(facts, rules)?;
    let description = ("Description", description(facts).into());
    let fields = if object == "Task" {
        let mut fields = filled([
            description,
            ("Subject", "Call the customer back: message left".into()),
            ("Status", "Not Started".into()),
            ("Priority", "High".into()),
        ]);
        fields.extend(who_and_what(about));
        fields
    } else {
        filled([
            description,
            ("Subject", "Message left by telephone".into()),
            ("Origin", "Phone".into()),
            ("SuppliedPhone", facts.phone.as_ref().map(PhoneNumber::as_e164).into()),
            ("ContactId", about.contact().map(RecordRef::as_str).into()),
        ])
    };
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
    lines.extend(facts.messages.iter().map(|url| {
        match facts.recordings.get(url).and_then(|known| known.seconds) {
            Some(seconds) => format!("Recording: {url} ({seconds} s)"),
            None => format!("Recording: {url}"),
        }
    }));
    lines.join("\n")
}
