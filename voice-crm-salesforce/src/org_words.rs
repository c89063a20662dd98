//! The org's own sentence about a refusal, without what a caller said: for the operator who reads a dead job.

use std::{error::Error as _, fmt::Write as _};

use serde_json::Value;
use voice_crm_core::crm::{Change, CrmError, CrmErrorKind};

/// How long a sentence may be, in characters.
const LONGEST: usize = 300;
/// What stands where something was taken out.
const GAP: &str = "..";

/// A refusal with the org's own sentences, such as the text of the rule that refused.
///
/// An org quotes what it refuses. So what stands in the write is taken out, whole or two words of it in a row, and
/// whatever looks like an address or a longer number.
pub(crate) fn explained(error: CrmError, change: &Change) -> CrmError {
    if error.kind() != CrmErrorKind::Refused {
        return error;
    }
    let source = error.source().and_then(|source| source.downcast_ref::<salesforce_client::Error>());
    let entries = source.map(salesforce_client::Error::entries).unwrap_or_default();
    let written = serde_json::to_value(change).map(|change| Written::of(&change)).unwrap_or_default();
    let mut said = String::new();
    for message in entries.iter().map(|entry| written.without(entry.message())) {
        if !message.is_empty() && !said.contains(&message) {
            let _ = write!(said, "{}{message}", if said.is_empty() { "" } else { " / " });
        }
    }
    if said.is_empty() { error } else { error.with_explanation(&said) }
}

/// The words of a write.
#[derive(Default)]
struct Written {
    /// Whole values of one word, and what stands in longer ones two words in a row.
    parts: Vec<String>,
}

impl Written {
    fn of(change: &Value) -> Self {
        let mut written = Self::default();
        written.add(change);
        written
    }

    fn add(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                let words: Vec<String> = words(text).map(|(_, word)| word.to_lowercase()).collect();
                match words.as_slice() {
                    [word] if word.chars().count() > 2 => self.parts.push(word.clone()),
                    words => self.parts.extend(words.windows(2).map(|pair| pair.join(" "))),
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.add(item)),
            Value::Object(fields) => fields.values().for_each(|field| self.add(field)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A message without them.
    fn without(&self, message: &str) -> String {
        let words: Vec<(usize, &str)> = words(message).collect();
        let lower: Vec<String> = words.iter().map(|(_, word)| word.to_lowercase()).collect();
        let is_written = |part: &str| self.parts.iter().any(|written| written == part);
        let is_out = |place: usize| {
            let pair = |one: usize| {
                lower
                    .get(one)
                    .zip(lower.get(one + 1))
                    .is_some_and(|(one, two)| is_written(&format!("{one} {two}")))
            };
            is_written(&lower[place])
                || pair(place)
                || (place > 0 && pair(place - 1))
                || is_private(words[place].1)
        };
        let (mut clean, mut end) = (String::new(), 0);
        for (place, (at, word)) in words.iter().enumerate() {
            clean.push_str(&message[end..*at]);
            clean.push_str(if is_out(place) { GAP } else { word });
            end = at + word.len();
        }
        clean.push_str(&message[end..]);
        let plain = clean.chars().map(|sign| if sign.is_control() { ' ' } else { sign });
        plain.take(LONGEST).collect::<String>().trim().to_owned()
    }
}

/// Whether a word may be an address or a number that belongs to somebody. Ids of records have letters among the digits.
fn is_private(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    word.contains('@') || (digits > 4 && !word.contains(|sign: char| sign.is_ascii_alphabetic()))
}

/// The words of a text with their places; what is within an address or a number does not part it.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_within = |sign: char| sign.is_alphanumeric() || "@_+.-".contains(sign);
    text.split(move |sign: char| !is_within(sign)).filter_map(move |word| {
        let word = word.trim_matches(['.', '-']);
        // A part of the text, so its place is how far behind the text's beginning it begins.
        (!word.is_empty()).then(|| (word.as_ptr().addr() - text.as_ptr().addr(), word))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn without(message: &str) -> String {
        Written::of(&json!({
            "subject": "My boiler at home leaks", "name": "Lovelace", "deep": [{ "phone": "+14155550142" }], "n": 5,
        }))
        .without(message)
    }

    #[test]
    fn the_text_of_a_rule_is_told_as_it_is() {
        let rule = "A serial number is required (Serial__c) before a case can be opened. Ask for it at home!";
        assert_eq!(without(rule), rule.replace("at home", ".. .."));
        let id = "duplicate value found: Voice_Key__c duplicates value on record with id: 500000000000001AAA";
        assert_eq!(without(id), id);
        let column = "No such column 'Colour__c' on sobject of type Case";
        assert_eq!(without(column), column);
    }

    #[test]
    fn what_was_written_or_looks_private_is_taken_out() {
        assert_eq!(without("bad value: my BOILER at home"), "bad value: .. .. .. ..");
        assert_eq!(without("Lovelace is no name, lovelace."), ".. is no name, ...");
        assert_eq!(
            without("invalid: ada@example.com, +44 20 79460 999, 12345"),
            "invalid: .., +44 20 .. 999, .."
        );
        assert_eq!(without("phone +14155550142\nis wrong"), "phone .. is wrong");
        assert!(without(&"x ".repeat(400)).chars().count() <= LONGEST);
    }
}
