//! The tree of a query, before anything is known of the schema.

use super::text::Letter;

/// A whole query.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Query {
    pub(super) select: Select,
    pub(super) object: Path,
    pub(super) alias: Option<String>,
    pub(super) filter: Option<Condition>,
    pub(super) order: Vec<Ordering>,
    pub(super) limit: Option<usize>,
    pub(super) offset: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Select {
    /// `COUNT()`
    Count,
    Fields(Vec<Path>),
}

/// Names joined by dots, and where they stand.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Path {
    pub(super) names: Vec<String>,
    pub(super) at: usize,
}

impl Path {
    pub(super) fn shown(&self) -> String {
        self.names.join(".")
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Compare { path: Path, operator: Operator, literal: Literal },
    Like { path: Path, pattern: Vec<Letter> },
    Among { path: Path, negated: bool, literals: Vec<Literal> },
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    Null,
    Boolean(bool),
    Number(f64),
    Text(String),
    /// `2026-11-20`
    Date(String),
    /// `2026-11-20T09:30:00Z`, in the form the org stores
    DateTime(String),
    /// `TODAY`, `LAST_N_DAYS:30`
    Range(String, Option<u32>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ordering {
    pub(super) path: Path,
    pub(super) descending: bool,
    pub(super) nulls_last: bool,
}
