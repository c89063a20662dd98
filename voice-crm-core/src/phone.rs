//! Telephone numbers: parsed once into E.164, compared as such, never printed whole.

use std::fmt;

use rlibphonenumber::{
    PHONE_NUMBER_UTIL, PhoneNumberFormat,
    enums::{PhoneNumberType, Region as LibraryRegion},
};
use serde::{Deserialize, Serialize};

pub use spelling::{SearchPatterns, StoredNumber};

mod country;
mod groups;
mod spelling;

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
        Self::read(text, home).map(|(number, _)| number).ok_or(InvalidPhoneNumber)
    }

    /// The number as `+` and digits.
    pub fn as_e164(&self) -> &str {
        &self.0
    }

    /// The country, or for countries that share a code the chief of them, that the number belongs to.
    pub fn region(&self) -> Option<Region> {
        PHONE_NUMBER_UTIL.parse(&self.0, None).ok()?.get_region_code().map(Region)
    }

    /// Whether whoever calls or texts the number pays more than for a usual one: premium rate, shared cost, personal and
    /// universal access numbers, and satellite networks.
    ///
    /// Whoever has others call such a number may earn by it.
    pub fn costs_extra(&self) -> bool {
        let Ok(number) = PHONE_NUMBER_UTIL.parse(&self.0, None) else { return true };
        let is_dear = matches!(
            number.get_type(),
            PhoneNumberType::PremiumRate
                | PhoneNumberType::SharedCost
                | PhoneNumberType::PersonalNumber
                | PhoneNumberType::UAN
        );
        // The codes of satellite and other networks that belong to no country.
        is_dear || matches!(number.country_code, 870 | 878 | 881..=883 | 888 | 979)
    }

    /// The number that a text means, and whether it names an extension.
    fn read(text: &str, home: Region) -> Option<(Self, bool)> {
        // The longest written form of a number with an extension is far below this.
        if text.len() > 64 {
            return None;
        }
        let number = PHONE_NUMBER_UTIL.parse(text, Some(home.0)).ok()?;
        let extension = number.extension.as_ref().is_some_and(|extension| !extension.is_empty());
        let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
        if number.is_valid() {
            return Some((Self(e164), extension));
        }
        // Until 2019 a mobile number of Mexico had a 1 behind the country code, and records still have it.
        let without_one = format!("+52{}", e164.strip_prefix("+521")?);
        let number = PHONE_NUMBER_UTIL.parse(&without_one, None).ok()?;
        number.is_valid().then_some((Self(without_one), extension))
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
    fn numbers_that_cost_extra_are_told_from_usual_ones() {
        let dear = [
            "+19002345678",
            "+449098790123",
            "+448431234567",
            "+447012345678",
            "+445512345678",
            "+499001123456",
            "+491801123456",
            "+4970012345678",
            "+33891123456",
            "+870773111632",
            "+881612345678",
            "+979123456789",
        ];
        for text in dear {
            assert!(number(text).costs_extra(), "{text}");
        }
        for text in [
            "+14155550142",
            "+18002345678",
            "+4930901820",
            "+4915112345678",
            "+447400123456",
            "+8613812345678",
        ] {
            assert!(!number(text).costs_extra(), "{text}");
        }
    }

    #[test]
    fn debug_shows_no_digit() {
        assert!(!format!("{:?}", number("+14155550142")).contains(|c: char| c.is_ascii_digit()));
    }
}
