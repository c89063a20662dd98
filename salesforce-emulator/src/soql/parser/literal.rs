//! The values that fields are compared with.

use jiff::civil::Date;

use super::Parser;
use crate::{
    engine::{parse_datetime, stamp},
    soql::{ast::Literal, date_range, lexer::TokenKind, syntax::SyntaxError, text},
};

impl Parser<'_> {
    /// The values in parentheses after `IN`.
    pub(super) fn list(&mut self) -> Result<Vec<Literal>, SyntaxError> {
        self.expect_symbol("(")?;
        let mut literals = vec![self.literal()?];
        while self.take_symbol(",") {
            literals.push(self.literal()?);
        }
        self.expect_symbol(")")?;
        Ok(literals)
    }

    /// The texts in parentheses after `INCLUDES`.
    pub(super) fn texts(&mut self) -> Result<Vec<String>, SyntaxError> {
        let at = self.next;
        let texts = self.list()?.into_iter().map(|literal| match literal {
            Literal::Text(text) => Some(text),
            _ => None,
        });
        texts.collect::<Option<_>>().ok_or_else(|| {
            let token = &self.tokens[at];
            SyntaxError::unexpected(token.at, token.shown())
        })
    }

    pub(super) fn literal(&mut self) -> Result<Literal, SyntaxError> {
        let token = self.peek();
        let literal = match token.kind {
            TokenKind::Text(raw) => {
                let value = text::value(raw, token)?;
                if value.chars().count() > MAX_TEXT {
                    return Err(SyntaxError::new(token.at, "string literal is too long"));
                }
                Literal::Text(value)
            }
            TokenKind::Number(digits) => number(digits).ok_or_else(|| self.unexpected())?,
            TokenKind::Word(word) => return self.word(word),
            _ => return Err(self.unexpected()),
        };
        self.next += 1;
        Ok(literal)
    }

    fn word(&mut self, word: &str) -> Result<Literal, SyntaxError> {
        let literal = match word.to_ascii_uppercase().as_str() {
            "NULL" => Literal::Null,
            "TRUE" => Literal::Boolean(true),
            "FALSE" => Literal::Boolean(false),
            range if date_range::is_known(range, false) => Literal::Range(range.to_owned(), None),
            range if date_range::is_known(range, true) => {
                self.next += 1;
                self.expect_symbol(":")?;
                let count = u32::try_from(self.count()?).map_err(|_| self.unexpected())?;
                return Ok(Literal::Range(range.to_owned(), Some(count)));
            }
            _ => return Err(self.unexpected()),
        };
        self.next += 1;
        Ok(literal)
    }
}

fn number(digits: &str) -> Option<Literal> {
    if digits.len() == 10 && digits.as_bytes()[4] == b'-' {
        return digits.parse::<Date>().ok().map(|_| Literal::Date(digits.to_owned()));
    }
    if digits.contains(['T', 't']) {
        return parse_datetime(digits).map(|at| Literal::DateTime(stamp(at)));
    }
    let numeric = digits.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let number = digits.parse::<f64>().ok().filter(|number| numeric && number.is_finite());
    number.map(Literal::Number)
}

const MAX_TEXT: usize = 4_000;
