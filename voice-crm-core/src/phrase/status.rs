//! Where a case stands, said with its verb in place of the CRM's word.

use super::{
    Language, STATUS_CLOSED, STATUS_ESCALATED, STATUS_NEW, STATUS_ON_HOLD, STATUS_OTHER, STATUS_WAITING,
    STATUS_WORKING, Wording, marks, quoted, value::Found,
};

/// How much of a status is said.
const LONGEST: usize = 60;

/// Under what a book keeps the words for a status of an org's own.
pub(super) fn key(word: &str) -> String {
    format!("status:{}", word.trim().to_lowercase())
}

/// Adds what is said of a status.
pub(super) fn push<'a>(
    spoken: &mut String,
    word: &str,
    language: Language,
    find: &impl Fn(&str) -> Option<Found<'a>>,
) {
    if let Some((own, _)) = find(&key(word)) {
        return spoken.push_str(own);
    }
    let wording = known(word).unwrap_or(STATUS_OTHER.wording());
    let text = find(wording.key).map_or(wording.english, |(text, _)| text);
    let (before, after) = text.split_once("{status}").unwrap_or((text, ""));
    spoken.push_str(before);
    if before.len() < text.len() {
        marks::push(spoken, &quoted(word, LONGEST), language);
    }
    spoken.push_str(after);
}

/// The words that an org begins with, and their nearest kin.
fn known(word: &str) -> Option<Wording> {
    Some(match word.trim().to_lowercase().as_str() {
        "new" => STATUS_NEW.wording(),
        "working" | "in progress" | "open" | "assigned" => STATUS_WORKING.wording(),
        "on hold" => STATUS_ON_HOLD.wording(),
        "waiting on customer" | "waiting for customer" | "awaiting customer" | "pending customer" => {
            STATUS_WAITING.wording()
        }
        "escalated" => STATUS_ESCALATED.wording(),
        "closed" | "resolved" | "solved" => STATUS_CLOSED.wording(),
        _ => return None,
    })
}
