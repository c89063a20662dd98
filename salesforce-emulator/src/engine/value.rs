//! From a JSON value of a request body to the value a field stores, or the org's error.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::Value;

use crate::{
    error::{ApiError, Code},
    number::Decimal,
    schema::{Field, Kind, Trait},
};

/// Checks a value against its field and gives it in the stored form.
///
/// References are checked for their form here, for their target in [`super::reference`].
pub(super) fn stored(field: &Field, given: &Value) -> Result<Value, ApiError> {
    match (field.kind, given) {
        (Kind::Boolean, Value::Bool(_)) => Ok(given.clone()),
        (Kind::Boolean, _) => Err(mismatch(field, given)),
        (_, Value::Null) => Ok(Value::Null),
        (Kind::Int | Kind::Double | Kind::Currency, Value::Number(_)) => number(field, given),
        (Kind::Date, Value::String(text)) => date(text).ok_or_else(|| mismatch(field, given)),
        (Kind::DateTime, Value::String(text)) => {
            datetime(text).map(Value::String).ok_or_else(|| mismatch(field, given))
        }
        (kind, Value::String(text)) if !kind.is_number() => self::text(field, text),
        _ => Err(mismatch(field, given)),
    }
}

/// Whether a field can hold a value.
pub(crate) fn fits(field: &Field, given: &Value) -> bool {
    stored(field, given).is_ok()
}

fn text(field: &Field, text: &str) -> Result<Value, ApiError> {
    if text.is_empty() {
        return Ok(Value::Null);
    }
    // A Java server counts UTF-16 units: an emoji takes two of a field's places.
    if field.length > 0 && !field.kind.is_id() && text.encode_utf16().count() > field.length {
        let message = format!("{}: data value too large: {text} (max length={})", field.label, field.length);
        return Err(ApiError::on_field(Code::StringTooLong, message, &field.name));
    }
    if field.kind == Kind::Email && !is_email(text) {
        let message = format!("{}: invalid email address: {text}", field.label);
        return Err(ApiError::on_field(Code::InvalidEmail, message, &field.name));
    }
    let chosen: Vec<&str> =
        if field.kind == Kind::MultiPicklist { text.split(';').map(str::trim).collect() } else { vec![text] };
    if field.has(Trait::Restricted)
        && !chosen.iter().all(|value| field.picklist.iter().any(|known| known == value))
    {
        let message = format!("{}: bad value for restricted picklist field: {text}", field.label);
        return Err(ApiError::on_field(Code::InvalidPicklist, message, &field.name));
    }
    if field.kind == Kind::MultiPicklist {
        return Ok(Value::from(in_order(field, &chosen)));
    }
    Ok(Value::from(text))
}

/// The values selected, each once, in the order of the picklist; those it does not know come last.
fn in_order(field: &Field, chosen: &[&str]) -> String {
    let known = field.picklist.iter().map(String::as_str).filter(|value| chosen.contains(value));
    let mut ordered: Vec<&str> = known.collect();
    for value in chosen {
        if !ordered.contains(value) {
            ordered.push(value);
        }
    }
    ordered.join(";")
}

fn number(field: &Field, given: &Value) -> Result<Value, ApiError> {
    let Some(amount) = given.as_number().map(Decimal::of) else { return Err(mismatch(field, given)) };
    let is_int = field.kind == Kind::Int;
    // `300.0` is a valid way to write the integer 300.
    if is_int && !amount.is_whole() {
        return Err(mismatch(field, given));
    }
    let amount = amount.rounded(usize::try_from(field.scale).unwrap_or(usize::MAX));
    if amount.digits() > usize::try_from(field.digits).unwrap_or(usize::MAX) {
        let message = format!("{}: value outside of valid range on numeric field: {given}", field.label);
        return Err(ApiError::on_field(Code::NumberOutsideRange, message, &field.name));
    }
    Ok(if is_int { Value::from(amount.to_i64()) } else { Value::from(amount.to_f64()) })
}

fn date(text: &str) -> Option<Value> {
    let well_formed = text.len() == 10 && text.is_ascii();
    well_formed.then(|| text.parse::<Date>().ok()).flatten().map(|date| Value::from(date.to_string()))
}

/// An instant in the form the org answers with: `2026-11-20T09:30:00.000+0000`.
pub(crate) fn datetime(text: &str) -> Option<String> {
    parse_datetime(text).map(stamp)
}

/// Reads `2026-11-20T09:30:00Z` and the offsets `+00:00` and `+0000`.
pub(crate) fn parse_datetime(text: &str) -> Option<Timestamp> {
    // The parser would also take a blank for the T, and a time zone's name after the offset.
    if text.as_bytes().get(10) != Some(&b'T') || text.contains('[') {
        return None;
    }
    let (head, tail) = text.split_at_checked(text.len().checked_sub(4)?)?;
    let without_colon = head.ends_with(['+', '-']) && tail.bytes().all(|byte| byte.is_ascii_digit());
    if without_colon {
        let (hours, minutes) = tail.split_at(2);
        return format!("{head}{hours}:{minutes}").parse().ok();
    }
    text.parse().ok()
}

/// The org keeps whole seconds.
pub(crate) fn stamp(at: Timestamp) -> String {
    let at = at.to_zoned(TimeZone::UTC);
    at.strftime("%Y-%m-%dT%H:%M:%S.000+0000").to_string()
}

fn mismatch(field: &Field, given: &Value) -> ApiError {
    let token = match given {
        Value::Null => "VALUE_NULL",
        Value::Bool(true) => "VALUE_TRUE",
        Value::Bool(false) => "VALUE_FALSE",
        Value::Number(number) if number.is_f64() => "VALUE_NUMBER_FLOAT",
        Value::Number(_) => "VALUE_NUMBER_INT",
        Value::String(_) => "VALUE_STRING",
        Value::Array(_) => "START_ARRAY",
        Value::Object(_) => "START_OBJECT",
    };
    let shown = match given {
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => String::new(),
        other => other.to_string(),
    };
    ApiError::new(
        Code::JsonParser,
        format!(
            "Cannot deserialize instance of {} from {token} value {shown} or request may be missing a required field",
            field.kind.name()
        ),
    )
}

/// One `@` with something before it and a dotted domain after it, and no blanks.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let labels_are_fine = domain.split('.').all(|label| {
        !label.is_empty() && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
    });
    !local.is_empty()
        && !local.contains(|letter: char| letter.is_whitespace() || "<>()[],;:\\\"".contains(letter))
        && domain.contains('.')
        && labels_are_fine
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{datetime, is_email, stored};
    use crate::schema::Field;

    fn code(field: &Field, value: &Value) -> String {
        stored(field, value).unwrap_err().code.as_str().to_owned()
    }

    #[test]
    fn a_whole_float_is_an_integer_and_a_fraction_is_not() {
        let field = Field::int("CallDurationInSeconds", 8);
        assert_eq!(stored(&field, &json!(300.0)).unwrap(), json!(300));
        assert_eq!(code(&field, &json!(300.5)), "JSON_PARSER_ERROR");
        assert_eq!(code(&field, &json!("300")), "JSON_PARSER_ERROR");
        assert_eq!(code(&field, &json!(123_456_789)), "NUMBER_OUTSIDE_VALID_RANGE");
    }

    #[test]
    fn length_is_counted_in_utf16_units() {
        let field = Field::text("Tier__c", 4);
        assert!(stored(&field, &json!("😀😀")).is_ok());
        assert_eq!(code(&field, &json!("😀😀a")), "STRING_TOO_LONG");
    }

    #[test]
    fn booleans_refuse_null_and_everything_else_takes_it() {
        assert_eq!(code(&Field::checkbox("Vip__c"), &Value::Null), "JSON_PARSER_ERROR");
        assert_eq!(stored(&Field::date("Due__c"), &Value::Null).unwrap(), Value::Null);
    }

    #[test]
    fn a_date_field_refuses_a_timestamp() {
        let field = Field::date("Due__c");
        assert_eq!(stored(&field, &json!("2026-02-28")).unwrap(), json!("2026-02-28"));
        assert_eq!(code(&field, &json!("2026-02-28T10:00:00Z")), "JSON_PARSER_ERROR");
        assert_eq!(code(&field, &json!("2026-02-30")), "JSON_PARSER_ERROR");
    }

    #[test]
    fn instants_come_back_with_an_offset_that_has_no_colon() {
        let expected = Some("2026-11-20T08:30:00.000+0000".to_owned());
        assert_eq!(datetime("2026-11-20T09:30:00+01:00"), expected);
        assert_eq!(datetime("2026-11-20T09:30:00.250+0100"), expected);
        assert_eq!(datetime("2026-11-20T08:30:00Z"), expected);
        for bad in [
            "2026-11-20",
            "2026-11-20 08:30:00Z",
            "2026-11-20T08:30:00",
            "2026-11-20T08:30:00Z[UTC]",
            "+0000",
        ] {
            assert_eq!(datetime(bad), None, "{bad}");
        }
    }

    #[test]
    fn addresses_need_a_dotted_domain() {
        assert!(is_email("ada@example.com"));
        for bad in ["ada", "ada@", "@example.com", "ada@example", "a b@example.com", "ada@ex..com"] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn an_empty_text_is_null() {
        assert_eq!(stored(&Field::text("Tier__c", 4), &json!("")).unwrap(), Value::Null);
    }
}
