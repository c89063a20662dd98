//! Numbers: money, seconds and counts.

use serde::Serializer;
use serde_json::value::RawValue;

use super::{Trail, Value};

impl Value for f64 {
    const EXPECTED: &'static str = "a number";

    fn read(raw: &RawValue, _: &Trail<'_>) -> Option<Self> {
        serde_json::from_str(raw.get()).ok()
    }

    /// A whole number is written without a fraction, as JavaScript writes it.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.fract() == 0.0 && self.abs() < EXACT {
            #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53, so exact")]
            let whole = *self as i64;
            return serializer.serialize_i64(whole);
        }
        serializer.serialize_f64(*self)
    }
}

impl Value for u64 {
    const EXPECTED: &'static str = "a whole number";

    /// Some senders write whole numbers with a fraction of zero.
    fn read(raw: &RawValue, _: &Trail<'_>) -> Option<Self> {
        let digits =
            raw.get().split_once('.').filter(|(_, fraction)| fraction.bytes().all(|digit| digit == b'0'));
        digits.map_or(raw.get(), |(digits, _)| digits).parse().ok()
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(*self)
    }
}

/// Whole numbers below 2^53 are exact in an `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;
