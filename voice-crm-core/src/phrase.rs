//! What a caller may hear: sentences that know no language yet, and the book that speaks them.

use std::{borrow::Cow, fmt};

mod book;
mod calendar;
mod digits;
mod harmless;
mod instruction;
mod language;
mod marks;
mod sentences;
mod status;
#[cfg(test)]
mod terms;
mod value;

pub use book::{PhraseError, Phrasebook};
pub(crate) use harmless::harmless;
pub use harmless::quoted;
pub use instruction::Instruction;
pub use language::{InvalidLanguage, Language};
pub use sentences::*;
pub use value::Value;

/// A sentence with a name, `N` places for values, and an English text.
///
/// The built-in ones are constants of this module; your own are made the same way:
///
/// ```
/// use voice_crm_core::phrase::{Language, Phrase, Phrasebook, Speech};
///
/// const OPEN: Phrase<1> = Phrase::new("open_until", &["hour"], "We are open until {hour}.");
///
/// let book = Phrasebook::standard().text(Language::GERMAN, OPEN, "Wir haben bis {hour} Uhr offen.")?;
/// let speech: Speech = OPEN.with(["18"]);
/// assert_eq!(book.speak(&speech, Language::GERMAN), "Wir haben bis 18 Uhr offen.");
/// assert_eq!(book.speak(&speech, Language::FRENCH), "We are open until 18.");
/// # Ok::<(), voice_crm_core::phrase::PhraseError>(())
/// ```
///
/// What a caller hears otherwise in each language, such as a day, a status or a number, is a [`Value`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Phrase<const N: usize = 0>(Wording);

/// What a phrase is apart from its number of values.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Wording {
    pub(crate) key: &'static str,
    pub(crate) names: &'static [&'static str],
    pub(crate) english: &'static str,
}

impl<const N: usize> Phrase<N> {
    /// A sentence by its key, the names of its values, and its English text with each name in braces.
    pub const fn new(key: &'static str, names: &'static [&'static str; N], english: &'static str) -> Self {
        Self(Wording { key, names, english })
    }

    /// The sentence with its values, in the order of their names.
    pub fn with<V: Into<Value>>(self, values: [V; N]) -> Speech {
        Speech::line(self.0, values.map(Into::into).into())
    }

    pub(crate) const fn wording(self) -> Wording {
        self.0
    }
}

impl Phrase<0> {
    /// The text in English.
    pub const fn english(self) -> &'static str {
        self.0.english
    }
}

/// What the caller is to hear, before it is said in anybody's language. What is for the model is an [`Instruction`].
///
/// `Debug` does not show it: it carries what customers and records say.
#[derive(Clone, Eq, PartialEq)]
pub struct Speech(Parts);

#[derive(Clone, Eq, PartialEq)]
enum Parts {
    One(Part),
    Several(Vec<Part>),
}

#[derive(Clone, Eq, PartialEq)]
enum Part {
    /// Words that are said as they are.
    Text(Cow<'static, str>),
    /// A phrase and its values.
    Line(Wording, Box<[Value]>),
}

impl Speech {
    /// This, and then that.
    #[must_use]
    pub fn and(self, more: impl Into<Self>) -> Self {
        let mut parts = match self.0 {
            Parts::One(part) => vec![part],
            Parts::Several(parts) => parts,
        };
        match more.into().0 {
            Parts::One(part) => parts.push(part),
            Parts::Several(more) => parts.extend(more),
        }
        Self(Parts::Several(parts))
    }

    fn line(wording: Wording, values: Box<[Value]>) -> Self {
        Self(Parts::One(Part::Line(wording, values)))
    }

    fn parts(&self) -> &[Part] {
        match &self.0 {
            Parts::One(part) => std::slice::from_ref(part),
            Parts::Several(parts) => parts,
        }
    }

    /// The text, when it is one that needs no book.
    fn plain(&self) -> Option<&Cow<'static, str>> {
        match &self.0 {
            Parts::One(Part::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The words in English, as the built-in phrases have them.
    pub fn english(&self) -> Cow<'_, str> {
        match self.plain() {
            Some(text) => Cow::Borrowed(text.as_ref()),
            None => Cow::Owned(book::render(self.parts(), Language::ENGLISH, |_| None)),
        }
    }
}

impl From<&'static str> for Speech {
    fn from(text: &'static str) -> Self {
        Self(Parts::One(Part::Text(Cow::Borrowed(text))))
    }
}

impl From<String> for Speech {
    fn from(text: String) -> Self {
        Self(Parts::One(Part::Text(Cow::Owned(text))))
    }
}

impl From<Phrase<0>> for Speech {
    fn from(phrase: Phrase<0>) -> Self {
        Self::line(phrase.0, Box::default())
    }
}

impl fmt::Debug for Speech {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.parts().iter().map(|part| match part {
            Part::Text(_) => "..",
            Part::Line(wording, _) => wording.key,
        });
        f.debug_list().entries(keys).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_follow_one_another() {
        let number = Value::case_number("0012");
        let speech = CASE_CREATED.with([number]).and(CASE_ACCOUNT_NOT_FOUND).and("And more.");
        let english = speech.english();
        assert!(english.contains("1 2") && english.ends_with(" And more."), "{english}");
        assert!(!format!("{speech:?}").contains("1 2"), "values are not shown");
    }
}
