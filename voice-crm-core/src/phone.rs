//! Telephone numbers: parsed once into E.164, compared as such, never printed whole.

use std::fmt;

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, enums::Region as LibraryRegion};
use serde::{Deserialize, Serialize};

/// A valid telephone number in E.164 form, such as `+` followed by country code and national number.
///
/// `Debug` shows no digit of it. There is no `Display`: who needs the digits says [`PhoneNumber::as_e164`].
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

/// The country whose dialling habits a number without a country code follows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Region(LibraryRegion);

/// What was given is not a telephone number that exists anywhere.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a valid telephone number; give it with its country code, such as +1 and ten digits")]
pub struct InvalidPhoneNumber;

/// The code is not that of a country, such as `US` or `DE`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a country code of two letters, such as US or DE")]
pub struct InvalidRegion;

impl Region {
    /// The United States.
    pub const US: Self = Self(LibraryRegion::US);

    /// The region with a two-letter ISO 3166 code.
    ///
    /// # Errors
    /// [`InvalidRegion`] when the code names no country.
    pub fn parse(code: &str) -> Result<Self, InvalidRegion> {
        LibraryRegion::try_from(code.trim().to_ascii_uppercase().as_str())
            .map(Self)
            .map_err(|_| InvalidRegion)
    }
}

impl PhoneNumber {
    /// Reads a number in whatever form it was written; one without a country code belongs to `home`.
    ///
    /// # Errors
    /// [`InvalidPhoneNumber`] for everything that is not a dialable number: `anonymous`, short codes,
    /// SIP addresses, too few or too many digits.
    pub fn parse(text: &str, home: Region) -> Result<Self, InvalidPhoneNumber> {
        // The longest written form of a number with an extension is far below this.
        if text.len() > 64 {
            return Err(InvalidPhoneNumber);
        }
        let number = PHONE_NUMBER_UTIL.parse(text, Some(home.0)).map_err(|_| InvalidPhoneNumber)?;
        if !number.is_valid() {
            return Err(InvalidPhoneNumber);
        }
        Ok(Self(number.format_as(PhoneNumberFormat::E164).into_owned()))
    }

    /// The number as `+` and digits.
    pub fn as_e164(&self) -> &str {
        &self.0
    }

    /// The forms in which people and programs store this number, the likeliest first, without doubles.
    ///
    /// A CRM keeps what was typed, so an equality search has to ask for all of them.
    pub fn stored_forms(&self) -> Vec<String> {
        let digits = &self.0[1..];
        let mut forms = vec![self.0.clone(), digits.to_owned()];
        if let Ok(number) = PHONE_NUMBER_UTIL.parse(&self.0, None) {
            let country = number.country_code.to_string();
            let national = number.get_national_significant_number();
            let written = number.format_as(PhoneNumberFormat::National).into_owned();
            let international = number.format_as(PhoneNumberFormat::International).into_owned();
            forms.push(national.clone());
            forms.push(international.replace('-', " "));
            forms.push(international.replace(' ', "-"));
            forms.push(format!("+{country} {national}"));
            forms.push(format!("+{country} {written}"));
            forms.push(international);
            forms.push(written.replace(['(', ')'], "").replace([' ', '-'], "-"));
            forms.push(written.replace(['(', ')'], "").replace([' ', '-'], "."));
            forms.push(written.replace(['(', ')'], "").replace('-', " "));
            forms.push(format!("{country}-{}", written.replace(['(', ')'], "").replace(' ', "-")));
            forms.push(format!("00{digits}"));
            forms.push(written);
        }
        let mut seen = std::collections::BTreeSet::new();
        forms.retain(|form| seen.insert(form.clone()));
        forms
    }

    /// Whether a stored text means this number, whatever its punctuation.
    pub fn matches(&self, stored: &str) -> bool {
        PHONE_NUMBER_UTIL
            .parse(&self.0, None)
            .ok()
            .and_then(|own| own.get_region_code())
            .and_then(|region| Self::parse(stored, Region(region)).ok())
            .is_some_and(|other| other == *self)
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> PhoneNumber {
        PhoneNumber::parse(text, Region::US).unwrap()
    }

    #[test]
    fn every_way_to_write_a_number_is_the_same_number() {
        let expected = number("+14155550142");
        for written in [
            "(415) 555-0142",
            "415.555.0142",
            "415-555-0142",
            "4155550142",
            "1 415 555 0142",
            "+1 (415) 555 0142",
        ] {
            assert!(number(written) == expected, "{} characters", written.len());
            assert!(expected.matches(written));
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in
            ["", "anonymous", "Restricted", "+266696687", "911", "sip:a@example.com", "client:bob", "12"]
        {
            assert_eq!(PhoneNumber::parse(text, Region::US), Err(InvalidPhoneNumber), "{text}");
        }
        assert_eq!(PhoneNumber::parse(&"1".repeat(65), Region::US), Err(InvalidPhoneNumber));
    }

    #[test]
    fn the_stored_forms_hold_the_usual_spellings_once_each() {
        let forms = number("+14155550142").stored_forms();
        for form in
            ["+14155550142", "14155550142", "4155550142", "(415) 555-0142", "415-555-0142", "415.555.0142"]
        {
            assert_eq!(forms.iter().filter(|known| *known == form).count(), 1, "{} characters", form.len());
        }
        assert!(forms.iter().all(|form| number("+14155550142").matches(form) || form.starts_with("00")));
    }

    #[test]
    fn debug_shows_no_digit() {
        assert!(!format!("{:?}", number("+14155550142")).contains(|c: char| c.is_ascii_digit()));
    }
}
