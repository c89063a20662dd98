//! Conditions over several fields at once, which SOQL has no operator for.

use std::fmt;

use super::literal::{SoqlLiteral, SoqlValue};
use crate::error::{Error, Result};
use crate::name;

/// A condition that holds when any of several fields does, to be bound like a value.
///
/// ```
/// use salesforce_client::{AnyField, Soql};
///
/// let named = AnyField::among(["FirstName", "LastName"], ["Ada", "O'Hara"]);
/// let soql = Soql::new("SELECT Id FROM Contact WHERE :named LIMIT 10").bind("named", named);
/// assert_eq!(
///     soql.render()?,
///     r"SELECT Id FROM Contact WHERE (FirstName IN ('Ada','O\'Hara') OR LastName IN ('Ada','O\'Hara')) LIMIT 10"
/// );
/// # Ok::<(), salesforce_client::Error>(())
/// ```
#[derive(Clone)]
pub struct AnyField {
    fields: Vec<&'static str>,
    values: Vec<String>,
    is_pattern: bool,
}

impl AnyField {
    /// One of the fields is one of the values.
    pub fn among(
        fields: impl IntoIterator<Item = &'static str>,
        values: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        Self { fields: fields.into_iter().collect(), values, is_pattern: false }
    }

    /// One of the fields is like one of the patterns, in which `%` and `_` are wildcards.
    pub fn like(
        fields: impl IntoIterator<Item = &'static str>,
        patterns: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self { is_pattern: true, ..Self::among(fields, patterns) }
    }
}

impl SoqlValue for AnyField {
    /// The condition, in brackets.
    fn to_literal(&self) -> Result<SoqlLiteral> {
        if self.fields.is_empty() {
            return Err(Error::invalid("a condition over several fields names none"));
        }
        let among = self.values.to_literal()?;
        let patterns: Vec<_> = self.values.iter().map(|pattern| SoqlLiteral::text(pattern)).collect();
        let mut terms = Vec::new();
        for field in name::fields(&self.fields)?.split(',') {
            if self.is_pattern {
                terms.extend(patterns.iter().map(|pattern| format!("{field} LIKE {}", pattern.as_str())));
            } else {
                terms.push(format!("{field} IN {}", among.as_str()));
            }
        }
        Ok(SoqlLiteral::condition(&terms.join(" OR ")))
    }
}

impl fmt::Debug for AnyField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyField").field("fields", &self.fields).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_keep_their_wildcards_and_no_quote_of_a_value_gets_out() {
        let condition = AnyField::like(["Phone", "Account.Phone"], [r"+%1%", r"' OR Id != '"]);
        assert_eq!(
            condition.to_literal().unwrap().as_str(),
            r"(Phone LIKE '+%1%' OR Phone LIKE '\' OR Id != \'' OR Account.Phone LIKE '+%1%' OR Account.Phone LIKE '\' OR Id != \'')"
        );
    }

    #[test]
    fn a_condition_over_nothing_is_refused() {
        assert!(AnyField::like([], ["x"]).to_literal().is_err());
        assert!(AnyField::like(["Phone"], Vec::<String>::new()).to_literal().is_err());
        assert!(AnyField::among(["Phone = '' OR Name"], ["x"]).to_literal().is_err());
    }
}
