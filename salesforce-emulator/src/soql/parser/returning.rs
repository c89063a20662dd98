//! SOSL: what follows the search term.

use super::Parser;
use crate::soql::{
    ast::{Expression, Item, Query, Select},
    lexer::{TokenKind, tokens},
    syntax::SyntaxError,
};

/// The clauses of a search after its term.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::soql) struct Returning {
    /// The word between `IN` and `FIELDS`.
    pub(in crate::soql) group: Option<String>,
    pub(in crate::soql) targets: Vec<Query>,
    pub(in crate::soql) limit: Option<usize>,
}

/// Reads `IN PHONE FIELDS RETURNING Contact(Id, Name WHERE ... LIMIT 5), Case LIMIT 20`.
pub(in crate::soql) fn parse(text: &str) -> Result<Returning, SyntaxError> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, next: 0, depth: 0, is_inside: false };
    let returning = parser.returning()?;
    match parser.peek().kind {
        TokenKind::End => Ok(returning),
        _ => Err(parser.unexpected()),
    }
}

impl Parser<'_> {
    fn returning(&mut self) -> Result<Returning, SyntaxError> {
        let mut group = None;
        if self.take_word("IN") {
            let TokenKind::Word(word) = self.peek().kind else { return Err(self.unexpected()) };
            group = Some(word.to_owned());
            self.next += 1;
            self.expect_word("FIELDS")?;
        }
        let mut targets = Vec::new();
        if self.take_word("RETURNING") {
            targets.push(self.target()?);
            while self.take_symbol(",") {
                targets.push(self.target()?);
            }
        }
        let limit = if self.take_word("LIMIT") { Some(self.count()?) } else { None };
        Ok(Returning { group, targets, limit })
    }

    fn target(&mut self) -> Result<Query, SyntaxError> {
        let object = self.path()?;
        let id = super::Path { names: vec!["Id".to_owned()], at: object.at };
        let mut fields = vec![Expression::Path(id)];
        let mut query = Query::all_of(object);
        if self.take_symbol("(") {
            fields = vec![self.expression()?];
            while self.take_symbol(",") {
                fields.push(self.expression()?);
            }
            self.tail(&mut query)?;
            self.expect_symbol(")")?;
        }
        query.select = Select::Items(fields.into_iter().map(Item::plain).collect());
        Ok(query)
    }
}
