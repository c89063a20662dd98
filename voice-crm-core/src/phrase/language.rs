//! The language of a call.

use std::fmt;

/// A language by its two-letter ISO 639-1 code.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Language([u8; 2]);

/// The text does not begin with the code of a language.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a language; give a code of two letters, such as en or pt-BR")]
pub struct InvalidLanguage;

impl Language {
    /// English.
    pub const ENGLISH: Self = Self(*b"en");
    /// Spanish.
    pub const SPANISH: Self = Self(*b"es");
    /// French.
    pub const FRENCH: Self = Self(*b"fr");
    /// German.
    pub const GERMAN: Self = Self(*b"de");
    /// Korean.
    pub const KOREAN: Self = Self(*b"ko");
    /// Chinese.
    pub const CHINESE: Self = Self(*b"zh");
    /// Russian.
    pub const RUSSIAN: Self = Self(*b"ru");
    /// Portuguese.
    pub const PORTUGUESE: Self = Self(*b"pt");
    /// Japanese.
    pub const JAPANESE: Self = Self(*b"ja");

    /// The language of a tag such as `en`, `en-US` or `zh_CN`; the country is left aside.
    ///
    /// # Errors
    /// [`InvalidLanguage`] when the tag does not begin with two letters that stand alone, as in `multi`.
    pub fn parse(tag: &str) -> Result<Self, InvalidLanguage> {
        let code = tag.trim().split(['-', '_']).next().unwrap_or_default();
        match code.as_bytes() {
            [first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
                Ok(Self([first.to_ascii_lowercase(), second.to_ascii_lowercase()]))
            }
            _ => Err(InvalidLanguage),
        }
    }

    /// The two letters.
    pub fn code(&self) -> &str {
        // Only letters come in.
        std::str::from_utf8(&self.0).unwrap_or("en")
    }
}

impl Default for Language {
    fn default() -> Self {
        Self::ENGLISH
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_up_to_its_country() {
        for (tag, language) in
            [("en-US", Language::ENGLISH), ("ZH_cn", Language::CHINESE), (" pt ", Language::PORTUGUESE)]
        {
            assert_eq!(Language::parse(tag), Ok(language));
        }
        for tag in ["", "multi", "e", "12", "日本"] {
            assert_eq!(Language::parse(tag), Err(InvalidLanguage), "{tag}");
        }
    }
}
