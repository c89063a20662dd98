//! A query that is asked of one record at a time, as it changes.

use super::{
    bind::{Leaf, Plan},
    evaluate, prepare,
    project::View,
};
use crate::{
    engine::{Engine, Row},
    error::{ApiError, Code},
};

use serde_json::Value;

/// A query bound to an object, without order, limits, parents and children.
#[derive(Clone, Debug)]
pub(crate) struct Watch(Plan);

impl Watch {
    pub(crate) fn new(engine: &Engine, query: &str) -> Result<Self, ApiError> {
        let plan = prepare(engine, query, false)?;
        let is_plain = plan
            .projection
            .as_ref()
            .is_some_and(|shape| shape.parents.is_empty() && shape.children.is_empty());
        if !is_plain || plan.limit.is_some() || plan.offset > 0 || !plan.order.is_empty() {
            let message =
                "The query has a clause that cannot be watched: it selects fields of one object by a filter";
            return Err(ApiError::new(Code::MalformedQuery, message));
        }
        Ok(Self(plan))
    }

    pub(crate) fn object(&self) -> usize {
        self.0.object
    }

    pub(crate) fn holds(&self, engine: &Engine, row: &Row) -> bool {
        self.0.filter.as_ref().is_none_or(|filter| evaluate::holds(engine, self.0.object, row, filter))
    }

    /// The fields selected, without attributes.
    pub(crate) fn record(&self, engine: &Engine, row: &Row) -> Value {
        let Some(projection) = &self.0.projection else { return Value::Null };
        let mut record = View::new(engine, "").record(self.0.object, row, projection);
        if let Value::Object(fields) = &mut record {
            fields.remove("attributes");
        }
        record
    }

    /// The columns that the query selects.
    pub(crate) fn selected(&self) -> Vec<usize> {
        let fields = self.0.projection.iter().flat_map(|projection| &projection.fields);
        fields
            .filter_map(|(_, leaf)| match leaf {
                Leaf::Column(column) => Some(*column),
                Leaf::Named(_) | Leaf::Formatted(..) => None,
            })
            .collect()
    }

    /// The columns that the query filters by.
    pub(crate) fn filtered(&self) -> Vec<usize> {
        let mut columns = Vec::new();
        if let Some(filter) = &self.0.filter {
            filter.each_subject(&mut |access| columns.extend(access.own_column()));
        }
        columns
    }
}
