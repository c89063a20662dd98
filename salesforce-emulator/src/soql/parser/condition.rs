//! The conditions after `WHERE`, on records, and after `HAVING`, on groups.

use super::Parser;
use crate::soql::{
    ast::{Check, Condition, Operator, Query},
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
            self.test()?
        };
        self.depth -= 1;
        Ok(part)
    }

    fn deeper(&mut self) -> Result<(), SyntaxError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(SyntaxError::new(self.peek().at, "the condition is nested too deeply"));
        }
        Ok(())
    }

    fn test(&mut self) -> Result<Condition, SyntaxError> {
        let subject = self.expression()?;
        let check = self.check()?;
        Ok(Condition::Test { subject, check })
    }

    fn check(&mut self) -> Result<Check, SyntaxError> {
        if self.take_word("LIKE") {
            let token = self.peek();
            let TokenKind::Text(raw) = token.kind else { return Err(self.unexpected()) };
            let pattern = text::pattern(raw, token)?;
            self.next += 1;
            return Ok(Check::Like(pattern));
        }
        for (word, negated) in [("INCLUDES", false), ("EXCLUDES", true)] {
            if self.take_word(word) {
                return Ok(Check::Includes { negated, sets: self.texts()? });
            }
        }
        let negated = self.take_word("NOT");
        if negated {
            self.expect_word("IN")?;
        }
        if negated || self.take_word("IN") {
            if self.is_subquery() {
                return Ok(Check::Within { negated, query: Box::new(self.subquery()?) });
            }
            return Ok(Check::Among { negated, literals: self.list()? });
        }
        let operator = self.operator()?;
        Ok(Check::Compare(operator, self.literal()?))
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

    fn operator(&mut self) -> Result<Operator, SyntaxError> {
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
