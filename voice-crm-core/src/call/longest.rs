//! A text of which the longest version stands, also when only a mark of it is left.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A text. Of two the longer stands, and of two that are equally long always the same one.
///
/// Its text can be taken away; what is left still tells which of two versions stands.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
pub struct Longest {
    length: usize,
    mark: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

impl Longest {
    /// The text, unless it is empty or blank.
    pub fn new(text: &str) -> Option<Self> {
        let is_blank = text.trim().is_empty();
        (!is_blank).then(|| Self { length: text.len(), mark: mark(text), text: Some(text.to_owned()) })
    }

    /// The text; `None` when it was taken away.
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Whether this is the text, though it may have been taken away.
    pub fn is(&self, text: &str) -> bool {
        self.length == text.len() && self.mark == mark(text)
    }

    /// Without its text.
    #[must_use]
    pub fn without_text(mut self) -> Self {
        self.text = None;
        self
    }

    /// The one of two that stands; with its text, if either has it.
    pub fn of_two(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let weight = |known: &Option<Self>| {
            known.as_ref().map(|known| (known.length, known.mark, known.text.is_some()))
        };
        if weight(&one) >= weight(&other) { one } else { other }
    }
}

/// The first bytes of a hash, which show nothing of a text of more than a few words.
fn mark(text: &str) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&Sha256::digest(text.as_bytes())[..8]);
    u64::from_be_bytes(first)
}

impl fmt::Debug for Longest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Longest(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_text_stands_also_when_its_text_is_gone() {
        let (short, long) = (Longest::new("short"), Longest::new("a longer text"));
        let gone = long.clone().map(Longest::without_text);
        assert_eq!(Longest::of_two(short.clone(), gone.clone()), gone);
        assert_eq!(Longest::of_two(gone.clone(), short), gone);
        assert_eq!(Longest::of_two(gone, long.clone()), long, "the text comes back");
        assert!(long.unwrap().without_text().is("a longer text"));
        assert_eq!(Longest::new(" "), None);
    }
}
