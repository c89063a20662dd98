//! The quotation marks of each language, around words that were made harmless.

use super::Language;

/// The marks that [`quoted`](super::quoted) sets.
const ENGLISH: (char, char) = ('\u{201c}', '\u{201d}');

/// Adds quoted words in the marks of a language.
pub(super) fn push(spoken: &mut String, quoted: &str, language: Language) {
    let inside = quoted.strip_prefix(ENGLISH.0).and_then(|text| text.strip_suffix(ENGLISH.1));
    let Some(inside) = inside else { return spoken.push_str(quoted) };
    let (open, close) = of(language);
    spoken.push_str(open);
    // The words were kept from leaving the marks of English; here it is those of the language.
    spoken.extend(inside.chars().map(|character| if is_mark(character) { '\'' } else { character }));
    spoken.push_str(close);
}

fn of(language: Language) -> (&'static str, &'static str) {
    match (language.code(), language.country()) {
        ("de", _) => ("\u{201e}", "\u{201c}"),
        // With a space that no line is broken at.
        ("fr", _) => ("«\u{a0}", "\u{a0}»"),
        ("es" | "ru", _) => ("«", "»"),
        ("pt", Some(country)) if country != "BR" => ("«", "»"),
        ("ja", _) | ("zh", Some("TW" | "HK" | "MO")) => ("「", "」"),
        _ => ("\u{201c}", "\u{201d}"),
    }
}

fn is_mark(character: char) -> bool {
    matches!(character, '"' | '\u{201c}'..='\u{201f}' | '«' | '»' | '「' | '」')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phrase::quoted;

    #[test]
    fn words_stand_in_the_marks_of_the_language_and_cannot_leave_them() {
        for (tag, expected) in [
            ("en", "\u{201c}Ada\u{201d}"),
            ("de-AT", "\u{201e}Ada\u{201c}"),
            ("fr", "«\u{a0}Ada\u{a0}»"),
            ("es", "«Ada»"),
            ("pt", "\u{201c}Ada\u{201d}"),
            ("pt-PT", "«Ada»"),
            ("ja", "「Ada」"),
            ("zh-TW", "「Ada」"),
            ("zh", "\u{201c}Ada\u{201d}"),
        ] {
            let mut spoken = String::new();
            push(&mut spoken, &quoted("Ada", 10), Language::parse(tag).unwrap());
            assert_eq!(spoken, expected, "{tag}");
        }
        let mut spoken = String::new();
        push(&mut spoken, &quoted("a» b「c」\"d\u{201c}", 40), Language::FRENCH);
        assert_eq!(spoken, "«\u{a0}a' b'c''d'\u{a0}»");
    }
}
