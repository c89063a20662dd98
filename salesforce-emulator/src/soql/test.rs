//! A condition on its own, asked of one record.

use super::{bind, evaluate, parser};
use crate::{
    engine::{Engine, Row},
    error::ApiError,
};

/// A condition bound to an object of the schema.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    object: usize,
    filter: bind::Filter<bind::Access>,
}

impl Test {
    /// Binds a condition as it stands after `WHERE`.
    pub(crate) fn new(engine: &Engine, object: usize, condition: &str) -> Result<Self, ApiError> {
        let text = format!("SELECT Id FROM {} WHERE {condition}", engine.schema.object(object).name);
        let query = parser::parse(&text).map_err(|error| error.malformed(&text))?;
        let condition = query.filter.as_ref();
        let filter = condition.map(|condition| bind::condition(engine, object, condition, &text));
        let filter = filter.ok_or_else(ApiError::missing_resource)??;
        Ok(Self { object, filter })
    }

    pub(crate) fn is_for(&self, object: usize) -> bool {
        self.object == object
    }

    pub(crate) fn holds(&self, engine: &Engine, row: &Row) -> bool {
        evaluate::holds(engine, self.object, row, &self.filter)
    }
}
