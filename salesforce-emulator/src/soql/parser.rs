//! Tokens to a tree: the clauses of a query.

use super::{
    ast::{Expression, Ordering, Path, Query},
    lexer::{Token, TokenKind, tokens},
    syntax::SyntaxError,
};

mod condition;
mod expression;
mod literal;
mod returning;
mod select;

pub(super) use self::returning::parse as returning;

/// Reads one query.
pub(super) fn parse(text: &str) -> Result<Query, SyntaxError> {
    if text.chars().count() > MAX_QUERY {
        return Err(SyntaxError::new(0, "SOQL statement is too long"));
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, next: 0, depth: 0, is_inside: false };
    let query = parser.query()?;
    match parser.peek().kind {
        TokenKind::End => Ok(query),
        _ => Err(parser.unexpected()),
    }
}

struct Parser<'a> {
    tokens: &'a [Token<'a>],
    next: usize,
    depth: usize,
    /// Whether this is a query inside a query.
    is_inside: bool,
}

impl<'a> Parser<'a> {
    fn query(&mut self) -> Result<Query, SyntaxError> {
        self.expect_word("SELECT")?;
        let select = self.select()?;
        self.expect_word("FROM")?;
        let object = self.path()?;
        let mut query = Query { select, ..Query::all_of(object) };
        query.alias = self.alias();
        self.tail(&mut query)?;
        Ok(query)
    }

    /// The clauses after the object.
    fn tail(&mut self, query: &mut Query) -> Result<(), SyntaxError> {
        query.filter_scope = if self.take_word("USING") { Some(self.filter_scope()?) } else { None };
        query.filter = if self.take_word("WHERE") { Some(self.condition()?) } else { None };
        if self.take_word("WITH") {
            self.mode()?;
        }
        query.group = if self.take_word("GROUP") { self.group()? } else { Vec::new() };
        query.having =
            if !query.group.is_empty() && self.take_word("HAVING") { Some(self.condition()?) } else { None };
        query.order = if self.take_word("ORDER") { self.order()? } else { Vec::new() };
        query.limit = if self.take_word("LIMIT") { Some(self.count()?) } else { None };
        query.offset = if self.take_word("OFFSET") { self.count()? } else { 0 };
        query.locks = if self.take_word("FOR") { self.purpose()? } else { false };
        Ok(())
    }

    fn filter_scope(&mut self) -> Result<Path, SyntaxError> {
        self.expect_word("SCOPE")?;
        self.path()
    }

    /// What stands after `WITH`. A call of the API sees what its user may see anyway.
    fn mode(&mut self) -> Result<(), SyntaxError> {
        let known = self.take_word("SECURITY_ENFORCED") || self.take_word("USER_MODE");
        if known { Ok(()) } else { Err(self.unexpected()) }
    }

    /// What stands after `FOR`, and whether it locks. That a record was viewed is kept nowhere.
    fn purpose(&mut self) -> Result<bool, SyntaxError> {
        if self.take_word("UPDATE") {
            return Ok(true);
        }
        loop {
            if !self.take_word("VIEW") && !self.take_word("REFERENCE") {
                return Err(self.unexpected());
            }
            if !self.take_symbol(",") {
                return Ok(false);
            }
        }
    }

    fn alias(&mut self) -> Option<String> {
        let explicit = self.take_word("AS");
        match self.peek().kind {
            TokenKind::Word(word) if explicit || !is_clause(word) => {
                self.next += 1;
                Some(word.to_owned())
            }
            _ => None,
        }
    }

    fn group(&mut self) -> Result<Vec<Expression>, SyntaxError> {
        self.expect_word("BY")?;
        let mut expressions = vec![self.expression()?];
        while self.take_symbol(",") {
            expressions.push(self.expression()?);
        }
        Ok(expressions)
    }

    fn order(&mut self) -> Result<Vec<Ordering>, SyntaxError> {
        self.expect_word("BY")?;
        let mut order = Vec::new();
        loop {
            let by = self.expression()?;
            let descending = if self.take_word("ASC") { false } else { self.take_word("DESC") };
            let mut nulls_last = false;
            if self.take_word("NULLS") {
                nulls_last = self.take_word("LAST");
                if !nulls_last {
                    self.expect_word("FIRST")?;
                }
            }
            order.push(Ordering { by, descending, nulls_last });
            if !self.take_symbol(",") {
                return Ok(order);
            }
        }
    }

    fn path(&mut self) -> Result<Path, SyntaxError> {
        let token = self.peek();
        let TokenKind::Word(word) = token.kind else { return Err(self.unexpected()) };
        let names: Vec<String> = word.split('.').map(str::to_owned).collect();
        if names.iter().any(String::is_empty) || is_reserved(word) {
            return Err(self.unexpected());
        }
        let at = token.at;
        self.next += 1;
        Ok(Path { names, at })
    }

    fn count(&mut self) -> Result<usize, SyntaxError> {
        let TokenKind::Number(digits) = self.peek().kind else { return Err(self.unexpected()) };
        let count = digits.parse().map_err(|_| self.unexpected())?;
        self.next += 1;
        Ok(count)
    }

    fn peek(&self) -> &'a Token<'a> {
        // The last token is the end, and nothing goes past it.
        &self.tokens[self.next.min(self.tokens.len() - 1)]
    }

    fn take_word(&mut self, wanted: &str) -> bool {
        let found = matches!(self.peek().kind, TokenKind::Word(word) if word.eq_ignore_ascii_case(wanted));
        self.next += usize::from(found);
        found
    }

    fn take_symbol(&mut self, wanted: &str) -> bool {
        let found = self.peek().kind == TokenKind::Symbol(wanted);
        self.next += usize::from(found);
        found
    }

    fn expect_word(&mut self, wanted: &str) -> Result<(), SyntaxError> {
        if self.take_word(wanted) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn expect_symbol(&mut self, wanted: &str) -> Result<(), SyntaxError> {
        if self.take_symbol(wanted) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn unexpected(&self) -> SyntaxError {
        let token = self.peek();
        SyntaxError::unexpected(token.at, token.shown())
    }
}

fn is_clause(word: &str) -> bool {
    CLAUSES.iter().any(|clause| clause.eq_ignore_ascii_case(word))
}

fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word))
}

/// Words that end the `FROM` clause, among them those of clauses that this org does not know.
const CLAUSES: [&str; 11] =
    ["WHERE", "ORDER", "LIMIT", "OFFSET", "GROUP", "HAVING", "FOR", "WITH", "USING", "ALL", "UPDATE"];
const RESERVED: [&str; 9] = ["SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "NULL"];
const MAX_QUERY: usize = 100_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::parse;
    use crate::soql::ast::{Condition, Select};

    #[test]
    fn the_clauses_come_in_their_order() {
        let query = parse(
            "select Id, c.Account.Name from Case c where IsClosed = false order by CreatedDate desc nulls last, Id \
             limit 5 offset 2",
        )
        .unwrap();
        assert_eq!(query.alias.as_deref(), Some("c"));
        assert_eq!((query.limit, query.offset, query.order.len()), (Some(5), 2, 2));
        assert!(matches!(query.select, Select::Items(items) if items.len() == 2));
        assert!(parse("SELECT Id FROM Case LIMIT 5 WHERE IsClosed = false").is_err());
    }

    #[test]
    fn and_and_or_do_not_mix_without_parentheses() {
        assert!(parse("SELECT Id FROM Case WHERE A = 1 AND B = 2 OR C = 3").is_err());
        assert!(parse("SELECT Id FROM Case WHERE A = 1 OR B = 2 AND C = 3").is_err());
        let query = parse("SELECT Id FROM Case WHERE (A = 1 AND B = 2) OR C = 3").unwrap();
        assert!(matches!(query.filter, Some(Condition::Any(parts)) if parts.len() == 2));
    }

    #[test]
    fn what_is_not_supported_is_refused_not_ignored() {
        for query in [
            "",
            "SELECT",
            "SELECT FROM Case",
            "SELECT * FROM Case",
            "SELECT Id Case",
            "SELECT Id, FROM Case",
            "SELECT Id FROM Case WHERE",
            "SELECT Id FROM Case WHERE Subject",
            "SELECT Id FROM Case WHERE Subject = ",
            "SELECT Id FROM Case WHERE Subject = 'a' 'b'",
            "SELECT Id FROM Case WHERE (Subject = 'a'",
            "SELECT Id FROM Case WHERE Subject IN ()",
            "SELECT Id FROM Case WHERE Subject = \"a\"",
            "SELECT Id FROM Case GROUP BY",
            "SELECT Id, COUNT() FROM Case",
            "SELECT Id FROM Case HAVING Id != null",
            "SELECT Status FROM Case GROUP BY Status HAVING",
            "SELECT Status FROM Case GROUP BY Status HAVING COUNT(Id)",
            "SELECT FIELDS(SOME) FROM Case LIMIT 1",
            "SELECT FIELDS() FROM Case LIMIT 1",
            "SELECT Id FROM Case LIMIT -1",
            "SELECT Id FROM Case WHERE Tags__c INCLUDES ()",
            "SELECT Id FROM Case WHERE Tags__c INCLUDES 'a'",
            "SELECT Id FROM Case WHERE Tags__c NOT INCLUDES ('a')",
            "SELECT toLabel() FROM Case",
            "SELECT DISTANCE(A, B) FROM Case",
            "SELECT CALENDAR_YEAR(FORMAT(CreatedDate)) FROM Case",
            "SELECT Id FROM Case USING Mine",
            "SELECT Id FROM Case WITH SYSTEM_MODE",
            "SELECT Id FROM Case WITH DATA CATEGORY Geography__c AT asia__c",
            "SELECT Id FROM Case FOR",
            "SELECT Id FROM Case FOR VIEW,",
            "SELECT Id FROM Case FOR UPDATE LIMIT 1",
            "SELECT Id FROM Case GROUP BY ROLLUP(Status)",
            "SELECT Id FROM Case; DELETE",
            "SELECT (SELECT Id FROM CaseComments FROM Case",
            "SELECT (SELECT (SELECT Id FROM C) FROM B) FROM A",
            "SELECT Id FROM Case WHERE Id IN (SELECT Id FROM Case WHERE Id IN (SELECT Id FROM Case))",
            "SELECT Account..Name FROM Case",
        ] {
            assert!(parse(query).is_err(), "{query}");
        }
    }

    #[test]
    fn a_thousand_parentheses_are_refused_without_a_stack_overflow() {
        let query = format!("SELECT Id FROM Case WHERE {}A = 1{}", "(".repeat(9_000), ")".repeat(9_000));
        assert!(parse(&query).is_err());
        assert!(parse(&format!("SELECT Id FROM Case WHERE {} A = 1", "NOT ".repeat(9_000))).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in any::<String>()) {
            let _ = parse(&text);
            let _ = parse(&format!("SELECT Id FROM Case WHERE {text}"));
            let _ = parse(&format!("SELECT Id FROM Case WHERE Subject = '{text}'"));
        }
    }
}
