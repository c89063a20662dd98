//! SOSL: a search term, and for each object what to give of the records that have it.

use std::sync::Arc;

use super::{bind, bind::Plan, parser, syntax::SyntaxError};
use crate::{
    engine::Engine,
    error::{ApiError, Code},
    search::{FieldGroup, Search},
};

/// A search bound to the schema: one plan for each object.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) plans: Vec<Plan>,
    pub(crate) limit: usize,
}

/// Reads `FIND {term} IN ... RETURNING ...`.
///
/// See Salesforce, "SOSL Syntax".
pub(crate) fn find(engine: &Engine, text: &str) -> Result<Statement, ApiError> {
    let malformed = |message: &str| ApiError::new(Code::MalformedSearch, message);
    let rest = text.trim_start();
    let rest = rest
        .get(..4)
        .filter(|word| word.eq_ignore_ascii_case("FIND"))
        .and_then(|_| rest[4..].trim_start().strip_prefix('{'))
        .ok_or_else(|| malformed("A search begins with FIND and a term in braces"))?;
    let end = term_length(rest).ok_or_else(|| malformed("The search term has no closing brace"))?;
    statement(engine, &rest[..end], None, &rest[end + 1..])
}

/// Binds a search whose clauses are given as text after the term.
pub(crate) fn statement(
    engine: &Engine,
    term: &str,
    group: Option<FieldGroup>,
    clauses: &str,
) -> Result<Statement, ApiError> {
    let search_error = |error: SyntaxError| {
        let error = error.malformed(clauses);
        ApiError::new(Code::MalformedSearch, error.message)
    };
    let returning = parser::returning(clauses).map_err(search_error)?;
    let group = match (&returning.group, group) {
        (Some(name), _) => FieldGroup::named(name).ok_or_else(|| {
            ApiError::new(Code::MalformedSearch, format!("There is no search group {name}"))
        })?,
        (None, group) => group.unwrap_or_default(),
    };
    let search = Arc::new(Search::new(term, group)?);
    let mut plans = returning
        .targets
        .iter()
        .map(|target| bind::bind(engine, target, clauses))
        .collect::<Result<Vec<_>, _>>()?;
    if plans.is_empty() {
        let everywhere = (0..engine.schema.objects().len()).filter(|at| engine.schema.is_searchable(*at));
        plans.extend(everywhere.map(Plan::of_ids));
    }
    for plan in &mut plans {
        plan.search = Some(Arc::clone(&search));
    }
    Ok(Statement { plans, limit: returning.limit.unwrap_or(MAX_FOUND).min(MAX_FOUND) })
}

/// The bytes up to the closing brace: a brace after a backslash does not close.
fn term_length(rest: &str) -> Option<usize> {
    let mut escaped = false;
    rest.bytes().position(|byte| {
        let closes = byte == b'}' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })
}

const MAX_FOUND: usize = 2_000;
