//! The conditions after `HAVING`, on groups.

use super::Parser;
use crate::soql::{
    ast::{GroupCondition, OrderBy},
    lexer::TokenKind,
    syntax::SyntaxError,
};

impl Parser<'_> {
    /// One condition, or several joined by one kind of word, as after `WHERE`.
    pub(super) fn having(&mut self) -> Result<GroupCondition, SyntaxError> {
        let first = self.group_part()?;
        let all = match self.peek().kind {
            TokenKind::Word(word) if word.eq_ignore_ascii_case("AND") => true,
            TokenKind::Word(word) if word.eq_ignore_ascii_case("OR") => false,
            _ => return Ok(first),
        };
        let mut parts = vec![first];
        while self.take_word(if all { "AND" } else { "OR" }) {
            parts.push(self.group_part()?);
        }
        Ok(if all { GroupCondition::All(parts) } else { GroupCondition::Any(parts) })
    }

    fn group_part(&mut self) -> Result<GroupCondition, SyntaxError> {
        self.deeper()?;
        let part = if self.take_word("NOT") {
            GroupCondition::Not(Box::new(self.group_part()?))
        } else if self.take_symbol("(") {
            let inner = self.having()?;
            self.expect_symbol(")")?;
            inner
        } else {
            let by = match self.call()? {
                Some(call) => OrderBy::Call(call),
                None => OrderBy::Path(self.path()?),
            };
            let operator = self.operator()?;
            let literal = self.literal()?;
            GroupCondition::Compare { by, operator, literal }
        };
        self.depth -= 1;
        Ok(part)
    }
}
