//! Whole numbers, which the org writes as `300` or as `300.0`.

use serde::{Deserialize, Deserializer};

/// Reads a whole number in either form, and `null`; for fields of your own types:
/// `#[serde(default, deserialize_with = "salesforce_client::sobject::whole_number")]`.
///
/// One odd number does not spoil the page that it stands on. Beyond 2^53 a number with a point may not be
/// the one that somebody wrote; it is read as the whole number next to it that a decimal number can name.
/// What no `i64` holds reads as `None`.
///
/// # Errors
/// The deserializer's, for a number with a fraction and for anything else.
pub fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Number {
        Whole(i64),
        Decimal(f64),
    }
    match Option::<Number>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Number::Whole(whole)) => Ok(Some(whole)),
        Some(Number::Decimal(decimal)) if decimal.fract() != 0.0 => {
            Err(serde::de::Error::custom("the number is not whole"))
        }
        Some(Number::Decimal(decimal)) => Ok(held(decimal)),
    }
}

/// The whole number, where an `i64` holds it.
fn held(decimal: f64) -> Option<i64> {
    // 2^63, which a decimal number names exactly.
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole, and an i64 holds it")]
    (-BEYOND..BEYOND).contains(&decimal).then_some(decimal as i64)
}
