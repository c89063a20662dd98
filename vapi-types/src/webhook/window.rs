//! When a request was signed, and whether that is close enough to now.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::VerifyError;

/// Reads a time of whole seconds or milliseconds; which of them Vapi sends is not documented.
pub(super) fn parse(text: &str) -> Result<Timestamp, VerifyError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(VerifyError::MalformedTimestamp);
    }
    let number: i64 = text.parse().map_err(|_| VerifyError::MalformedTimestamp)?;
    let time = if number < SMALLEST_MILLIS {
        Timestamp::from_second(number)
    } else {
        Timestamp::from_millisecond(number)
    };
    time.map_err(|_| VerifyError::MalformedTimestamp)
}

/// Refuses a time further than `window` from now, on either side.
pub(super) fn check(signed_at: Timestamp, window: Duration, now: Timestamp) -> Result<(), VerifyError> {
    let distance = now.duration_since(signed_at).abs();
    let window = SignedDuration::try_from(window).unwrap_or(SignedDuration::MAX);
    if distance <= window { Ok(()) } else { Err(VerifyError::OutsideWindow) }
}

/// As seconds this is the year 5138, as milliseconds the year 1973.
const SMALLEST_MILLIS: i64 = 100_000_000_000;

#[cfg(test)]
mod tests {
    use super::{Timestamp, VerifyError, parse};

    #[test]
    fn seconds_and_milliseconds_name_the_same_instant() {
        let time: Timestamp = "2026-08-18T17:19:58Z".parse().unwrap();

        assert_eq!(parse("1787073598"), Ok(time));
        assert_eq!(parse("1787073598000"), Ok(time));
    }

    #[test]
    fn anything_but_digits_is_malformed() {
        for text in
            ["", " 1787073598", "+1787073598", "1787073598.0", "99999999999999999999", "9223372036854775807"]
        {
            assert_eq!(parse(text), Err(VerifyError::MalformedTimestamp), "{text:?}");
        }
    }
}
