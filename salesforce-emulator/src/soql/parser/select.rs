//! What stands between `SELECT` and `FROM`.

use super::{Parser, is_clause};
use crate::soql::{
    ast::{Call, Expression, FieldSet, Function, Item, Path, Select, TypeOf},
    lexer::TokenKind,
    syntax::SyntaxError,
};

impl Parser<'_> {
    pub(super) fn select(&mut self) -> Result<Select, SyntaxError> {
        let mut items = vec![self.item()?];
        while self.take_symbol(",") {
            items.push(self.item()?);
        }
        let bare_count = |item: &Item| {
            let count = Expression::Aggregate(Call { function: Function::Count, path: None });
            matches!(item, Item::Value { expression, alias: None } if *expression == count)
        };
        match items.as_slice() {
            [item] if bare_count(item) => Ok(Select::Count),
            _ if items.iter().any(bare_count) => Err(self.unexpected()),
            _ => Ok(Select::Items(items)),
        }
    }

    fn item(&mut self) -> Result<Item, SyntaxError> {
        if self.take_symbol("(") {
            if self.is_inside {
                return Err(self.unexpected());
            }
            self.is_inside = true;
            let query = self.query()?;
            self.is_inside = false;
            self.expect_symbol(")")?;
            return Ok(Item::Children(Box::new(query)));
        }
        if let Some(fields) = self.fields()? {
            return Ok(fields);
        }
        if let Some(choice) = self.type_of()? {
            return Ok(Item::TypeOf(choice));
        }
        let expression = self.expression()?;
        Ok(Item::Value { expression, alias: self.column_alias() })
    }

    /// `TYPEOF`, or `None` if something else comes, such as a field of this name.
    fn type_of(&mut self) -> Result<Option<TypeOf>, SyntaxError> {
        let when = self.tokens.get(self.next + 2).map(|token| token.kind);
        let follows = matches!(when, Some(TokenKind::Word(word)) if word.eq_ignore_ascii_case("WHEN"));
        if !follows || !self.take_word("TYPEOF") {
            return Ok(None);
        }
        let relationship = self.path()?;
        let mut cases = Vec::new();
        while self.take_word("WHEN") {
            let object = self.path()?;
            self.expect_word("THEN")?;
            cases.push((object, self.paths()?));
        }
        let otherwise = if self.take_word("ELSE") { self.paths()? } else { Vec::new() };
        self.expect_word("END")?;
        Ok(Some(TypeOf { relationship, cases, otherwise }))
    }

    fn paths(&mut self) -> Result<Vec<Path>, SyntaxError> {
        let mut paths = vec![self.path()?];
        while self.take_symbol(",") {
            paths.push(self.path()?);
        }
        Ok(paths)
    }

    /// `FIELDS(ALL)` and the like, or `None` if something else comes.
    fn fields(&mut self) -> Result<Option<Item>, SyntaxError> {
        let opens = self.tokens.get(self.next + 1).is_some_and(|token| token.kind == TokenKind::Symbol("("));
        let at = self.peek().at;
        if !opens || !self.take_word("FIELDS") {
            return Ok(None);
        }
        self.expect_symbol("(")?;
        let set = match self.peek().kind {
            TokenKind::Word(word) if word.eq_ignore_ascii_case("ALL") => FieldSet::All,
            TokenKind::Word(word) if word.eq_ignore_ascii_case("STANDARD") => FieldSet::Standard,
            TokenKind::Word(word) if word.eq_ignore_ascii_case("CUSTOM") => FieldSet::Custom,
            _ => return Err(self.unexpected()),
        };
        self.next += 1;
        self.expect_symbol(")")?;
        Ok(Some(Item::Fields(set, at)))
    }

    fn column_alias(&mut self) -> Option<String> {
        match self.peek().kind {
            TokenKind::Word(word) if !word.eq_ignore_ascii_case("FROM") && !is_clause(word) => {
                self.next += 1;
                Some(word.to_owned())
            }
            _ => None,
        }
    }
}
