//! Vapi reads a result only up to its first line break, so each result is one line.

use std::borrow::Cow;

/// Folds every run of line breaks and other control characters into one space, and cuts the text at
/// `limit` bytes with an ellipsis.
pub(super) fn one_line(text: &str, limit: usize) -> Cow<'_, str> {
    let text = text.trim_matches(is_break);
    let folded = if text.contains(is_break) { Cow::Owned(fold(text)) } else { Cow::Borrowed(text) };
    if folded.len() <= limit {
        return folded;
    }
    let room = limit.saturating_sub(ELLIPSIS.len());
    let ends = folded.char_indices().map(|(start, character)| start + character.len_utf8());
    let end = ends.take_while(|end| *end <= room).last().unwrap_or_default();
    Cow::Owned(format!("{}{ELLIPSIS}", &folded[..end]))
}

fn fold(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for part in text.split(is_break).filter(|part| !part.is_empty()) {
        if !line.is_empty() && !line.ends_with(' ') && !part.starts_with(' ') {
            line.push(' ');
        }
        line.push_str(part);
    }
    line
}

/// Control characters, and the line and paragraph separators that some readers break at.
fn is_break(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

const ELLIPSIS: &str = "…";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::one_line;

    #[test]
    fn lines_become_one_with_single_spaces() {
        assert_eq!(
            one_line("Temperature: 72°F\r\nSunny\n\n Humidity: 45%\n", 100),
            "Temperature: 72°F Sunny Humidity: 45%"
        );
        assert_eq!(one_line("one line", 100), "one line");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(one_line("äöüäöü", 9), "äöü…");
        assert_eq!(one_line("äöü", 6), "äöü");
    }

    proptest! {
        #[test]
        fn whatever_goes_in_one_bounded_line_comes_out(text in any::<String>(), limit in 3_usize..64) {
            let line = one_line(&text, limit);

            prop_assert!(line.len() <= limit);
            prop_assert!(!line.contains(super::is_break));
        }
    }
}
