//! `FORMAT`: a value as a person in the United States reads it.

use jiff::civil::DateTime;
use serde_json::Value;

use crate::{engine::parse_datetime, number, schema::Kind};

/// A value of a field of this kind, with so many digits after the point, as text; nothing for nothing.
///
/// See Salesforce, "`FORMAT()` (SOQL)".
pub(super) fn formatted(kind: Kind, scale: u32, value: &Value) -> Value {
    match (kind, value) {
        (Kind::Date, Value::String(day)) => {
            let day = day.parse::<jiff::civil::Date>();
            day.map_or(Value::Null, |day| format!("{}/{}/{}", day.month(), day.day(), day.year()).into())
        }
        (Kind::DateTime, Value::String(at)) => {
            let at = parse_datetime(at).map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).datetime());
            at.map_or(Value::Null, |at| instant(at).into())
        }
        (Kind::Currency, Value::Number(amount)) => {
            let text = grouped(amount.as_f64().unwrap_or_default(), scale);
            match text.strip_prefix('-') {
                Some(magnitude) => format!("-${magnitude}").into(),
                None => format!("${text}").into(),
            }
        }
        (_, Value::Number(amount)) => grouped(amount.as_f64().unwrap_or_default(), scale).into(),
        (_, other) => other.clone(),
    }
}

/// Whether values of a kind can be formatted.
pub(super) fn is_formattable(kind: Kind) -> bool {
    kind.is_number() || matches!(kind, Kind::Date | Kind::DateTime)
}

fn instant(at: DateTime) -> String {
    let (half, hour) = if at.hour() < 12 { ("AM", at.hour()) } else { ("PM", at.hour() - 12) };
    let hour = if hour == 0 { 12 } else { hour };
    format!("{}/{}/{}, {hour}:{:02} {half}", at.month(), at.day(), at.year(), at.minute())
}

/// A number with a comma before each three digits.
fn grouped(amount: f64, scale: u32) -> String {
    let text = number::fixed(amount, usize::try_from(scale).unwrap_or(0));
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut shown = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    if fraction.is_empty() { shown } else { format!("{shown}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::formatted;
    use crate::schema::Kind;

    #[test]
    fn values_are_written_as_in_the_united_states() {
        for (kind, scale, value, expected) in [
            (Kind::Int, 0, json!(1_234_567), "1,234,567"),
            (Kind::Double, 2, json!(-1_234.5), "-1,234.50"),
            (Kind::Double, 0, json!(999.0), "999"),
            (Kind::Currency, 0, json!(1.39e8), "$139,000,000"),
            (Kind::Currency, 2, json!(-5.0), "-$5.00"),
            (Kind::Date, 0, json!("2026-03-09"), "3/9/2026"),
            (Kind::DateTime, 0, json!("2026-11-20T00:05:00.000+0000"), "11/20/2026, 12:05 AM"),
            (Kind::DateTime, 0, json!("2026-11-20T13:30:00.000+0000"), "11/20/2026, 1:30 PM"),
        ] {
            assert_eq!(formatted(kind, scale, &value), Value::from(expected));
        }
        assert_eq!(formatted(Kind::Date, 0, &Value::Null), Value::Null);
    }
}
