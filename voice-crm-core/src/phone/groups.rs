//! A number in the groups in which people of its country write it.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

use super::PhoneNumber;

impl PhoneNumber {
    /// The digits in the groups of the international form, the country code first.
    pub(crate) fn groups(&self) -> Vec<String> {
        let written = PHONE_NUMBER_UTIL
            .parse(self.as_e164(), None)
            .ok()
            .map(|number| number.format_as(PhoneNumberFormat::International).into_owned());
        let written = written.as_deref().unwrap_or(self.as_e164());
        let groups = written.split(|character: char| !character.is_ascii_digit());
        groups.filter(|group| !group.is_empty()).map(str::to_owned).collect()
    }
}
