//! The tree bound to the schema: every name becomes a column, every literal fits its field.

use std::sync::Arc;

use super::{
    ast::{self, Condition, Expression, Item, Operator, Ordering, Query, Select},
    evaluate::run,
    operand::Operand,
    syntax::pointed,
};
use crate::{
    engine::Engine,
    error::{ApiError, Code},
    schema::Trait,
    search::Search,
};

mod access;
mod aggregation;
mod filter;
mod projection;

use self::access::Scope;
pub(super) use self::{
    access::{Access, Leaf},
    aggregation::Cell,
    filter::{Check, Filter},
};
pub(crate) use self::{
    aggregation::Aggregation,
    projection::{Children, Projection},
};

/// A query ready to run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) object: usize,
    /// What to give of each record; nothing for `COUNT()` and for groups.
    pub(crate) projection: Option<Projection>,
    pub(crate) aggregation: Option<Aggregation>,
    pub(super) filter: Option<Filter<Access>>,
    /// What the records must have in their indexed text.
    pub(super) search: Option<Arc<Search>>,
    pub(super) order: Vec<Key>,
    pub(super) limit: Option<usize>,
    pub(super) offset: usize,
    /// Whether the records found are locked.
    pub(crate) locks: bool,
    /// Whether deleted records are found too.
    pub(crate) all: bool,
}

impl Plan {
    /// The ids of all records of an object.
    pub(super) fn of_ids(object: usize) -> Self {
        let projection = Some(Projection::of_id());
        Self {
            object,
            projection,
            aggregation: None,
            filter: None,
            search: None,
            order: Vec::new(),
            limit: None,
            offset: 0,
            locks: false,
            all: false,
        }
    }
}

/// One expression of `ORDER BY`.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) access: Access,
    pub(super) descending: bool,
    pub(super) nulls_last: bool,
}

/// Binds a parsed query; `text` is the query itself, for messages.
pub(super) fn bind(engine: &Engine, query: &Query, text: &str) -> Result<Plan, ApiError> {
    let named = query.object.shown();
    let object = engine.schema.seen(&named).ok_or_else(|| {
        let message = format!(
            "sObject type '{named}' is not supported. If you are attempting to use a custom object, be sure to \
             append the '__c' after the entity name. Please reference your WSDL or the describe call for the \
             appropriate names."
        );
        ApiError::new(Code::InvalidType, pointed(text, query.object.at, &message))
    })?;
    if query.offset > MAX_OFFSET {
        let message = format!("Maximum SOQL offset allowed is {MAX_OFFSET}");
        return Err(ApiError::new(Code::NumberOutsideRange, message));
    }
    bind_on(engine, object, query, text)
}

/// Binds a query whose object is known.
fn bind_on(engine: &Engine, object: usize, query: &Query, text: &str) -> Result<Plan, ApiError> {
    let scope = Scope { engine, object, alias: query.alias.as_deref(), text };
    let aggregation = Aggregation::bind(&scope, query)?;
    let projection = match &query.select {
        Select::Items(items) if aggregation.is_none() => Some(Projection::bind(&scope, items, query.limit)?),
        _ => None,
    };
    if query.locks && (!query.order.is_empty() || projection.is_none()) {
        let message = "FOR UPDATE takes records, in no order";
        return Err(ApiError::new(Code::MalformedQuery, message));
    }
    let filter = query.filter.as_ref().map(|condition| bind_filter(&scope, condition)).transpose()?;
    check_links(engine, object, filter.as_ref())?;
    let narrowed = query.filter_scope.as_ref().map(|name| scope.filter_scope(name)).transpose()?.flatten();
    let filter = match (narrowed, filter) {
        (Some(narrowed), Some(filter)) => Some(Filter::All(vec![narrowed, filter])),
        (narrowed, filter) => narrowed.or(filter),
    };
    let order = match aggregation {
        Some(_) => Vec::new(),
        None => query.order.iter().map(|key| bind_order(&scope, key)).collect::<Result<_, _>>()?,
    };
    Ok(Plan {
        object,
        projection,
        aggregation,
        filter,
        search: None,
        order,
        limit: query.limit,
        offset: query.offset,
        locks: query.locks,
        all: false,
    })
}

/// Binds a condition alone.
pub(super) fn condition(
    engine: &Engine,
    object: usize,
    condition: &Condition,
    text: &str,
) -> Result<Filter<Access>, ApiError> {
    bind_filter(&Scope { engine, object, alias: None, text }, condition)
}

fn bind_order(scope: &Scope<'_>, key: &Ordering) -> Result<Key, ApiError> {
    let Expression::Path(path) = &key.by else {
        let message = "Only a grouped query can be ordered by a function";
        return Err(ApiError::new(Code::MalformedQuery, message));
    };
    let access = scope.access(path)?;
    if !access.allows(Trait::Sort) {
        return Err(cannot(scope, &key.by, "sorted"));
    }
    Ok(Key { access, descending: key.descending, nulls_last: key.nulls_last })
}

fn bind_filter(scope: &Scope<'_>, condition: &Condition) -> Result<Filter<Access>, ApiError> {
    Filter::bind(condition, &|subject, check| {
        let access = filterable(scope, subject)?;
        let kind = access.kind;
        let check = match check {
            ast::Check::Within { negated, query } => {
                Check::Among { negated: *negated, operands: ids_of(scope, &access, query)? }
            }
            check => Check::bind(scope.engine, kind, &subject.shown(), check)?,
        };
        Ok((access, kind, check))
    })
}

/// The ids that a query inside a condition finds. It runs now, as its outer query does right after.
fn ids_of(scope: &Scope<'_>, outer: &Access, query: &Query) -> Result<Vec<Operand>, ApiError> {
    let inner = bind(scope.engine, query, scope.text)?;
    let bad = |message: &str| ApiError::new(Code::MalformedQuery, message);
    let Select::Items(items) = &query.select else { return Err(bad("A semi join selects one field")) };
    let [Item::Value { expression: Expression::Path(path), .. }] = items.as_slice() else {
        return Err(bad("A semi join selects one field"));
    };
    let own = Scope { object: inner.object, alias: query.alias.as_deref(), ..*scope };
    let access = own.access(path)?;
    if !outer.kind.is_id() || !access.kind.is_id() {
        return Err(bad("A semi join compares ids"));
    }
    let values = run(scope.engine, &inner).into_iter().filter_map(|serial| {
        let row = scope.engine.store.row(inner.object, serial)?;
        Some(Operand::of(access.kind, &access.read(scope.engine, inner.object, row)))
    });
    Ok(values.filter(|operand| *operand != Operand::Null).collect())
}

fn filterable(scope: &Scope<'_>, subject: &Expression) -> Result<Access, ApiError> {
    let access = scope.value(subject)?;
    if access.allows(Trait::Filter) { Ok(access) } else { Err(cannot(scope, subject, "filtered")) }
}

fn cannot(scope: &Scope<'_>, subject: &Expression, done: &str) -> ApiError {
    let message = format!("field '{}' can not be {done} in a query call", subject.shown());
    ApiError::new(Code::InvalidField, pointed(scope.text, subject.at(), &message))
}

/// Links of files can be read only by the file or by the record they hang on.
fn check_links(engine: &Engine, object: usize, filter: Option<&Filter<Access>>) -> Result<(), ApiError> {
    let known = engine.schema.object(object);
    if known.name != "ContentDocumentLink" {
        return Ok(());
    }
    let ends = [known.field("ContentDocumentId"), known.field("LinkedEntityId")];
    let narrows = |filter: &Filter<Access>| {
        let Filter::Test { subject, check, .. } = filter else { return false };
        let few = matches!(
            check,
            Check::Compare(Operator::Equal, Operand::Text(_)) | Check::Among { negated: false, .. }
        );
        few && subject.own_column().is_some_and(|column| ends.contains(&Some(column)))
    };
    let fine = match filter {
        Some(Filter::All(parts)) => parts.iter().any(narrows),
        Some(filter) => narrows(filter),
        None => false,
    };
    if fine {
        return Ok(());
    }
    Err(ApiError::new(
        Code::MalformedQuery,
        "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId \
         or LinkedEntityId using the equals operator or multiple Id's using the IN operator.",
    ))
}

const MAX_OFFSET: usize = 2_000;
