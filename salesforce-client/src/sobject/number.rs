//! Whole numbers, which the org writes as `300` or as `300.0`.

use serde::{Deserialize, Deserializer};

/// Reads a whole number in either form, and `null`; for fields of your own types:
/// `#[serde(default, deserialize_with = "salesforce_client::sobject::whole_number")]`.
///
/// # Errors
/// The deserializer's, for a number with a fraction or beyond 2^53, and for anything else.
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
        Some(Number::Decimal(decimal)) => whole(decimal).map(Some).map_err(serde::de::Error::custom),
    }
}

fn whole(decimal: f64) -> Result<i64, &'static str> {
    // Beyond 2^53 a decimal number does not name one whole number.
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    if decimal.fract() != 0.0 || decimal.abs() > LARGEST {
        return Err("the number is not whole");
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
    Ok(decimal as i64)
}
