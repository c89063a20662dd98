//! Patterns for LIKE whose wildcards are ours and whose text is only text.

use std::fmt;

use super::literal::{SoqlLiteral, SoqlValue, push_escaped};
use crate::error::Result;

/// A pattern for the LIKE operator.
///
/// `%` and `_` of the text match themselves.
#[derive(Clone, Eq, PartialEq)]
pub struct LikePattern(String);

impl LikePattern {
    /// Matches values that contain the text.
    pub fn contains(text: &str) -> Self {
        Self(format!("%{}%", escaped(text)))
    }

    /// Matches values that begin with the text.
    pub fn starts_with(text: &str) -> Self {
        Self(format!("{}%", escaped(text)))
    }

    /// Matches values that end with the text.
    pub fn ends_with(text: &str) -> Self {
        Self(format!("%{}", escaped(text)))
    }
}

fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_') {
            pattern.push('\\');
        }
        push_escaped(character, &mut pattern);
    }
    pattern
}

impl SoqlValue for LikePattern {
    fn to_literal(&self) -> Result<SoqlLiteral> {
        Ok(SoqlLiteral::quoted(&self.0))
    }
}

impl fmt::Debug for LikePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LikePattern(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_of_the_text_match_themselves() {
        let pattern = LikePattern::contains(r"100%_'\");
        assert_eq!(pattern.to_literal().unwrap().as_str(), r"'%100\%\_\'\\%'");
    }
}
