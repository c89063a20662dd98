//! Telephone numbers in E.164, the only form Twilio dials.

use std::fmt;
use std::str::FromStr;

/// A telephone number in E.164: `+`, a country code and a subscriber number, 15 digits at most.
///
/// The shape is checked, not the numbering plan: whether the number can be reached is for Twilio to say.
/// The number never appears in `Debug` and there is no `Display`; [`as_str`](Self::as_str) is the one way out.
///
/// ```
/// use twilio_client::E164;
///
/// let number: E164 = "+14155550100".parse()?;
/// assert_eq!(number.as_str(), "+14155550100");
/// assert!("(415) 555-0100".parse::<E164>().is_err());
/// # Ok::<(), twilio_client::phone::InvalidE164>(())
/// ```
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct E164(Box<str>);

impl E164 {
    /// The number with its leading `+`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for E164 {
    type Err = InvalidE164;

    fn from_str(text: &str) -> Result<Self, InvalidE164> {
        let digits = text.strip_prefix('+').ok_or(InvalidE164(()))?;
        let all_digits = digits.bytes().all(|digit| digit.is_ascii_digit());
        if all_digits && (2..=15).contains(&digits.len()) && !digits.starts_with('0') {
            Ok(Self(text.into()))
        } else {
            Err(InvalidE164(()))
        }
    }
}

impl fmt::Debug for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("E164(redacted)")
    }
}

/// The text is not a number in E.164; it is not repeated here.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a telephone number in E.164: `+` and 2 to 15 digits are wanted, the first not a zero")]
pub struct InvalidE164(());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plus_and_up_to_fifteen_digits_are_a_number() {
        for good in ["+14155550142", "+12", "+123456789012345"] {
            assert!(good.parse::<E164>().is_ok());
        }
        for bad in
            ["", "+", "+1", "14155550142", "+04155550142", "+1 415 555 0142", "+1234567890123456", "+1٤15"]
        {
            assert!(bad.parse::<E164>().is_err());
        }
    }

    #[test]
    fn debug_does_not_show_the_number() {
        let number: E164 = "+14155550142".parse().unwrap();

        assert!(!format!("{number:?}").contains("4155550142"));
    }
}
