//! `GROUP BY` and the aggregate functions, bound to the schema.

use super::{Access, Check, Filter, Scope, cannot};
use crate::{
    error::{ApiError, Code},
    schema::{Kind, Trait},
    soql::{
        ast::{Call, Expression, Function, Item, Query, Select},
        formatted,
        syntax::pointed,
    },
};

/// How the rows found become groups, and what is said of each.
#[derive(Clone, Debug)]
pub(crate) struct Aggregation {
    pub(in crate::soql) groups: Vec<Access>,
    pub(in crate::soql) columns: Vec<(String, Cell)>,
    pub(in crate::soql) order: Vec<GroupKey>,
    pub(in crate::soql) having: Option<Filter<Cell>>,
}

/// One value of a group.
#[derive(Clone, Debug)]
pub(in crate::soql) enum Cell {
    /// The value by which the rows were grouped, by its place.
    Group(usize),
    Call(Function, Option<Access>),
    /// A value as a person reads it: its kind, and the digits after the point of a number.
    Formatted(Box<Cell>, Kind, u32),
}

/// One expression of `ORDER BY`.
#[derive(Clone, Debug)]
pub(in crate::soql) struct GroupKey {
    pub(in crate::soql) cell: Cell,
    pub(in crate::soql) kind: Kind,
    pub(in crate::soql) descending: bool,
    pub(in crate::soql) nulls_last: bool,
}

impl Aggregation {
    /// Binds the groups of a query; `None` if it has no groups and calls no function.
    pub(super) fn bind(scope: &Scope<'_>, query: &Query) -> Result<Option<Self>, ApiError> {
        let Select::Items(items) = &query.select else { return Ok(None) };
        let calls = items.iter().any(|item| match item {
            Item::Value { expression: Expression::Aggregate(_), .. } => true,
            Item::Value { expression: Expression::Formatted(inner), .. } => {
                matches!(**inner, Expression::Aggregate(_))
            }
            _ => false,
        });
        if !calls && query.group.is_empty() {
            return Ok(None);
        }
        let groups = query.group.iter().map(|group| scope.value(group)).collect::<Result<Vec<_>, _>>()?;
        if let Some((group, _)) = query.group.iter().zip(&groups).find(|(_, access)| !access.is_groupable()) {
            return Err(cannot(scope, group, "grouped"));
        }
        let mut unnamed = 0;
        let mut columns = Vec::with_capacity(items.len());
        for item in items {
            let Item::Value { expression, alias } = item else {
                let message = "A grouped query selects groups and aggregate functions only";
                return Err(ApiError::new(Code::MalformedQuery, message));
            };
            let own = match expression {
                Expression::Path(path) | Expression::Label(path) => path.names.last().cloned(),
                _ => None,
            };
            let name = alias.clone().or(own).unwrap_or_else(|| {
                unnamed += 1;
                format!("expr{}", unnamed - 1)
            });
            columns.push((name, bind_cell(scope, query, &groups, expression)?.0));
        }
        let order = query.order.iter().map(|key| {
            let (cell, kind) = bind_cell(scope, query, &groups, &key.by)?;
            Ok(GroupKey { cell, kind, descending: key.descending, nulls_last: key.nulls_last })
        });
        let order = order.collect::<Result<_, ApiError>>()?;
        let having = query.having.as_ref().map(|having| {
            Filter::bind(having, &|subject, check| {
                let (cell, kind) = bind_cell(scope, query, &groups, subject)?;
                let check = Check::bind(scope.engine, kind, &subject.shown(), check)?;
                Ok((cell, kind, check))
            })
        });
        let having = having.transpose()?;
        Ok(Some(Self { groups, columns, order, having }))
    }
}

impl Cell {
    fn kind(&self) -> Kind {
        match self {
            Self::Call(Function::Min | Function::Max, Some(access)) => access.kind,
            _ => Kind::Double,
        }
    }

    /// How many digits a number has after its point.
    fn scale(&self, groups: &[Access]) -> u32 {
        match self {
            Self::Group(at) => groups[*at].scale(),
            Self::Call(Function::Count | Function::CountDistinct, _) | Self::Call(_, None) => 0,
            Self::Call(_, Some(access)) => access.scale(),
            Self::Formatted(_, _, scale) => *scale,
        }
    }
}

/// A value of a group, and of what kind it is.
fn bind_cell(
    scope: &Scope<'_>,
    query: &Query,
    groups: &[Access],
    expression: &Expression,
) -> Result<(Cell, Kind), ApiError> {
    match expression {
        Expression::Aggregate(call) => {
            let bound = bind_call(scope, call)?;
            let kind = bound.kind();
            Ok((bound, kind))
        }
        Expression::Formatted(inner) => {
            let (cell, kind) = bind_cell(scope, query, groups, inner)?;
            if !formatted::is_formattable(kind) {
                return Err(not_formattable(scope, inner));
            }
            let scale = cell.scale(groups);
            Ok((Cell::Formatted(Box::new(cell), kind, scale), Kind::Text))
        }
        Expression::Path(_) | Expression::Dated(..) | Expression::Label(_) => {
            let at = group_of(scope, query, expression)?;
            Ok((Cell::Group(at), groups[at].kind))
        }
    }
}

pub(super) fn not_formattable(scope: &Scope<'_>, inner: &Expression) -> ApiError {
    let message = format!("{} does not support the function FORMAT", inner.shown());
    ApiError::new(Code::MalformedQuery, pointed(scope.text, inner.at(), &message))
}

fn group_of(scope: &Scope<'_>, query: &Query, expression: &Expression) -> Result<usize, ApiError> {
    query.group.iter().position(|group| is_same(scope, group, expression)).ok_or_else(|| {
        let message = format!("Field must be grouped or aggregated: {}", expression.shown());
        ApiError::new(Code::MalformedQuery, pointed(scope.text, expression.at(), &message))
    })
}

/// Whether two expressions read the same; a label is grouped by its value.
fn is_same(scope: &Scope<'_>, group: &Expression, other: &Expression) -> bool {
    let (group, other) = match (group, other) {
        (Expression::Dated(a, group), Expression::Dated(b, other)) if a == b => (group, other),
        (
            Expression::Path(group) | Expression::Label(group),
            Expression::Path(other) | Expression::Label(other),
        ) => (group, other),
        _ => return false,
    };
    let (group, other) = (scope.own_names(group), scope.own_names(other));
    group.len() == other.len() && group.iter().zip(other).all(|(a, b)| a.eq_ignore_ascii_case(b))
}

fn bind_call(scope: &Scope<'_>, call: &Call) -> Result<Cell, ApiError> {
    let Some(path) = &call.path else { return Ok(Cell::Call(call.function, None)) };
    let access = scope.access(path)?;
    let needs_number = matches!(call.function, Function::Sum | Function::Avg);
    if !access.allows(Trait::Filter) || (needs_number && !access.kind.is_number()) {
        let message =
            format!("field {} does not support aggregate operator {}", path.shown(), call.function.name());
        return Err(ApiError::new(Code::MalformedQuery, pointed(scope.text, path.at, &message)));
    }
    Ok(Cell::Call(call.function, Some(access)))
}
