//! POST /composite/graph

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{Step, check_references, perform, rolled_back};
use crate::{
    engine::Engine,
    error::{ApiError, Code},
    http::{Answer, Request, Usage},
};

/// Runs graphs of subrequests; each takes effect whole or not at all, and none waits for another.
///
/// See Salesforce, "Composite Graph (REST API Developer Guide)".
pub(in crate::http) fn run(
    engine: &mut Engine,
    request: &Request,
    usage: Usage<'_>,
) -> Result<Answer, ApiError> {
    request.only("POST")?;
    let fields = request.fields()?;
    let graphs = fields.get("graphs").and_then(Value::as_array);
    let graphs =
        graphs.ok_or_else(|| ApiError::new(Code::JsonParser, "The body needs graphs, which is an array"))?;
    let graphs = graphs.iter().map(Graph::read).collect::<Result<Vec<_>, _>>()?;
    check(&graphs)?;
    let mut failed = 0;
    let results: Vec<Value> = graphs
        .iter()
        .map(|graph| {
            let (answers, succeeded) = if failed >= MAX_FAILED {
                let halted = || Answer::from(&rolled_back());
                (graph.steps.iter().map(|step| step.response(halted())).collect(), false)
            } else {
                perform(engine, &graph.steps, usage, true)
            };
            failed += usize::from(!succeeded);
            json!({
                "graphId": graph.id,
                "graphResponse": { "compositeResponse": answers },
                "isSuccessful": succeeded,
            })
        })
        .collect();
    Ok(Answer::json(200, json!({ "graphs": results })))
}

struct Graph {
    id: String,
    steps: Vec<Step>,
}

impl Graph {
    fn read(value: &Value) -> Result<Self, ApiError> {
        let id = value["graphId"].as_str();
        let id = id.ok_or_else(|| ApiError::new(Code::JsonParser, "A graph needs the text graphId"))?;
        let steps = value["compositeRequest"].as_array();
        let steps =
            steps.ok_or_else(|| ApiError::new(Code::JsonParser, "A graph needs a compositeRequest"))?;
        let steps = steps.iter().map(Step::read).collect::<Result<Vec<_>, _>>()?;
        check_references(&steps)?;
        Ok(Self { id: id.to_owned(), steps })
    }

    /// How many subrequests the longest chain of references has.
    fn depth(&self) -> usize {
        let mut depths: HashMap<&str, usize> = HashMap::new();
        for step in &self.steps {
            let text = format!("{} {}", step.url, step.body);
            let before = depths.iter().filter(|(name, _)| {
                text.contains(&format!("@{{{name}.")) || text.contains(&format!("@{{{name}["))
            });
            let depth = 1 + before.map(|(_, depth)| *depth).max().unwrap_or(0);
            depths.insert(&step.reference, depth);
        }
        depths.into_values().max().unwrap_or(0)
    }
}

fn check(graphs: &[Graph]) -> Result<(), ApiError> {
    let exceeded = |what: String| Err(ApiError::new(Code::LimitExceeded, what));
    if graphs.len() > MAX_GRAPHS {
        return exceeded(format!("The limit of {MAX_GRAPHS} graphs has been exceeded"));
    }
    if graphs.iter().map(|graph| graph.steps.len()).sum::<usize>() > MAX_NODES {
        return exceeded(format!("The limit of {MAX_NODES} nodes has been exceeded"));
    }
    if graphs.iter().any(|graph| graph.depth() > MAX_DEPTH) {
        return exceeded(format!("The maximum graph depth of {MAX_DEPTH} has been exceeded"));
    }
    for (at, graph) in graphs.iter().enumerate() {
        if graphs[..at].iter().any(|earlier| earlier.id == graph.id) {
            return Err(ApiError::new(Code::InvalidInput, format!("Duplicate graph ID: {}", graph.id)));
        }
    }
    Ok(())
}

const MAX_GRAPHS: usize = 75;
const MAX_NODES: usize = 500;
const MAX_DEPTH: usize = 15;
const MAX_FAILED: usize = 14;
