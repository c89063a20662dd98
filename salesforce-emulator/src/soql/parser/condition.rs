//! The conditions after `WHERE`.

use super::Parser;
use crate::soql::{
    ast::{Condition, Operator, Query},
    lexer::TokenKind,
    syntax::SyntaxError,
    text,
};

impl Parser<'_> {
    /// One condition, or several joined by one kind of word: `AND` and `OR` mix only by parentheses.
    pub(super) fn condition(&mut self) -> Result<Condition, SyntaxError> {
        let first = self.part()?;
        let all = match self.peek().kind {
            TokenKind::Word(word) if word.eq_ignore_ascii_case("AND") => true,
            TokenKind::Word(word) if word.eq_ignore_ascii_case("OR") => false,
            _ => return Ok(first),
        };
        let mut parts = vec![first];
        while self.take_word(if all { "AND" } else { "OR" }) {
            parts.push(self.part()?);
        }
        Ok(if all { Condition::All(parts) } else { Condition::Any(parts) })
    }

    fn part(&mut self) -> Result<Condition, SyntaxError> {
        self.deeper()?;
        let part = if self.take_word("NOT") {
            Condition::Not(Box::new(self.part()?))
        } else if self.take_symbol("(") {
            let inner = self.condition()?;
            self.expect_symbol(")")?;
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(part)
    }

    pub(super) fn deeper(&mut self) -> Result<(), SyntaxError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(SyntaxError::new(self.peek().at, "the condition is nested too deeply"));
        }
        Ok(())
    }

    fn comparison(&mut self) -> Result<Condition, SyntaxError> {
        let path = self.path()?;
        if self.take_word("LIKE") {
            let token = self.peek();
            let TokenKind::Text(raw) = token.kind else { return Err(self.unexpected()) };
            let pattern = text::pattern(raw, token)?;
            self.next += 1;
            return Ok(Condition::Like { path, pattern });
        }
        let negated = self.take_word("NOT");
        if negated {
            self.expect_word("IN")?;
        }
        if negated || self.take_word("IN") {
            if self.is_subquery() {
                return Ok(Condition::Within { path, negated, query: Box::new(self.subquery()?) });
            }
            let literals = self.list()?;
            return Ok(Condition::Among { path, negated, literals });
        }
        let operator = self.operator()?;
        let literal = self.literal()?;
        Ok(Condition::Compare { path, operator, literal })
    }

    fn is_subquery(&self) -> bool {
        let next = |at: usize| self.tokens.get(self.next + at).map(|token| token.kind);
        next(0) == Some(TokenKind::Symbol("("))
            && matches!(next(1), Some(TokenKind::Word(word)) if word.eq_ignore_ascii_case("SELECT"))
    }

    fn subquery(&mut self) -> Result<Query, SyntaxError> {
        if self.is_inside {
            return Err(self.unexpected());
        }
        self.is_inside = true;
        self.expect_symbol("(")?;
        let query = self.query()?;
        self.expect_symbol(")")?;
        self.is_inside = false;
        Ok(query)
    }

    pub(super) fn operator(&mut self) -> Result<Operator, SyntaxError> {
        let TokenKind::Symbol(symbol) = self.peek().kind else { return Err(self.unexpected()) };
        let operator = match symbol {
            "=" => Operator::Equal,
            "!=" | "<>" => Operator::NotEqual,
            "<" => Operator::Less,
            "<=" => Operator::LessOrEqual,
            ">" => Operator::Greater,
            ">=" => Operator::GreaterOrEqual,
            _ => return Err(self.unexpected()),
        };
        self.next += 1;
        Ok(operator)
    }
}

const MAX_DEPTH: usize = 100;
