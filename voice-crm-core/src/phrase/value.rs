//! What a sentence has in it that is not the same each time, and how a language says it.

use std::{fmt, ops::Range};

use jiff::{
    Timestamp, Zoned,
    civil::{Date, Time, Weekday},
};

use super::{Language, calendar, digits, marks, status};
use crate::phone::PhoneNumber;

/// A value of a sentence, which is said in the way of the sentence's language.
///
/// `Debug` does not show it.
#[derive(Clone, Eq, PartialEq)]
pub struct Value(Kind);

#[derive(Clone, Eq, PartialEq)]
enum Kind {
    Words(String),
    Quoted(String),
    Number(String),
    Status(String),
    Moment(Box<Zoned>, Date),
    Day(Date, Date),
    Opening(Box<[Weekday]>, Range<Time>),
}

/// The words that a book has for a sentence, and their language.
pub(super) type Found<'a> = (&'a str, Language);

impl Value {
    /// Words as they are.
    pub fn words(text: impl Into<String>) -> Self {
        Self(Kind::Words(text.into()))
    }

    /// Words of a record, as [`quoted`](super::quoted) makes them harmless, in the quotation marks of the language.
    pub fn quoted(text: &str, limit: usize) -> Self {
        Self(Kind::Quoted(super::quoted(text, limit)))
    }

    /// A number that is said digit by digit, in groups with a pause between them: a reference, or the number of an
    /// account.
    pub fn number(number: &str) -> Self {
        Self(Kind::Number(digits::grouped(number)))
    }

    /// The number of a case, of which the zeros in front are not said when it is all digits.
    pub fn case_number(number: &str) -> Self {
        Self(Kind::Number(digits::case_number(number)))
    }

    /// A telephone number, said digit by digit in the groups of its country.
    pub fn telephone(number: &PhoneNumber) -> Self {
        Self(Kind::Number(digits::telephone(number)))
    }

    /// Where a case stands, in the CRM's word; it is said with its verb, such as `is new`.
    ///
    /// The words that an org begins with are known, and others are given to a book by
    /// [`Phrasebook::status`](super::Phrasebook::status); a word that is not known is said as it is.
    pub fn status(word: impl Into<String>) -> Self {
        Self(Kind::Status(word.into()))
    }

    /// A moment by its own clock, said in relation to now: `tomorrow at eight in the evening`.
    pub fn moment(at: &Zoned, now: Timestamp) -> Self {
        let today = now.to_zoned(at.time_zone().clone()).date();
        Self(Kind::Moment(Box::new(at.clone()), today))
    }

    /// A day of which no time is known.
    pub fn day(day: Date, today: Date) -> Self {
        Self(Kind::Day(day, today))
    }

    /// Days of the week and the hours that they have in common. No days are all of them.
    pub fn opening(days: &[Weekday], hours: Range<Time>) -> Self {
        Self(Kind::Opening(days.into(), hours))
    }

    /// Adds it to what is spoken. `find` has the words for a sentence or for the status of a case.
    pub(super) fn say<'a>(
        &self,
        spoken: &mut String,
        language: Language,
        find: &impl Fn(&str) -> Option<Found<'a>>,
    ) {
        match &self.0 {
            Kind::Number(text) if language.is_written_without_spaces() => {
                spoken.push_str(&text.replace(", ", "、"));
            }
            Kind::Words(text) | Kind::Number(text) => spoken.push_str(text),
            Kind::Quoted(text) => marks::push(spoken, text, language),
            Kind::Status(word) => status::push(spoken, word, language, find),
            Kind::Moment(at, today) => {
                let calendar = calendar::of(language);
                spoken.push_str(&calendar::moment(calendar, (at.date(), at.time()), *today));
            }
            Kind::Day(day, today) => {
                spoken.push_str(&calendar::day_alone(calendar::of(language), *day, *today));
            }
            Kind::Opening(days, hours) => {
                spoken.push_str(&calendar::opening(calendar::of(language), days, hours));
            }
        }
    }

    /// How it is said in a language by the standard book.
    pub fn spoken(&self, language: Language) -> String {
        super::Phrasebook::standard().value(self, language)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::words(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::words(text)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value(..)")
    }
}
