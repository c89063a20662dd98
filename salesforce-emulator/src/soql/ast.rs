//! The tree of a query, before anything is known of the schema.

use super::text::Letter;

/// A whole query.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Query {
    pub(super) select: Select,
    pub(super) object: Path,
    pub(super) alias: Option<String>,
    pub(super) filter: Option<Condition>,
    pub(super) group: Vec<Path>,
    pub(super) having: Option<GroupCondition>,
    pub(super) order: Vec<Ordering>,
    pub(super) limit: Option<usize>,
    pub(super) offset: usize,
}

impl Query {
    /// A query for the ids of all records of an object, to be narrowed.
    pub(super) fn all_of(object: Path) -> Self {
        let select = Select::Items(Vec::new());
        Self {
            select,
            object,
            alias: None,
            filter: None,
            group: Vec::new(),
            having: None,
            order: Vec::new(),
            limit: None,
            offset: 0,
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
    Field {
        path: Path,
        alias: Option<String>,
    },
    Call {
        call: Call,
        alias: Option<String>,
    },
    /// `FIELDS(ALL)`, and where it stands
    Fields(FieldSet, usize),
    /// `(SELECT ... FROM Contacts)`
    Children(Box<Query>),
}

impl Item {
    pub(super) fn field(path: Path) -> Self {
        Self::Field { path, alias: None }
    }
}

/// Fields that are selected without being named.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum FieldSet {
    All,
    Standard,
    Custom,
}

/// A condition on a group.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum GroupCondition {
    All(Vec<GroupCondition>),
    Any(Vec<GroupCondition>),
    Not(Box<GroupCondition>),
    Compare { by: OrderBy, operator: Operator, literal: Literal },
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

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Compare {
        path: Path,
        operator: Operator,
        literal: Literal,
    },
    Like {
        path: Path,
        pattern: Vec<Letter>,
    },
    Among {
        path: Path,
        negated: bool,
        literals: Vec<Literal>,
    },
    /// `IN (SELECT ...)`
    Within {
        path: Path,
        negated: bool,
        query: Box<Query>,
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
pub(super) enum OrderBy {
    Path(Path),
    Call(Call),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ordering {
    pub(super) by: OrderBy,
    pub(super) descending: bool,
    pub(super) nulls_last: bool,
}
