//! The language of a call, with its country where that changes what is said.

use std::fmt;

/// A language by its two-letter ISO 639-1 code, and its country by the two letters of ISO 3166 where one is known.
///
/// A language with a country is another value than the language alone: `pt-PT` is not `pt`. What a book lacks for the one
/// it takes from the other, see [`Phrasebook`](super::Phrasebook).
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Language {
    code: [u8; 2],
    country: Option<[u8; 2]>,
}

/// The text does not begin with the code of a language.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a language; give a code of two letters, such as en or pt-BR")]
pub struct InvalidLanguage;

impl Language {
    /// English, as in the United States.
    pub const ENGLISH: Self = Self::any(*b"en");
    /// English, as in Britain.
    pub const BRITISH_ENGLISH: Self = Self::of(*b"en", *b"GB");
    /// Spanish.
    pub const SPANISH: Self = Self::any(*b"es");
    /// French.
    pub const FRENCH: Self = Self::any(*b"fr");
    /// German.
    pub const GERMAN: Self = Self::any(*b"de");
    /// Korean.
    pub const KOREAN: Self = Self::any(*b"ko");
    /// Chinese, as on the mainland.
    pub const CHINESE: Self = Self::any(*b"zh");
    /// Chinese, as in Taiwan.
    pub const TAIWANESE_CHINESE: Self = Self::of(*b"zh", *b"TW");
    /// Russian.
    pub const RUSSIAN: Self = Self::any(*b"ru");
    /// Portuguese, as in Brazil.
    pub const PORTUGUESE: Self = Self::any(*b"pt");
    /// Portuguese, as in Portugal.
    pub const EUROPEAN_PORTUGUESE: Self = Self::of(*b"pt", *b"PT");
    /// Japanese.
    pub const JAPANESE: Self = Self::any(*b"ja");

    const fn any(code: [u8; 2]) -> Self {
        Self { code, country: None }
    }

    const fn of(code: [u8; 2], country: [u8; 2]) -> Self {
        Self { code, country: Some(country) }
    }

    /// The language of a tag such as `en`, `en-US`, `zh_CN` or `zh-Hant`.
    ///
    /// A script stands for the country whose words are written in it: `zh-Hant` is Chinese as in Taiwan.
    ///
    /// # Errors
    /// [`InvalidLanguage`] when the tag does not begin with two letters that stand alone, as in `multi`.
    pub fn parse(tag: &str) -> Result<Self, InvalidLanguage> {
        let mut parts = tag.trim().split(['-', '_']);
        let code = letters(parts.next().unwrap_or_default()).ok_or(InvalidLanguage)?;
        let mut language = Self::any(code.map(|letter| letter.to_ascii_lowercase()));
        for part in parts {
            if let Some(country) = letters(part) {
                language.country = Some(country.map(|letter| letter.to_ascii_uppercase()));
            } else if part.eq_ignore_ascii_case("hant") {
                language.country = Some(*b"TW");
            }
        }
        Ok(language)
    }

    /// The two letters of the language.
    pub fn code(&self) -> &str {
        text(&self.code)
    }

    /// The two letters of the country, where one is known.
    pub fn country(&self) -> Option<&str> {
        self.country.as_ref().map(text)
    }

    /// Whether it is the same language, of whatever country.
    pub(super) fn is_as(self, other: Self) -> bool {
        self.code == other.code
    }

    /// Whether it has no spaces between words, and commas of its own.
    pub(super) fn is_written_without_spaces(self) -> bool {
        matches!(self.code(), "ja" | "zh")
    }

    /// Where its words are looked for: under itself, under the country whose words are nearest, and without a country.
    pub(super) fn sources(self) -> impl Iterator<Item = Self> {
        let nearest = match (self.code(), self.country()) {
            ("zh", Some("HK" | "MO")) => Some(Self::TAIWANESE_CHINESE),
            // Africa and Asia learnt it from Portugal; the words of the language alone are those of Brazil.
            ("pt", Some(country)) if country != "BR" => Some(Self::EUROPEAN_PORTUGUESE),
            _ => None,
        };
        let nearest = nearest.filter(|nearest| *nearest != self);
        let alone = self.country.map(|_| Self::any(self.code));
        std::iter::once(self).chain(nearest).chain(alone)
    }
}

impl Default for Language {
    fn default() -> Self {
        Self::ENGLISH
    }
}

fn letters(part: &str) -> Option<[u8; 2]> {
    <[u8; 2]>::try_from(part.as_bytes()).ok().filter(|pair| pair.iter().all(u8::is_ascii_alphabetic))
}

/// Only letters come in.
fn text(letters: &[u8; 2]) -> &str {
    std::str::from_utf8(letters).unwrap_or_default()
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())?;
        self.country().map_or(Ok(()), |country| write!(f, "-{country}"))
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_with_its_country() {
        for (tag, shown) in [
            ("en", "en"),
            ("en-US", "en-US"),
            ("ZH_cn", "zh-CN"),
            (" pt ", "pt"),
            ("pt-br", "pt-BR"),
            ("zh-Hant", "zh-TW"),
            ("zh-Hant-HK", "zh-HK"),
            ("zh-Hans-CN", "zh-CN"),
            ("es-419", "es"),
        ] {
            assert_eq!(Language::parse(tag).unwrap().to_string(), shown, "{tag}");
        }
        for tag in ["", "multi", "e", "12", "日本"] {
            assert_eq!(Language::parse(tag), Err(InvalidLanguage), "{tag}");
        }
    }

    #[test]
    fn words_come_from_the_nearest_country_and_then_from_the_language_alone() {
        let sources = |tag: &str| {
            let sources = Language::parse(tag).unwrap().sources();
            sources.map(|language| language.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(sources("de"), "de");
        assert_eq!(sources("de-AT"), "de-AT de");
        assert_eq!(sources("pt-BR"), "pt-BR pt");
        assert_eq!(sources("pt-PT"), "pt-PT pt");
        assert_eq!(sources("pt-AO"), "pt-AO pt-PT pt");
        assert_eq!(sources("zh-HK"), "zh-HK zh-TW zh");
        assert_eq!(sources("zh-SG"), "zh-SG zh");
    }
}
