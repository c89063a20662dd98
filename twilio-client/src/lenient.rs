//! Reading what Twilio writes as text: numbers, dates of two styles, and the empty string for nothing.
//!
//! A field of another shape than documented is read as absent. By then the call exists, and losing the whole
//! answer over one date would lose the identifier with which to reach it.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::endpoint::Endpoint;
use crate::sid::{Kind, Sid};

/// A type that a field of an answer can have; whatever is no such thing is nothing.
pub(crate) trait Lenient: Sized {
    fn read(value: Value) -> Option<Self>;
}

/// Reads an optional field.
pub(crate) fn field<'de, D: Deserializer<'de>, T: Lenient>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(T::read(Value::deserialize(deserializer)?))
}

/// A whole number of milliseconds, written as text or as a number.
pub(crate) fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    Ok(field(deserializer)?.map(Duration::from_millis))
}

/// Text, or a number as its text; null, the empty string and everything else are nothing.
impl Lenient for String {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::String(text) if !text.is_empty() => Some(text),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// A whole number, written as text or as a number.
impl Lenient for u64 {
    fn read(value: Value) -> Option<Self> {
        String::read(value)?.parse().ok()
    }
}

/// The same, where a sign may stand.
impl Lenient for i64 {
    fn read(value: Value) -> Option<Self> {
        String::read(value)?.parse().ok()
    }
}

/// True or false, written as text or as such.
impl Lenient for bool {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::Bool(truth) => Some(truth),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }
}

/// A whole number of seconds.
impl Lenient for Duration {
    fn read(value: Value) -> Option<Self> {
        u64::read(value).map(Self::from_secs)
    }
}

/// A date of either style.
impl Lenient for Timestamp {
    fn read(value: Value) -> Option<Self> {
        parse_date(&String::read(value)?)
    }
}

impl Lenient for Endpoint {
    fn read(value: Value) -> Option<Self> {
        String::read(value).map(|text| Self::from(text.as_str()))
    }
}

impl<K: Kind> Lenient for Sid<K> {
    fn read(value: Value) -> Option<Self> {
        String::read(value)?.parse().ok()
    }
}

/// Anything that is there.
impl Lenient for Value {
    fn read(value: Value) -> Option<Self> {
        (!value.is_null()).then_some(value)
    }
}

/// Reads dates of RFC 2822, of which those of HTTP headers are a special case, and of ISO 8601: the API of 2010
/// writes the former, all others the latter.
pub(crate) fn parse_date(text: &str) -> Option<Timestamp> {
    const PARSER: jiff::fmt::rfc2822::DateTimeParser =
        jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true);
    PARSER.parse_timestamp(text).ok().or_else(|| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_styles_of_dates_are_read() {
        let expected = "2010-08-31T20:36:28Z".parse().ok();

        assert_eq!(Timestamp::read(json!("Tue, 31 Aug 2010 20:36:28 +0000")), expected);
        assert_eq!(Timestamp::read(json!("2010-08-31T20:36:28Z")), expected);
        assert_eq!(Timestamp::read(json!("soon")), None);
    }

    #[test]
    fn numbers_and_truths_may_be_text() {
        assert_eq!(
            (u64::read(json!("7")), u64::read(json!(7)), u64::read(json!(-7))),
            (Some(7), Some(7), None)
        );
        assert_eq!((bool::read(json!("true")), bool::read(json!(false))), (Some(true), Some(false)));
        assert_eq!(Duration::read(json!("15")), Some(Duration::from_secs(15)));
        assert_eq!((String::read(json!("")), Value::read(json!(null))), (None, None));
    }
}
