//! Reading what Twilio writes as text: numbers, dates of RFC 2822, and the empty string for nothing.
//!
//! A field of another shape than documented is read as absent. By then the call exists, and losing the whole
//! answer over one date would lose the identifier with which to reach it.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A date such as `Tue, 31 Aug 2010 20:36:28 +0000`.
pub(crate) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    Ok(text(deserializer)?.as_deref().and_then(parse_date))
}

/// A whole number of seconds, written as text or as a number.
pub(crate) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    Ok(text(deserializer)?.and_then(|text| text.parse().ok()).map(Duration::from_secs))
}

/// A whole number of milliseconds, written as text or as a number.
pub(crate) fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    Ok(text(deserializer)?.and_then(|text| text.parse().ok()).map(Duration::from_millis))
}

/// Anything made from text that is not empty.
pub(crate) fn parsed<'de, D: Deserializer<'de>, T: for<'a> From<&'a str>>(
    d: D,
) -> Result<Option<T>, D::Error> {
    Ok(text(d)?.as_deref().map(T::from))
}

/// Text, or a number as its text; null, the empty string and everything else are nothing.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) if !text.is_empty() => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// An identifier, or nothing where the text is none.
pub(crate) fn sid<'de, D: Deserializer<'de>, T: std::str::FromStr>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(text(deserializer)?.and_then(|text| text.parse().ok()))
}

/// Reads RFC 2822 dates, of which the dates of HTTP headers are a special case.
pub(crate) fn parse_date(text: &str) -> Option<Timestamp> {
    const PARSER: jiff::fmt::rfc2822::DateTimeParser =
        jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true);
    PARSER.parse_timestamp(text).ok()
}
