//! Points in time, which arrive as ISO text or as a number of seconds or milliseconds.

use jiff::Timestamp;
use serde::Serializer;
use serde_json::value::RawValue;

use super::{Trail, Value};

impl Value for Timestamp {
    const EXPECTED: &'static str = "a time";

    fn read(raw: &RawValue, _: &Trail<'_>) -> Option<Self> {
        let json = raw.get();
        if json.starts_with('"') {
            return time_from_text(&serde_json::from_str::<String>(json).ok()?);
        }
        time_from_number(serde_json::from_str(json).ok()?)
    }

    /// Written as the REST API writes it, `2026-08-18T17:19:58.000Z`.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let precision = if self.subsec_nanosecond() % 1_000_000 == 0 { 3 } else { 9 };
        serializer.collect_str(&format_args!("{self:.precision$}"))
    }
}

/// A time that is written as a whole number of milliseconds.
#[derive(Clone, Copy)]
pub(crate) struct Millis(pub(crate) Timestamp);

impl Value for Millis {
    const EXPECTED: &'static str = "a time";

    fn read(raw: &RawValue, trail: &Trail<'_>) -> Option<Self> {
        Timestamp::read(raw, trail).map(Self)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0.as_millisecond())
    }
}

pub(crate) fn time_from_text(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(number) = text.parse() {
        return time_from_number(number);
    }
    // Some senders leave the offset away and mean UTC.
    text.parse().or_else(|_| format!("{text}Z").parse()).ok()
}

/// Below 1e11 a number can only be seconds: as milliseconds it would lie in the first months of 1973.
pub(crate) fn time_from_number(number: f64) -> Option<Timestamp> {
    let millis = if number.abs() < 1e11 { number * 1e3 } else { number }.round();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the cast saturates and jiff refuses what is out of range"
    )]
    let millis = millis as i64;
    Timestamp::from_millisecond(millis).ok()
}
