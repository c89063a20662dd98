//! `Soql`: query text written by the programmer, with values bound by type.

mod any_field;
mod like;
mod literal;

use std::borrow::Cow;
use std::fmt;

use crate::error::{Error, Result};
use crate::name;

pub use self::any_field::AnyField;
pub use self::like::LikePattern;
pub use self::literal::{SoqlLiteral, SoqlValue};

/// The longest query the API takes, in characters.
const LONGEST_QUERY: usize = 100_000;

/// A query with `:name` variables.
///
/// The text is `&'static str`, so nobody can format a caller's words into it. A `:name` inside a
/// quoted literal of the text is not a variable.
///
/// ```
/// use salesforce_client::Soql;
///
/// let soql = Soql::new("SELECT Id FROM Contact WHERE LastName = :name").bind("name", "O'Hara");
/// assert_eq!(soql.render()?, r"SELECT Id FROM Contact WHERE LastName = 'O\'Hara'");
/// # Ok::<(), salesforce_client::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "a query does nothing until it is sent"]
pub struct Soql {
    text: Cow<'static, str>,
    bound: Vec<(&'static str, Result<SoqlLiteral>)>,
}

impl Soql {
    /// The text of the query.
    pub fn new(text: &'static str) -> Self {
        Self { text: Cow::Borrowed(text), bound: Vec::new() }
    }

    /// The query for these fields of the records of an object whose `key` field is one of `values`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) when a name is not the API name of an
    /// object or a field.
    pub fn by_key(
        object: &str,
        fields: impl IntoIterator<Item = impl AsRef<str>>,
        key: &str,
        values: impl SoqlValue,
    ) -> Result<Self> {
        let fields = name::fields(fields)?;
        let object = name::name("object", object)?;
        let key = name::name("field", key)?;
        let text = Cow::Owned(format!("SELECT {fields} FROM {object} WHERE {key} IN :values"));
        Ok(Self { text, bound: Vec::new() }.bind("values", values))
    }

    /// Gives the variable `:name` its value.
    pub fn bind(mut self, name: &'static str, value: impl SoqlValue) -> Self {
        self.bound.push((name, value.to_literal()));
        self
    }

    /// The query as it is sent.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for a variable without a
    /// value, a value without a variable, a value that has no literal (an empty list, NaN), an
    /// unclosed quote, or a text longer than the API takes.
    pub fn render(&self) -> Result<String> {
        for (index, (name, _)) in self.bound.iter().enumerate() {
            if self.bound[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(Error::invalid(format!("the query variable `:{name}` is bound twice")));
            }
        }
        let mut used = vec![false; self.bound.len()];
        let mut rendered = String::with_capacity(self.text.len() + 64);
        let mut rest = &*self.text;
        while let Some(at) = rest.find([':', '\'']) {
            rendered.push_str(&rest[..at]);
            rest = &rest[at..];
            rest = if rest.starts_with('\'') {
                copy_literal(rest, &mut rendered)?
            } else {
                self.substitute(rest, &mut used, &mut rendered)?
            };
        }
        rendered.push_str(rest);
        if let Some(unused) = used.iter().position(|used| !used) {
            let name = self.bound[unused].0;
            return Err(Error::invalid(format!("the query has no variable `:{name}` to bind")));
        }
        if rendered.chars().count() > LONGEST_QUERY {
            return Err(Error::invalid("the query is longer than 100,000 characters: bind fewer values"));
        }
        Ok(rendered)
    }

    /// Handles the colon that `rest` begins with; a number may follow it (`LAST_N_DAYS:30`).
    fn substitute<'a>(&self, rest: &'a str, used: &mut [bool], rendered: &mut String) -> Result<&'a str> {
        let after = &rest[1..];
        let length = after.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let (name, remainder) = after.split_at(length);
        if name.is_empty() || name.as_bytes()[0].is_ascii_digit() {
            rendered.push(':');
            return Ok(after);
        }
        let Some(index) = self.bound.iter().position(|(bound, _)| *bound == name) else {
            return Err(Error::invalid(format!("the query variable `:{name}` has no value: bind it")));
        };
        used[index] = true;
        let literal = self.bound[index].1.as_ref().map_err(Clone::clone)?;
        rendered.push_str(literal.as_str());
        Ok(remainder)
    }
}

/// Copies the quoted literal that `rest` begins with and returns what follows it.
pub(crate) fn copy_literal<'a>(rest: &'a str, rendered: &mut String) -> Result<&'a str> {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'\'' => {
                rendered.push_str(&rest[..=at]);
                return Ok(&rest[at + 1..]);
            }
            _ => {}
        }
    }
    Err(Error::invalid("the query's text has a quote that is not closed"))
}

impl fmt::Debug for Soql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.bound.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Soql").field("text", &self.text).field("bound", &names).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn variables_take_their_values_wherever_they_stand() {
        let soql = Soql::new("SELECT Id FROM Case WHERE (A = :a OR B IN :b) AND C = :a LIMIT :n")
            .bind("a", "x")
            .bind("b", ["y", "z"])
            .bind("n", 5);

        assert_eq!(
            soql.render().unwrap(),
            "SELECT Id FROM Case WHERE (A = 'x' OR B IN ('y','z')) AND C = 'x' LIMIT 5"
        );
    }

    #[test]
    fn a_colon_inside_quotes_or_before_a_number_is_no_variable() {
        let text =
            r"SELECT Id FROM Case WHERE A = 'it\'s :not' AND D = LAST_N_DAYS:30 AND T > 2026-01-01T00:00:00Z";
        assert_eq!(Soql::new(text).render().unwrap(), text);
    }

    #[test]
    fn a_value_that_looks_like_a_variable_stays_a_value() {
        let soql = Soql::new("SELECT Id FROM Case WHERE A = :a AND B = :b").bind("a", "':b").bind("b", "x");
        assert_eq!(soql.render().unwrap(), r"SELECT Id FROM Case WHERE A = '\':b' AND B = 'x'");
    }

    #[test]
    fn an_unbound_an_unused_and_a_doubled_variable_are_refused() {
        let text = "SELECT Id FROM Case WHERE A = :a";
        for soql in [
            Soql::new(text),
            Soql::new(text).bind("a", 1).bind("b", 2),
            Soql::new(text).bind("a", 1).bind("a", 2),
            Soql::new(text).bind("a", f64::NAN),
            Soql::new("SELECT Id FROM Case WHERE A IN :a").bind("a", Vec::<String>::new()),
            Soql::new("SELECT Id FROM Case WHERE A = 'open"),
        ] {
            assert_eq!(soql.render().map_err(|e| e.kind()), Err(ErrorKind::InvalidRequest));
        }
    }

    #[test]
    fn debug_shows_the_text_and_not_the_values() {
        let soql = Soql::new("SELECT Id FROM Contact WHERE Phone = :p").bind("p", "+14155550142");
        assert!(!format!("{soql:?}").contains("4155550142"));
    }
}
