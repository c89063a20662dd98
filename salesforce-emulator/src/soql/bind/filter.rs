//! Conditions bound to the schema: one form for those on records and those on groups.

use serde_json::Value;

use crate::{
    engine::Engine,
    error::{ApiError, Code},
    schema::{Kind, fold},
    soql::{
        ast::{self, Condition, Expression, Operator},
        operand::Operand,
        pattern,
        text::Letter,
    },
};

/// A condition on something whose values are read through subjects of type `S`.
#[derive(Clone, Debug)]
pub(in crate::soql) enum Filter<S> {
    All(Vec<Filter<S>>),
    Any(Vec<Filter<S>>),
    Not(Box<Filter<S>>),
    Test { subject: S, kind: Kind, check: Check },
}

/// What a value must be.
#[derive(Clone, Debug)]
pub(in crate::soql) enum Check {
    Compare(Operator, Operand),
    Like(Vec<Letter>),
    Among {
        negated: bool,
        operands: Vec<Operand>,
    },
    /// All values of one of these sets are selected.
    Includes {
        negated: bool,
        sets: Vec<Vec<String>>,
    },
}

impl<S> Filter<S> {
    /// Binds a condition whose tests are bound by `test`.
    pub(super) fn bind(
        condition: &Condition,
        test: &impl Fn(&Expression, &ast::Check) -> Result<(S, Kind, Check), ApiError>,
    ) -> Result<Self, ApiError> {
        let each = |parts: &[Condition]| -> Result<Vec<Self>, ApiError> {
            parts.iter().map(|part| Self::bind(part, test)).collect()
        };
        Ok(match condition {
            Condition::All(parts) => Self::All(each(parts)?),
            Condition::Any(parts) => Self::Any(each(parts)?),
            Condition::Not(part) => Self::Not(Box::new(Self::bind(part, test)?)),
            Condition::Test { subject, check } => {
                let (subject, kind, check) = test(subject, check)?;
                Self::Test { subject, kind, check }
            }
        })
    }

    /// Whether it holds; `value` reads what a subject stands for.
    pub(in crate::soql) fn holds(&self, value: &impl Fn(&S) -> Value) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(value)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(value)),
            Self::Not(part) => !part.holds(value),
            Self::Test { subject, kind, check } => check.holds(*kind, &value(subject)),
        }
    }

    /// Shows every subject.
    pub(in crate::soql) fn each_subject(&self, show: &mut impl FnMut(&S)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each_subject(show)),
            Self::Not(part) => part.each_subject(show),
            Self::Test { subject, .. } => show(subject),
        }
    }
}

impl Check {
    /// Binds a check of values of this kind; `name` is their name in messages.
    pub(super) fn bind(
        engine: &Engine,
        kind: Kind,
        name: &str,
        check: &ast::Check,
    ) -> Result<Self, ApiError> {
        match check {
            ast::Check::Compare(operator, literal) => {
                let ordered = !matches!(operator, Operator::Equal | Operator::NotEqual);
                if ordered && (kind.is_id() || matches!(kind, Kind::Boolean | Kind::MultiPicklist)) {
                    return Err(bad_operator(kind));
                }
                Ok(Self::Compare(*operator, Operand::fit(engine, kind, name, literal)?))
            }
            ast::Check::Like(letters) if kind.is_text() && kind != Kind::MultiPicklist => {
                Ok(Self::Like(letters.clone()))
            }
            ast::Check::Among { negated, literals } if kind != Kind::MultiPicklist => {
                let operands = literals.iter().map(|literal| Operand::fit(engine, kind, name, literal));
                Ok(Self::Among { negated: *negated, operands: operands.collect::<Result<_, _>>()? })
            }
            ast::Check::Includes { negated, sets } if kind == Kind::MultiPicklist => {
                let sets = sets.iter().map(|set| set.split(';').map(fold).collect()).collect();
                Ok(Self::Includes { negated: *negated, sets })
            }
            ast::Check::Within { .. } => {
                Err(ApiError::new(Code::MalformedQuery, "A semi join stands after WHERE, on an id"))
            }
            _ => Err(bad_operator(kind)),
        }
    }

    fn holds(&self, kind: Kind, value: &Value) -> bool {
        match self {
            Self::Compare(operator, wanted) => Operand::of(kind, value).compares(*operator, wanted),
            Self::Like(letters) => value.as_str().is_some_and(|text| pattern::matches(letters, text)),
            Self::Among { negated, operands } => {
                let value = Operand::of(kind, value);
                operands.iter().any(|wanted| value.compares(Operator::Equal, wanted)) != *negated
            }
            Self::Includes { negated, sets } => {
                let selected: Vec<String> = value.as_str().unwrap_or_default().split(';').map(fold).collect();
                sets.iter().any(|set| set.iter().all(|wanted| selected.contains(wanted))) != *negated
            }
        }
    }
}

fn bad_operator(kind: Kind) -> ApiError {
    let name = if kind.is_id() { "id" } else { kind.name() };
    ApiError::new(Code::InvalidQueryFilter, format!("invalid operator on {name} field"))
}
