//! Values as SOQL literals; the escaping lives in the types.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::error::{Error, Result};
use crate::id::RecordId;

/// A piece of query text that is exactly one literal, one list of them, or one condition in brackets.
#[derive(Clone, Eq, PartialEq)]
pub struct SoqlLiteral(String);

impl SoqlLiteral {
    /// A quoted text literal.
    ///
    /// See \[Salesforce/Quoted String Escape Sequences\].
    pub fn text(value: &str) -> Self {
        let mut body = String::with_capacity(value.len() + 2);
        for character in value.chars() {
            push_escaped(character, &mut body);
        }
        Self::quoted(&body)
    }

    /// Puts quotes around text that is escaped already.
    pub(super) fn quoted(body: &str) -> Self {
        Self(format!("'{body}'"))
    }

    /// Puts brackets around a condition that is made of literals and names.
    pub(super) fn condition(terms: &str) -> Self {
        Self(format!("({terms})"))
    }

    /// The text as it stands in the query.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SoqlLiteral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SoqlLiteral(..)")
    }
}

/// Writes one character of a text literal.
pub(super) fn push_escaped(character: char, into: &mut String) {
    let letter = match character {
        '\'' | '\\' => character,
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        _ => {
            into.push(character);
            return;
        }
    };
    into.push('\\');
    into.push(letter);
}

/// A value that can be bound to a query variable.
pub trait SoqlValue {
    /// The value as a literal of its type.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for a value that SOQL cannot
    /// write: NaN, infinity, an empty list.
    fn to_literal(&self) -> Result<SoqlLiteral>;
}

impl SoqlValue for str {
    fn to_literal(&self) -> Result<SoqlLiteral> {
        Ok(SoqlLiteral::text(self))
    }
}

impl SoqlValue for String {
    fn to_literal(&self) -> Result<SoqlLiteral> {
        Ok(SoqlLiteral::text(self))
    }
}

impl SoqlValue for RecordId {
    fn to_literal(&self) -> Result<SoqlLiteral> {
        Ok(SoqlLiteral::text(self.as_str()))
    }
}

impl SoqlValue for i64 {
    fn to_literal(&self) -> Result<SoqlLiteral> {
        Ok(SoqlLiteral(self.to_string()))
    }
}

impl SoqlValue for i32 {
    fn to_literal(&self) -> Result<SoqlLiteral> {
        i64::from(*self).to_literal()
    }
}

impl SoqlValue for u32 {
    fn to_literal(&self) -> Result<SoqlLiteral> {
        i64::from(*self).to_literal()
    }
}

impl SoqlValue for f64 {
    fn to_literal(&self) -> Result<SoqlLiteral> {
        if !self.is_finite() {
            return Err(Error::invalid("a number bound to the query is not finite"));
        }
        Ok(SoqlLiteral(format!("{self}")))
    }
}

impl SoqlValue for bool {
    fn to_literal(&self) -> Result<SoqlLiteral> {
        Ok(SoqlLiteral(self.to_string()))
    }
}

impl SoqlValue for Date {
    fn to_literal(&self) -> Result<SoqlLiteral> {
        Ok(SoqlLiteral(self.to_string()))
    }
}

impl SoqlValue for Timestamp {
    /// To the millisecond, which is all that the org keeps.
    fn to_literal(&self) -> Result<SoqlLiteral> {
        let whole = Self::from_millisecond(self.as_millisecond()).unwrap_or(*self);
        Ok(SoqlLiteral(format!("{whole:.3}")))
    }
}

impl<T: SoqlValue> SoqlValue for Option<T> {
    fn to_literal(&self) -> Result<SoqlLiteral> {
        self.as_ref().map_or_else(|| Ok(SoqlLiteral("null".into())), SoqlValue::to_literal)
    }
}

impl<T: SoqlValue> SoqlValue for [T] {
    fn to_literal(&self) -> Result<SoqlLiteral> {
        if self.is_empty() {
            return Err(Error::invalid("a list bound to the query is empty, which SOQL cannot write"));
        }
        let items: Vec<String> =
            self.iter().map(|item| item.to_literal().map(|literal| literal.0)).collect::<Result<_>>()?;
        Ok(SoqlLiteral(format!("({})", items.join(","))))
    }
}

impl<T: SoqlValue> SoqlValue for Vec<T> {
    fn to_literal(&self) -> Result<SoqlLiteral> {
        self.as_slice().to_literal()
    }
}

impl<T: SoqlValue, const N: usize> SoqlValue for [T; N] {
    fn to_literal(&self) -> Result<SoqlLiteral> {
        self.as_slice().to_literal()
    }
}

impl<T: SoqlValue + ?Sized> SoqlValue for &T {
    fn to_literal(&self) -> Result<SoqlLiteral> {
        (**self).to_literal()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(value: impl SoqlValue) -> String {
        value.to_literal().unwrap().as_str().to_owned()
    }

    #[test]
    fn every_type_has_its_own_literal() {
        let id = RecordId::parse("500000000000001").unwrap();

        assert_eq!(literal(-7_i64), "-7");
        assert_eq!(literal(1.5e21), "1500000000000000000000");
        assert_eq!(literal(true), "true");
        assert_eq!(literal(None::<String>), "null");
        assert_eq!(literal(id), format!("'{id}'"));
        assert_eq!(literal("2026-11-20".parse::<Date>().unwrap()), "2026-11-20");
        assert_eq!(
            literal("2026-11-20T10:00:00.1239+01:00".parse::<Timestamp>().unwrap()),
            "2026-11-20T09:00:00.123Z"
        );
    }

    #[test]
    fn quotes_backslashes_and_line_ends_are_escaped() {
        assert_eq!(literal("a'b\\c\nd"), r"'a\'b\\c\nd'");
    }
}
