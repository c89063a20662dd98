//! Escapes inside quoted text: exactly the vendor's set, and an error for any other backslash.

use super::{lexer::Token, syntax::SyntaxError};

/// One character of a text; an escaped wildcard of a pattern stands for itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Letter {
    Plain(char),
    Wildcard(char),
}

/// The value of a quoted text.
pub(super) fn value(raw: &str, token: &Token<'_>) -> Result<String, SyntaxError> {
    letters(raw, token, false).map(|letters| {
        letters
            .into_iter()
            .map(|letter| match letter {
                Letter::Plain(letter) | Letter::Wildcard(letter) => letter,
            })
            .collect()
    })
}

/// The letters of a quoted text after `LIKE`, where `\%` and `\_` are letters and `%` and `_` are not.
pub(super) fn pattern(raw: &str, token: &Token<'_>) -> Result<Vec<Letter>, SyntaxError> {
    letters(raw, token, true)
}

/// See Salesforce, "Quoted String Escape Sequences".
fn letters(raw: &str, token: &Token<'_>, is_pattern: bool) -> Result<Vec<Letter>, SyntaxError> {
    let mut found = Vec::with_capacity(raw.len());
    let mut rest = raw.chars();
    while let Some(letter) = rest.next() {
        found.push(match letter {
            '\\' => Letter::Plain(match rest.next() {
                Some('n' | 'N') => '\n',
                Some('r' | 'R') => '\r',
                Some('t' | 'T') => '\t',
                Some('b' | 'B') => '\u{8}',
                Some('f' | 'F') => '\u{c}',
                Some(same @ ('"' | '\'' | '\\')) => same,
                Some(same @ ('_' | '%')) if is_pattern => same,
                Some('u') => unicode(&mut rest).ok_or_else(|| illegal(token))?,
                _ => return Err(illegal(token)),
            }),
            '%' | '_' if is_pattern => Letter::Wildcard(letter),
            _ => Letter::Plain(letter),
        });
    }
    Ok(found)
}

/// Four hexadecimal digits, or two such groups that make a surrogate pair.
fn unicode(rest: &mut std::str::Chars<'_>) -> Option<char> {
    let first = unit(rest)?;
    if let Some(letter) = char::from_u32(u32::from(first)) {
        return Some(letter);
    }
    if rest.next() != Some('\\') || rest.next() != Some('u') {
        return None;
    }
    let second = unit(rest)?;
    char::decode_utf16([first, second]).next()?.ok()
}

fn unit(rest: &mut std::str::Chars<'_>) -> Option<u16> {
    (0..4).try_fold(0_u16, |sum, _| {
        let digit = rest.next()?.to_digit(16)?;
        Some(sum * 16 + u16::try_from(digit).ok()?)
    })
}

fn illegal(token: &Token<'_>) -> SyntaxError {
    SyntaxError::new(
        token.at,
        "Illegal string literal - invalid escape sequence: only \\b \\f \\n \\r \\t \\\" \\' \\\\ and \\u are \
         allowed, and \\_ and \\% after LIKE",
    )
}

#[cfg(test)]
mod tests {
    use super::{Letter, pattern, value};
    use crate::soql::lexer::{Token, TokenKind};

    const TOKEN: Token<'static> = Token { kind: TokenKind::Text(""), at: 0 };

    #[test]
    fn every_escape_of_the_set_is_understood() {
        assert_eq!(
            value(r#"\n\N\r\R\t\T\b\B\f\F\"\'\\\u0041\uD83D\uDE00"#, &TOKEN).unwrap(),
            "\n\n\r\r\t\t\u{8}\u{8}\u{c}\u{c}\"'\\A😀"
        );
    }

    #[test]
    fn any_other_backslash_is_refused() {
        for raw in [r"\a", r"\0", r"\%", r"\_", r"\-", r"\u12", r"\uD83D", r"\"] {
            assert!(value(raw, &TOKEN).is_err(), "{raw}");
        }
    }

    #[test]
    fn an_escaped_wildcard_is_a_letter_in_a_pattern() {
        assert_eq!(
            pattern(r"5\%_", &TOKEN).unwrap(),
            [Letter::Plain('5'), Letter::Plain('%'), Letter::Wildcard('_')]
        );
    }
}
