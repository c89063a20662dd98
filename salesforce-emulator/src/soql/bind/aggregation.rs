//! `GROUP BY` and the aggregate functions, bound to the schema.

use super::{Access, Scope, cannot};
use crate::{
    error::{ApiError, Code},
    schema::{Kind, Trait},
    soql::ast::{Call, Function, GroupCondition, Item, Operator, OrderBy, Path, Query, Select},
    soql::operand::Operand,
    soql::syntax::pointed,
};

/// How the rows found become groups, and what is said of each.
#[derive(Clone, Debug)]
pub(crate) struct Aggregation {
    pub(in crate::soql) groups: Vec<Access>,
    pub(in crate::soql) columns: Vec<(String, Cell)>,
    pub(in crate::soql) order: Vec<GroupKey>,
    pub(in crate::soql) having: Option<GroupFilter>,
}

/// A condition of `HAVING`.
#[derive(Clone, Debug)]
pub(in crate::soql) enum GroupFilter {
    All(Vec<GroupFilter>),
    Any(Vec<GroupFilter>),
    Not(Box<GroupFilter>),
    Compare(Cell, Kind, Operator, Operand),
}

/// One value of a group.
#[derive(Clone, Debug)]
pub(in crate::soql) enum Cell {
    /// The value by which the rows were grouped, by its place.
    Group(usize),
    Call(Function, Option<Access>),
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
        let calls = items.iter().any(|item| matches!(item, Item::Call { .. }));
        if !calls && query.group.is_empty() {
            return Ok(None);
        }
        let groups = query.group.iter().map(|path| scope.access(path)).collect::<Result<Vec<_>, _>>()?;
        if let Some((path, _)) = query.group.iter().zip(&groups).find(|(_, access)| !access.is_groupable()) {
            return Err(cannot(scope, path, "grouped"));
        }
        let mut unnamed = 0;
        let mut columns = Vec::with_capacity(items.len());
        for item in items {
            columns.push(match item {
                Item::Field { path, alias } => {
                    let at = group_of(scope, query, path)?;
                    let last = path.names.last().cloned().unwrap_or_default();
                    (alias.clone().unwrap_or(last), Cell::Group(at))
                }
                Item::Call { call, alias } => {
                    let name = alias.clone().unwrap_or_else(|| {
                        unnamed += 1;
                        format!("expr{}", unnamed - 1)
                    });
                    (name, bind_call(scope, call)?)
                }
                Item::Children(_) | Item::Fields(..) => {
                    let message = "A grouped query selects groups and aggregate functions only";
                    return Err(ApiError::new(Code::MalformedQuery, message));
                }
            });
        }
        let order = query.order.iter().map(|key| {
            let (cell, kind) = bind_cell(scope, query, &groups, &key.by)?;
            Ok(GroupKey { cell, kind, descending: key.descending, nulls_last: key.nulls_last })
        });
        let order = order.collect::<Result<_, ApiError>>()?;
        let having =
            query.having.as_ref().map(|having| bind_having(scope, query, &groups, having)).transpose()?;
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
}

/// A value of a group, and of what kind it is.
fn bind_cell(
    scope: &Scope<'_>,
    query: &Query,
    groups: &[Access],
    by: &OrderBy,
) -> Result<(Cell, Kind), ApiError> {
    match by {
        OrderBy::Path(path) => {
            let at = group_of(scope, query, path)?;
            Ok((Cell::Group(at), groups[at].kind))
        }
        OrderBy::Call(call) => {
            let bound = bind_call(scope, call)?;
            let kind = bound.kind();
            Ok((bound, kind))
        }
    }
}

fn bind_having(
    scope: &Scope<'_>,
    query: &Query,
    groups: &[Access],
    condition: &GroupCondition,
) -> Result<GroupFilter, ApiError> {
    let each = |parts: &[GroupCondition]| -> Result<Vec<GroupFilter>, ApiError> {
        parts.iter().map(|part| bind_having(scope, query, groups, part)).collect()
    };
    Ok(match condition {
        GroupCondition::All(parts) => GroupFilter::All(each(parts)?),
        GroupCondition::Any(parts) => GroupFilter::Any(each(parts)?),
        GroupCondition::Not(part) => GroupFilter::Not(Box::new(bind_having(scope, query, groups, part)?)),
        GroupCondition::Compare { by, operator, literal } => {
            let (cell, kind) = bind_cell(scope, query, groups, by)?;
            let name = match by {
                OrderBy::Path(path) => path.shown(),
                OrderBy::Call(asked) => asked.function.name().to_owned(),
            };
            let operand = Operand::fit(scope.engine, kind, &name, literal)?;
            GroupFilter::Compare(cell, kind, *operator, operand)
        }
    })
}

fn group_of(scope: &Scope<'_>, query: &Query, path: &Path) -> Result<usize, ApiError> {
    let same = |group: &Path| {
        let (group, path) = (scope.own_names(group), scope.own_names(path));
        group.len() == path.len() && group.iter().zip(path).all(|(a, b)| a.eq_ignore_ascii_case(b))
    };
    query.group.iter().position(same).ok_or_else(|| {
        let message = format!("Field must be grouped or aggregated: {}", path.shown());
        ApiError::new(Code::MalformedQuery, pointed(scope.text, path.at, &message))
    })
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
