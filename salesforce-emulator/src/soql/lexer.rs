//! Splits a query into tokens. Quotes, backslashes and everything between them belong to one token.

use super::syntax::SyntaxError;

/// A token and the byte at which it starts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token<'a> {
    pub(super) kind: TokenKind<'a>,
    pub(super) at: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum TokenKind<'a> {
    /// A keyword, a name, or a path of names joined by dots.
    Word(&'a str),
    /// What stands between the quotes, escapes and all.
    Text(&'a str),
    /// A number, a date or an instant.
    Number(&'a str),
    /// `( ) , : = != <> < <= > >=`
    Symbol(&'a str),
    End,
}

impl Token<'_> {
    /// The token as an error message names it.
    pub(super) fn shown(&self) -> &str {
        match self.kind {
            TokenKind::Word(text)
            | TokenKind::Text(text)
            | TokenKind::Number(text)
            | TokenKind::Symbol(text) => text,
            TokenKind::End => "<EOF>",
        }
    }
}

/// All tokens of a query, the last one being [`TokenKind::End`].
pub(super) fn tokens(query: &str) -> Result<Vec<Token<'_>>, SyntaxError> {
    let bytes = query.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let (kind, end) = token(query, at, *byte)?;
        found.push(Token { kind, at });
        at = end;
    }
    found.push(Token { kind: TokenKind::End, at });
    Ok(found)
}

fn token(query: &str, at: usize, first: u8) -> Result<(TokenKind<'_>, usize), SyntaxError> {
    let rest = &query[at..];
    match first {
        b'\'' => {
            let length = text_length(&rest[1..])
                .ok_or_else(|| SyntaxError::new(at, "line 1: no viable alternative at character '<EOF>'"))?;
            Ok((TokenKind::Text(&rest[1..=length]), at + length + 2))
        }
        b'A'..=b'Z' | b'a'..=b'z' => {
            let end = run(rest, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
            Ok((TokenKind::Word(&rest[..end]), at + end))
        }
        b'0'..=b'9' | b'+' | b'-' | b'.' => {
            let end =
                run(rest, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b':'));
            Ok((TokenKind::Number(&rest[..end]), at + end))
        }
        _ => {
            let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)).ok_or_else(|| {
                let letter = rest.chars().next().unwrap_or_default();
                SyntaxError::new(at, format!("line 1: no viable alternative at character '{letter}'"))
            })?;
            Ok((TokenKind::Symbol(&rest[..symbol.len()]), at + symbol.len()))
        }
    }
}

/// The bytes up to the closing quote: a quote after a backslash does not close.
fn text_length(rest: &str) -> Option<usize> {
    let mut escaped = false;
    rest.bytes().position(|byte| {
        let closes = byte == b'\'' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })
}

fn run(rest: &str, belongs: impl Fn(u8) -> bool) -> usize {
    rest.bytes().position(|byte| !belongs(byte)).unwrap_or(rest.len())
}

/// Longer symbols stand before those they begin with.
const SYMBOLS: [&str; 11] = ["!=", "<>", "<=", ">=", "<", ">", "=", "(", ")", ",", ":"];

#[cfg(test)]
mod tests {
    use super::{TokenKind, tokens};

    #[test]
    fn an_escaped_quote_does_not_close_a_text() {
        let found = tokens(r"'a\'b\\' ,").unwrap();
        assert_eq!(found[0].kind, TokenKind::Text(r"a\'b\\"));
        assert_eq!(found[1].kind, TokenKind::Symbol(","));
        assert_eq!(found[2].kind, TokenKind::End);
    }

    #[test]
    fn a_text_without_an_end_is_refused() {
        assert!(tokens(r"'a\'").is_err());
    }

    #[test]
    fn paths_and_instants_are_single_tokens() {
        let found = tokens("Account.Owner.Name>=2026-11-20T09:30:00.000+01:00").unwrap();
        assert_eq!(found[0].kind, TokenKind::Word("Account.Owner.Name"));
        assert_eq!(found[1].kind, TokenKind::Symbol(">="));
        assert_eq!(found[2].kind, TokenKind::Number("2026-11-20T09:30:00.000+01:00"));
    }
}
