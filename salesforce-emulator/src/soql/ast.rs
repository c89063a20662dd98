//! The tree of a query, before anything is known of the schema.

use super::{date_function::DateFunction, text::Letter};

/// A whole query.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Query {
    pub(super) select: Select,
    pub(super) object: Path,
    pub(super) alias: Option<String>,
    /// The name after `USING SCOPE`.
    pub(super) filter_scope: Option<Path>,
    pub(super) filter: Option<Condition>,
    pub(super) group: Vec<Expression>,
    pub(super) having: Option<Condition>,
    pub(super) order: Vec<Ordering>,
    pub(super) limit: Option<usize>,
    pub(super) offset: usize,
    /// Whether the records found are to be locked: `FOR UPDATE`.
    pub(super) locks: bool,
}

impl Query {
    /// A query for the ids of all records of an object, to be narrowed.
    pub(super) fn all_of(object: Path) -> Self {
        let select = Select::Items(Vec::new());
        Self {
            select,
            object,
            alias: None,
            filter_scope: None,
            filter: None,
            group: Vec::new(),
            having: None,
            order: Vec::new(),
            limit: None,
            offset: 0,
            locks: false,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Select {
    /// `COUNT()`
    Count,
    Items(Vec<Item>),
}

/// One thing to give of a record or of a group.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    Value {
        expression: Expression,
        alias: Option<String>,
    },
    /// `FIELDS(ALL)`, and where it stands
    Fields(FieldSet, usize),
    /// `(SELECT ... FROM Contacts)`
    Children(Box<Query>),
    TypeOf(TypeOf),
}

/// `TYPEOF Owner WHEN User THEN Email ELSE Name END`
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TypeOf {
    pub(super) relationship: Path,
    /// The fields to give of each object.
    pub(super) cases: Vec<(Path, Vec<Path>)>,
    /// The fields to give of any other.
    pub(super) otherwise: Vec<Path>,
}

impl Item {
    pub(super) fn plain(expression: Expression) -> Self {
        Self::Value { expression, alias: None }
    }
}

/// What a value is read from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    Path(Path),
    /// `CALENDAR_YEAR(CreatedDate)`
    Dated(DateFunction, Path),
    /// `toLabel(Status)`
    Label(Path),
    /// `FORMAT(Amount)`
    Formatted(Box<Expression>),
    Aggregate(Call),
}

impl Expression {
    /// The words by which a message names it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Path(path) => path.shown(),
            Self::Dated(function, path) => format!("{}({})", function.name(), path.shown()),
            Self::Label(path) => format!("toLabel({})", path.shown()),
            Self::Formatted(inner) => format!("FORMAT({})", inner.shown()),
            Self::Aggregate(call) => {
                format!(
                    "{}({})",
                    call.function.name(),
                    call.path.as_ref().map(Path::shown).unwrap_or_default()
                )
            }
        }
    }

    /// Where it stands, as far as that is known.
    pub(super) fn at(&self) -> usize {
        match self {
            Self::Path(path) | Self::Dated(_, path) | Self::Label(path) => path.at,
            Self::Formatted(inner) => inner.at(),
            Self::Aggregate(call) => call.path.as_ref().map_or(0, |path| path.at),
        }
    }
}

/// Fields that are selected without being named.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum FieldSet {
    All,
    Standard,
    Custom,
}

/// An aggregate function and what it is applied to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) function: Function,
    pub(super) path: Option<Path>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Function {
    Count,
    CountDistinct,
    Sum,
    Avg,
    Min,
    Max,
}

impl Function {
    const ALL: [Self; 6] = [Self::Count, Self::CountDistinct, Self::Sum, Self::Avg, Self::Min, Self::Max];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.name().eq_ignore_ascii_case(name))
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Count => "COUNT",
            Self::CountDistinct => "COUNT_DISTINCT",
            Self::Sum => "SUM",
            Self::Avg => "AVG",
            Self::Min => "MIN",
            Self::Max => "MAX",
        }
    }
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

/// A condition on a record or on a group.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Test { subject: Expression, check: Check },
}

/// What a value must be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Check {
    Compare(Operator, Literal),
    Like(Vec<Letter>),
    Among {
        negated: bool,
        literals: Vec<Literal>,
    },
    /// `IN (SELECT ...)`
    Within {
        negated: bool,
        query: Box<Query>,
    },
    /// `INCLUDES ('A;B', 'C')`: all of one of these sets
    Includes {
        negated: bool,
        sets: Vec<String>,
    },
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
    pub(super) by: Expression,
    pub(super) descending: bool,
    pub(super) nulls_last: bool,
}
