//! What values are read from: fields, and functions of fields.

use super::Parser;
use crate::soql::{
    ast::{Call, Expression, Function, Path},
    date_function::DateFunction,
    lexer::TokenKind,
    syntax::SyntaxError,
};

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Result<Expression, SyntaxError> {
        if let Some(call) = self.call()? {
            return Ok(Expression::Aggregate(call));
        }
        if let Some(function) = self.function(DateFunction::named) {
            let path = self.in_time_zone()?;
            self.expect_symbol(")")?;
            return Ok(Expression::Dated(function, path));
        }
        if self.function(|word| word.eq_ignore_ascii_case("toLabel").then_some(())).is_some() {
            let path = self.path()?;
            self.expect_symbol(")")?;
            return Ok(Expression::Label(path));
        }
        if self.function(|word| word.eq_ignore_ascii_case("FORMAT").then_some(())).is_some() {
            let inner = match self.call()? {
                Some(call) => Expression::Aggregate(call),
                None => Expression::Path(self.path()?),
            };
            self.expect_symbol(")")?;
            return Ok(Expression::Formatted(Box::new(inner)));
        }
        self.path().map(Expression::Path)
    }

    /// `COUNT(Id)` and the like, or `None` if something else comes.
    fn call(&mut self) -> Result<Option<Call>, SyntaxError> {
        let Some(function) = self.function(Function::named) else { return Ok(None) };
        let empty = function == Function::Count && self.peek().kind == TokenKind::Symbol(")");
        let path = if empty { None } else { Some(self.path()?) };
        self.expect_symbol(")")?;
        Ok(Some(Call { function, path }))
    }

    /// A path, or `convertTimezone` of one, which changes nothing where the user's time zone is UTC.
    fn in_time_zone(&mut self) -> Result<Path, SyntaxError> {
        let converts = self.function(|word| word.eq_ignore_ascii_case("convertTimezone").then_some(()));
        let path = self.path()?;
        if converts.is_some() {
            self.expect_symbol(")")?;
        }
        Ok(path)
    }

    /// Takes a name that is known and the parenthesis after it; a name alone is a field.
    fn function<T>(&mut self, known: impl Fn(&str) -> Option<T>) -> Option<T> {
        let TokenKind::Word(word) = self.peek().kind else { return None };
        let opens = self.tokens.get(self.next + 1).is_some_and(|token| token.kind == TokenKind::Symbol("("));
        let function = known(word).filter(|_| opens)?;
        self.next += 2;
        Some(function)
    }
}
