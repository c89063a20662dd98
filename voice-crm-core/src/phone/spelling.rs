//! How a number may stand in a record: what to search for, and whether a stored text means the number.
//!
//! A search by spelling may bring other numbers as well; only the comparison says whose number it is.

use std::collections::BTreeSet;

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

use super::{PhoneNumber, Region};

/// What a stored text says about a number that it means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct StoredNumber {
    /// The text names an extension behind the number.
    pub extension: bool,
}

/// Search patterns that together find every usual spelling of a number, for an operator in which `%` stands for
/// any characters.
///
/// Each is fixed at its first character, so that an index over the field can serve it, and allows anything
/// between the digits: spaces, brackets, dots, a zero that is dropped abroad, an extension at the end.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct SearchPatterns {
    /// Written with a plus sign.
    pub plus: String,
    /// Written with the country code and nothing before it.
    pub country: String,
    /// Written with an opening bracket first.
    pub bracket: String,
    /// Written with a zero first: a national prefix, or the way out of a country.
    pub zero: String,
    /// Written with the country's own prefix where that is no zero.
    pub trunk: String,
    /// Written with a word such as `Tel.` or `tel:` first.
    pub word: String,
    /// Written as it is dialled within its area or country, without any prefix.
    pub national: String,
}

impl SearchPatterns {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let all =
            [&self.plus, &self.country, &self.bracket, &self.zero, &self.trunk, &self.word, &self.national];
        all.into_iter().map(String::as_str)
    }
}

impl std::fmt::Debug for SearchPatterns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SearchPatterns(..)")
    }
}

impl PhoneNumber {
    /// Search patterns for every usual spelling of this number. They hold digits and `%`, and one sign in front.
    pub fn search_patterns(&self) -> SearchPatterns {
        let (country, digits) = self.searched();
        let apart = |text: &str| text.chars().flat_map(|digit| [digit, '%']).collect::<String>();
        let own = apart(&digits);
        let trunk = self.trunk().filter(|prefix| !prefix.starts_with('0'));
        SearchPatterns {
            plus: format!("+%{own}"),
            country: apart(&country) + &own,
            bracket: format!("(%{own}"),
            zero: format!("0%{own}"),
            trunk: apart(&trunk.unwrap_or_default()) + &own,
            word: format!("t%{own}"),
            national: own,
        }
    }

    /// The digits as they are dialled within the country, without any prefix.
    pub fn national_digits(&self) -> String {
        self.searched().1
    }

    /// The spellings in which people and programs store this number, the likeliest first, without doubles: for an
    /// equality search, which an index serves best and which misses whatever is not in the list.
    pub fn stored_forms(&self) -> Vec<String> {
        let digits = &self.as_e164()[1..];
        let mut forms = vec![self.as_e164().to_owned(), digits.to_owned()];
        if let Ok(number) = PHONE_NUMBER_UTIL.parse(self.as_e164(), None) {
            let country = number.country_code.to_string();
            let national = number.get_national_significant_number();
            let written = number.format_as(PhoneNumberFormat::National).into_owned();
            let international = number.format_as(PhoneNumberFormat::International).into_owned();
            let bare = written.replace(['(', ')'], "");
            forms.push(written.chars().filter(char::is_ascii_digit).collect());
            forms.push(national.clone());
            forms.push(international.replace('-', " "));
            forms.push(international.replace(' ', "-"));
            forms.push(format!("+{country} {national}"));
            forms.push(format!("+{country} {written}"));
            forms.push(international);
            forms.push(bare.replace([' ', '-'], "-"));
            forms.push(bare.replace([' ', '-'], "."));
            forms.push(bare.replace('-', " "));
            forms.push(format!("{country}-{}", bare.replace(' ', "-")));
            forms.push(format!("00{digits}"));
            forms.push(written);
        }
        let mut seen = BTreeSet::new();
        forms.retain(|form| seen.insert(form.clone()));
        forms
    }

    /// Whether a stored text means this number, whatever its punctuation. A text without a country code belongs
    /// to `place`, the country of the record.
    pub fn is_stored_as(&self, stored: &str, place: Region) -> Option<StoredNumber> {
        let readings = match Self::read(stored, place) {
            Some(read) => [Some(read), self.with_code(stored, place)],
            None => [abroad(stored, place), None],
        };
        let meant = readings.into_iter().flatten().find(|(number, _)| number.is_same_line(self));
        meant.map(|(_, extension)| StoredNumber { extension })
    }

    /// Reads a text that begins with its own country's code and no plus sign. Where national numbers begin with a
    /// zero, digits without one are likelier to be this than a national number that is valid by chance.
    fn with_code(&self, stored: &str, place: Region) -> Option<(Self, bool)> {
        let (code, _) = self.searched();
        let text = stored.trim_start_matches(|letter: char| !letter.is_ascii_digit() && letter != '+');
        let own = self.region() == Some(place) && self.trunk().as_deref() == Some("0");
        if own && text.starts_with(&code) { Self::read(&format!("+{text}"), place) } else { None }
    }

    /// Whether a text means this number if it was stored in the number's own country.
    pub fn matches(&self, stored: &str) -> bool {
        self.region().is_some_and(|region| self.is_stored_as(stored, region).is_some())
    }

    /// Whether both reach the same line. In Argentina a mobile number has a 9 behind the country code or not,
    /// depending on the way that the call took.
    pub fn is_same_line(&self, other: &Self) -> bool {
        fn line(number: &str) -> (&str, &str) {
            number.strip_prefix("+549").map_or(("", number), |rest| ("+54", rest))
        }
        let (one, other) = (line(self.as_e164()), line(other.as_e164()));
        one.0.len() + one.1.len() == other.0.len() + other.1.len()
            && one.0.chars().chain(one.1.chars()).eq(other.0.chars().chain(other.1.chars()))
    }

    /// The country code, and the digits behind it that stand in every spelling.
    fn searched(&self) -> (String, String) {
        let Ok(number) = PHONE_NUMBER_UTIL.parse(self.as_e164(), None) else {
            return (String::new(), self.as_e164()[1..].to_owned());
        };
        let national = number.get_national_significant_number();
        let digits = match number.country_code {
            54 => national.strip_prefix('9').map_or(national.clone(), str::to_owned),
            _ => national,
        };
        (number.country_code.to_string(), digits)
    }

    /// The digits that are dialled before the number within its country.
    fn trunk(&self) -> Option<String> {
        let number = PHONE_NUMBER_UTIL.parse(self.as_e164(), None).ok()?;
        let dialled: String =
            number.format_as(PhoneNumberFormat::National).chars().filter(char::is_ascii_digit).collect();
        dialled.strip_suffix(number.get_national_significant_number().as_str()).map(str::to_owned)
    }
}

/// A text that is no number of its place, but one of another country with the plus sign left out or written as
/// two zeros.
fn abroad(stored: &str, place: Region) -> Option<(PhoneNumber, bool)> {
    let text = stored.trim_start_matches(|letter: char| !letter.is_ascii_digit() && letter != '+');
    if text.starts_with('+') {
        return PhoneNumber::read(text, place);
    }
    let rest = text.strip_prefix("00").or_else(|| text.strip_prefix("011")).unwrap_or(text);
    PhoneNumber::read(&format!("+{rest}"), place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(code: &str) -> Region {
        Region::parse(code).unwrap()
    }

    fn number(text: &str) -> PhoneNumber {
        PhoneNumber::parse(text, Region::US).unwrap()
    }

    fn is_stored(e164: &str, stored: &str, place: &str) -> bool {
        number(e164).is_stored_as(stored, region(place)).is_some()
    }

    #[test]
    fn the_country_of_the_record_decides_what_a_national_number_means() {
        assert!(is_stored("+4930901820", "030 901820", "DE"));
        assert!(!is_stored("+4930901820", "030 901820", "GB"));
        assert!(is_stored("+14155550142", "415.555.0142", "US"));
    }

    #[test]
    fn a_number_from_abroad_needs_no_plus_sign() {
        for stored in
            ["0049 30 901820", "011 49 30 901820", "49 30 901820", "(+49) 30 901820", "+49 (0)30 901820"]
        {
            assert!(is_stored("+4930901820", stored, "US"), "{stored}");
        }
    }

    #[test]
    fn the_traps_of_national_plans() {
        // The one behind the code of Mexico, the nine and the fifteen of Argentina, the zero of Italy.
        assert!(is_stored("+525512345678", "+52 1 55 1234 5678", "US"));
        assert!(is_stored("+5491123456789", "011 15-2345-6789", "AR"));
        assert!(is_stored("+541123456789", "+54 9 11 2345-6789", "AR"));
        assert!(is_stored("+390669812345", "06 698 12345", "IT"));
        assert!(!is_stored("+390669812345", "+39 669812345", "IT"));
        assert!(is_stored("+74951234567", "8 (495) 123-45-67", "RU"));
    }

    #[test]
    fn an_extension_is_told_and_is_no_part_of_the_number() {
        let told = number("+14155550142").is_stored_as("(415) 555-0142 x12", Region::US).unwrap();
        assert!(told.extension);
        assert!(!is_stored("+14155550142", "(415) 555-0199 ext. 0142", "US"));
    }

    #[test]
    fn the_stored_forms_hold_the_usual_spellings_once_each() {
        let forms = number("+14155550142").stored_forms();
        for form in
            ["+14155550142", "14155550142", "4155550142", "(415) 555-0142", "415-555-0142", "415.555.0142"]
        {
            assert_eq!(forms.iter().filter(|known| *known == form).count(), 1, "{} characters", form.len());
        }
        assert!(forms.iter().all(|form| number("+14155550142").matches(form)));
    }
}
