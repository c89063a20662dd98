//! SOQL: text to tokens to a tree, the tree bound to the schema, and the bound plan run over the rows.

use crate::{engine::Engine, error::ApiError};

mod aggregate;
mod ast;
mod bind;
mod date_function;
mod date_range;
mod evaluate;
mod formatted;
mod lexer;
mod operand;
mod parser;
mod pattern;
mod project;
mod sosl;
mod syntax;
mod test;
mod text;
mod watch;

pub(crate) use self::{
    aggregate::aggregate,
    bind::Plan,
    evaluate::run,
    project::View,
    sosl::{Statement, find, statement},
    test::Test,
    watch::Watch,
};

/// Reads a query and binds it to the org's schema; `all` looks into the recycle bin too.
pub(crate) fn prepare(engine: &Engine, text: &str, all: bool) -> Result<Plan, ApiError> {
    let query = parser::parse(text).map_err(|error| error.malformed(text))?;
    let plan = bind::bind(engine, &query, text)?;
    engine.check_read(plan.object, None)?;
    Ok(Plan { all: all || plan.all, ..plan })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;
    use proptest::prelude::{any, proptest};
    use serde_json::json;

    use super::{prepare, run};
    use crate::{
        engine::{Engine, Rules},
        schema::Schema,
    };

    fn engine(subjects: &[&str]) -> Engine {
        let schema = Schema::build(Vec::new(), Vec::new()).unwrap();
        let mut engine = Engine::new(schema, Rules::default(), Arc::new(|| Timestamp::UNIX_EPOCH));
        let object = engine.object_named("Case").unwrap();
        for subject in subjects {
            engine.insert(object, json!({ "Subject": subject }).as_object().unwrap(), None).unwrap();
        }
        engine
    }

    fn found(engine: &Engine, condition: &str) -> Vec<u32> {
        run(engine, &prepare(engine, &format!("SELECT Id FROM Case WHERE {condition}"), false).unwrap())
    }

    proptest! {
        #[test]
        fn an_escaped_text_is_one_literal_and_finds_itself_alone(text in any::<String>(), end in "[a-z]") {
            let text: String = text.chars().take(120).collect::<String>() + &end;
            let engine = engine(&[&format!("{text}x"), &text, ""]);
            let escaped = text.replace('\\', r"\\").replace('\'', r"\'");
            assert_eq!(found(&engine, &format!("Subject = '{escaped}'")), [2]);
            assert_eq!(found(&engine, &format!("(Subject != '{escaped}')")), [1, 3]);
            let pattern = escaped.replace('%', r"\%").replace('_', r"\_");
            assert_eq!(found(&engine, &format!("Subject LIKE '{pattern}'")), [2]);
            assert_eq!(found(&engine, &format!("Subject LIKE '{pattern}%'")), [1, 2]);
        }

        #[test]
        fn an_unescaped_text_never_reaches_past_its_condition(text in any::<String>()) {
            let engine = engine(&["secret"]);
            let query = format!("SELECT Id FROM Case WHERE Subject = '{text}' AND Subject = 'nothing'");
            // It is refused, or it is a literal; a text without a quote cannot be anything else.
            if let Ok(plan) = prepare(&engine, &query, false) && !text.contains('\'') {
                assert!(run(&engine, &plan).is_empty());
            }
        }
    }
}
