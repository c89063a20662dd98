//! SOQL: text to tokens to a tree, the tree bound to the schema, and the bound plan run over the rows.

use crate::{engine::Engine, error::ApiError};

mod ast;
mod bind;
mod date_range;
mod evaluate;
mod lexer;
mod operand;
mod parser;
mod pattern;
mod project;
mod syntax;
mod text;

pub(crate) use self::{bind::Plan, evaluate::run, project::project};

/// Reads a query and binds it to the org's schema.
pub(crate) fn prepare(engine: &Engine, text: &str) -> Result<Plan, ApiError> {
    let query = parser::parse(text).map_err(|error| error.malformed(text))?;
    bind::bind(engine, &query, text)
}
