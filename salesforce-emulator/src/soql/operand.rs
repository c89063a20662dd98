//! A literal fitted to the field it is compared with.

use std::cmp::Ordering;

use serde_json::Value;

use super::{ast::Literal, ast::Operator, date_range};
use crate::{
    engine::Engine,
    error::{ApiError, Code},
    id::RecordId,
    schema::{Kind, fold},
};

/// A value in the form in which values of its field compare.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    Null,
    Boolean(bool),
    Number(f64),
    /// Folded text, a full id, or a date or instant in its stored form.
    Text(String),
    /// The first value inside and the first value after.
    Range(String, String),
}

impl Operand {
    /// Fits a literal to a field of this kind, or answers as the org does when it does not fit.
    pub(super) fn fit(engine: &Engine, kind: Kind, field: &str, literal: &Literal) -> Result<Self, ApiError> {
        match (kind, literal) {
            (Kind::Boolean, Literal::Boolean(value)) => Ok(Self::Boolean(*value)),
            (Kind::Boolean, _) => Err(mismatch(kind, field)),
            (_, Literal::Null) => Ok(Self::Null),
            (_, Literal::Text(text)) if text.is_empty() && (kind.is_text() || kind.is_id()) => Ok(Self::Null),
            (_, Literal::Text(text)) if kind.is_text() => Ok(Self::Text(fold(text))),
            (_, Literal::Text(text)) if kind.is_id() => match RecordId::parse(text) {
                Some(id) => Ok(Self::Text(id.to_string())),
                None => Err(ApiError::new(Code::InvalidQueryFilter, format!("invalid ID field: {text}"))),
            },
            (_, Literal::Number(number)) if kind.is_number() => Ok(Self::Number(*number)),
            (Kind::Date, Literal::Date(text)) | (Kind::DateTime, Literal::DateTime(text)) => {
                Ok(Self::Text(text.clone()))
            }
            (Kind::Date | Kind::DateTime, Literal::Range(name, count)) => {
                let (first, after) = date_range::days(name, *count, engine.now()).ok_or_else(|| {
                    ApiError::new(Code::MalformedQuery, format!("{name} reaches beyond the calendar"))
                })?;
                let tail = if kind == Kind::DateTime { "T00:00:00.000+0000" } else { "" };
                Ok(Self::Range(format!("{first}{tail}"), format!("{after}{tail}")))
            }
            _ => Err(mismatch(kind, field)),
        }
    }

    /// A record's value in comparable form.
    pub(super) fn of(kind: Kind, value: &Value) -> Self {
        match value {
            Value::Bool(value) => Self::Boolean(*value),
            Value::Number(number) => number.as_f64().map_or(Self::Null, Self::Number),
            Value::String(text) if kind.is_text() => Self::Text(fold(text)),
            Value::String(text) => Self::Text(text.clone()),
            _ => Self::Null,
        }
    }

    /// Whether `self operator wanted` holds. A null is unequal to every value and in no order with any.
    pub(super) fn compares(&self, operator: Operator, wanted: &Self) -> bool {
        if let Self::Range(first, after) = wanted {
            return self.within(operator, first, after);
        }
        match operator {
            Operator::Equal => self == wanted,
            Operator::NotEqual => self != wanted,
            Operator::Less => self.order(wanted) == Some(Ordering::Less),
            Operator::LessOrEqual => matches!(self.order(wanted), Some(Ordering::Less | Ordering::Equal)),
            Operator::Greater => self.order(wanted) == Some(Ordering::Greater),
            Operator::GreaterOrEqual => {
                matches!(self.order(wanted), Some(Ordering::Greater | Ordering::Equal))
            }
        }
    }

    fn within(&self, operator: Operator, first: &str, after: &str) -> bool {
        let Self::Text(text) = self else { return operator == Operator::NotEqual };
        let (text, inside) = (text.as_str(), (first..after).contains(&text.as_str()));
        match operator {
            Operator::Equal => inside,
            Operator::NotEqual => !inside,
            Operator::Less => text < first,
            Operator::LessOrEqual => text < after,
            Operator::Greater => text >= after,
            Operator::GreaterOrEqual => text >= first,
        }
    }

    /// The order of two values; nothing is in order with a null.
    pub(super) fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Boolean(a), Self::Boolean(b)) => Some(a.cmp(b)),
            (Self::Number(a), Self::Number(b)) => a.partial_cmp(b),
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

fn mismatch(kind: Kind, field: &str) -> ApiError {
    let (name, quotes) = match kind {
        Kind::DateTime => ("dateTime", "should not be"),
        Kind::Date | Kind::Boolean | Kind::Int | Kind::Double | Kind::Currency => {
            (kind.name(), "should not be")
        }
        Kind::Id | Kind::Reference => ("ID", "should be"),
        _ => ("string", "should be"),
    };
    ApiError::new(
        Code::InvalidField,
        format!(
            "value of filter criterion for field '{field}' must be of type {name} and {quotes} enclosed in quotes"
        ),
    )
}
