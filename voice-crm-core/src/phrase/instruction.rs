//! What the model is told, and the caller never hears.

use std::{borrow::Cow, fmt};

/// Words for the model that speaks with the caller, in plain English.
///
/// Nothing makes a [`Speech`](super::Speech) of them, so whatever is spoken directly has none of them in it. Where a
/// platform hands the model one text, they stand in brackets behind what it may say.
///
/// `Debug` does not show them: they may name what was said.
#[derive(Clone, Eq, PartialEq)]
pub struct Instruction(Cow<'static, str>);

impl Instruction {
    /// These words.
    pub fn new(words: impl Into<Cow<'static, str>>) -> Self {
        Self(words.into())
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// These words, and more.
    pub(crate) fn and(self, more: &Self) -> Self {
        Self(format!("{} {}", self.0, more.0).into())
    }

    /// What a model gets that is handed both in one text.
    pub(crate) fn behind(&self, spoken: &str) -> String {
        if spoken.is_empty() { self.0.clone().into_owned() } else { format!("{spoken} ({})", self.0) }
    }
}

impl fmt::Debug for Instruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Instruction(..)")
    }
}
