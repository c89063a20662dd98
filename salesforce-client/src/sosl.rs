//! `Sosl`: a search written by the programmer, with terms and values bound by type.

mod term;

use std::fmt;

use crate::error::{Error, Result};
use crate::soql::{SoqlLiteral, SoqlValue};

pub use self::term::SoslTerm;

/// The longest search the API takes, in characters.
const LONGEST_SEARCH: usize = 100_000;

/// A search with `:name` variables: terms between the braces, values everywhere else.
///
/// The text is `&'static str`, so nobody can format a caller's words into it.
///
/// ```
/// use salesforce_client::Sosl;
///
/// let sosl = Sosl::new("FIND {:who} IN NAME FIELDS RETURNING Contact(Id WHERE AccountId = :account)")
///     .term("who", "Anna-Lena")
///     .bind("account", None::<&str>);
/// assert_eq!(
///     sosl.render()?,
///     r#"FIND {"Anna\-Lena"} IN NAME FIELDS RETURNING Contact(Id WHERE AccountId = null)"#
/// );
/// # Ok::<(), salesforce_client::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "a search does nothing until it is sent"]
pub struct Sosl {
    text: &'static str,
    bound: Vec<(&'static str, Bound)>,
}

#[derive(Clone)]
enum Bound {
    Term(Result<SoslTerm>),
    Value(Result<SoqlLiteral>),
}

impl Sosl {
    /// The text of the search.
    pub fn new(text: &'static str) -> Self {
        Self { text, bound: Vec::new() }
    }

    /// Gives the variable `:name` between the braces what to search for: text, which is found as a
    /// phrase, or what [`SoslTerm`] makes.
    pub fn term<T: TryInto<SoslTerm, Error = Error>>(mut self, name: &'static str, term: T) -> Self {
        self.bound.push((name, Bound::Term(term.try_into())));
        self
    }

    /// Gives the variable `:name` outside the braces its value.
    pub fn bind(mut self, name: &'static str, value: impl SoqlValue) -> Self {
        self.bound.push((name, Bound::Value(value.to_literal())));
        self
    }

    /// The search as it is sent.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for a variable without a
    /// value, a value without a variable, a term outside the braces or a value inside them, a term
    /// without a letter or digit, an unclosed quote or brace, or a text longer than the API takes.
    pub fn render(&self) -> Result<String> {
        let mut used = vec![false; self.bound.len()];
        let mut rendered = String::with_capacity(self.text.len() + 64);
        let mut rest = self.text;
        let mut braces = false;
        while let Some(at) = rest.find([':', '{', '}', '\'']) {
            rendered.push_str(&rest[..at]);
            rest = &rest[at..];
            let (first, after) = rest.split_at(1);
            rest = match first {
                ":" => self.substitute(after, braces, &mut used, &mut rendered)?,
                "'" if !braces => crate::soql::copy_literal(rest, &mut rendered)?,
                _ => {
                    braces = if first == "'" { braces } else { first == "{" };
                    rendered.push_str(first);
                    after
                }
            };
        }
        rendered.push_str(rest);
        if braces {
            return Err(Error::invalid("the search's text has a brace that is not closed"));
        }
        if let Some(unused) = used.iter().position(|used| !used) {
            let name = self.bound[unused].0;
            return Err(Error::invalid(format!("the search has no variable `:{name}` to bind")));
        }
        if rendered.chars().count() > LONGEST_SEARCH {
            return Err(Error::invalid("the search is longer than 100,000 characters: bind fewer values"));
        }
        Ok(rendered)
    }

    /// Handles what follows a colon; a number may (`LAST_N_DAYS:30`).
    fn substitute<'a>(
        &self,
        after: &'a str,
        braces: bool,
        used: &mut [bool],
        rendered: &mut String,
    ) -> Result<&'a str> {
        let length = after.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let (name, remainder) = after.split_at(length);
        if name.is_empty() || name.as_bytes()[0].is_ascii_digit() {
            rendered.push(':');
            return Ok(after);
        }
        let mut matching = (0..self.bound.len()).filter(|index| self.bound[*index].0 == name);
        let Some(index) = matching.next() else {
            return Err(Error::invalid(format!("the search variable `:{name}` has no value: bind it")));
        };
        if matching.next().is_some() {
            return Err(Error::invalid(format!("the search variable `:{name}` is bound twice")));
        }
        used[index] = true;
        match (&self.bound[index].1, braces) {
            (Bound::Term(term), true) => rendered.push_str(term.as_ref().map_err(Clone::clone)?.as_str()),
            (Bound::Value(value), false) => {
                rendered.push_str(value.as_ref().map_err(Clone::clone)?.as_str());
            }
            _ => {
                return Err(Error::invalid(format!(
                    "`:{name}` stands on the wrong side of the braces: terms inside, values outside"
                )));
            }
        }
        Ok(remainder)
    }
}

impl fmt::Debug for Sosl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.bound.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Sosl").field("text", &self.text).field("bound", &names).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn terms_and_values_take_their_places() {
        let sosl =
            Sosl::new("FIND {:a OR :b} IN PHONE FIELDS RETURNING Lead(Id WHERE Name != ':x' LIMIT :n)")
                .term("a", "one two")
                .term("b", SoslTerm::starts_with("415"))
                .bind("n", 5);
        assert_eq!(
            sosl.render().unwrap(),
            r#"FIND {"one two" OR 415*} IN PHONE FIELDS RETURNING Lead(Id WHERE Name != ':x' LIMIT 5)"#
        );
    }

    #[test]
    fn mistakes_are_told_before_anything_is_sent() {
        let text = "FIND {:t} RETURNING Lead(Id LIMIT :n)";
        for sosl in [
            Sosl::new(text),
            Sosl::new(text).term("t", "x"),
            Sosl::new(text).term("t", "x").bind("n", 1).bind("more", 1),
            Sosl::new(text).term("t", "x").bind("n", 1).bind("n", 2),
            Sosl::new(text).bind("t", "x").bind("n", 1),
            Sosl::new(text).term("t", "x").term("n", "1"),
            Sosl::new(text).term("t", "?!").bind("n", 1),
            Sosl::new("FIND {x RETURNING Lead"),
        ] {
            assert_eq!(sosl.render().map_err(|e| e.kind()), Err(ErrorKind::InvalidRequest), "{sosl:?}");
        }
    }
}
