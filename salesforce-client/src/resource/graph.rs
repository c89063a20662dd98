//! `POST /composite/graph`: up to 75 graphs of requests; each is applied whole or not at all

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Instant;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::composite::{Composite, CompositeAnswers, Part, WirePart, wire_part};
use crate::api_version::ApiVersion;
use crate::call::{Call, Pending};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::request::{Idempotence, Request, json};
use crate::response::{Parts, Response};

const MOST_GRAPHS: usize = 75;
const MOST_NODES: usize = 500;
const DEEPEST: usize = 15;
const MOST_KINDS: usize = 15;

/// Graphs that are sent together and cost one API call; one graph's failure does not touch the others.
///
/// See \[Salesforce/Composite Graph\].
#[derive(Default)]
#[must_use = "graphs do nothing until they are sent"]
pub struct Graphs {
    graphs: Vec<Composite>,
}

/// One graph of a [`Graphs`], to find its answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GraphRef {
    serial: u64,
}

impl Graphs {
    /// No graphs yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a graph, made with [`Composite::graph`].
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] when it is a plain or an empty composite request, when there are
    /// more than 75 graphs or 500 parts in all, or when the graph is deeper than 15 references or
    /// touches more than 15 objects.
    pub fn add(&mut self, graph: Composite) -> Result<GraphRef> {
        if !graph.is_graph() || graph.is_empty() {
            return Err(Error::invalid("a graph is made with `Composite::graph` and has parts"));
        }
        let nodes: usize = self.graphs.iter().chain([&graph]).map(Composite::len).sum();
        if self.graphs.len() == MOST_GRAPHS || nodes > MOST_NODES {
            return Err(Error::invalid(
                "one request takes at most 75 graphs and 500 parts: send the rest later",
            ));
        }
        if depth(&graph.parts) > DEEPEST {
            return Err(Error::invalid("a graph is at most 15 references deep"));
        }
        let objects: BTreeSet<&str> = graph.parts.iter().filter_map(object).collect();
        if objects.len() > MOST_KINDS {
            return Err(Error::invalid("a graph touches at most 15 objects"));
        }
        let reference = GraphRef { serial: graph.serial() };
        self.graphs.push(graph);
        Ok(reference)
    }
}

/// The object a part is about, from its template `POST sobjects/Case/..`.
fn object(part: &Part) -> Option<&str> {
    part.request.template.split_once("sobjects/").and_then(|(_, path)| path.split('/').next())
}

/// The longest chain of references.
fn depth(parts: &[Part]) -> usize {
    let mut depths: BTreeMap<&str, usize> = BTreeMap::new();
    for part in parts {
        let fields = part.body.iter().flat_map(|body| body.fields.values()).filter_map(Value::as_str);
        let path = part.request.path_and_query(ApiVersion::DEFAULT);
        let deepest = fields.chain([path.as_str()]).filter_map(|text| {
            let (_, reference) = text.split_once("@{")?;
            depths.get(reference.split('.').next()?).copied()
        });
        let depth = 1 + deepest.max().unwrap_or_default();
        depths.insert(&part.name, depth);
    }
    depths.into_values().max().unwrap_or_default()
}

impl fmt::Debug for Graphs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.graphs).finish()
    }
}

/// Sends graphs.
#[derive(Debug)]
#[must_use = "a call does nothing until it is awaited"]
pub struct SendGraphs<'a> {
    call: Call<'a>,
    serials: Vec<u64>,
}

impl Client {
    /// Sends the graphs together. A graph's failure is not an error of the call: its
    /// [`GraphAnswers::get`] tells it.
    #[expect(clippy::needless_pass_by_value, reason = "their references are spent with them")]
    pub fn graphs(&self, graphs: Graphs) -> SendGraphs<'_> {
        let call = Call::new(self, request(&graphs, self.api_version()));
        SendGraphs { call, serials: graphs.graphs.iter().map(Composite::serial).collect() }
    }
}

impl SendGraphs<'_> {
    /// Gives up at this moment.
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.call = self.call.deadline(deadline);
        self
    }
}

impl<'a> IntoFuture for SendGraphs<'a> {
    type Output = Result<GraphAnswers>;
    type IntoFuture = Pending<'a, GraphAnswers>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { GraphAnswers::read(self.serials, &self.call.send().await?) })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    graph_id: String,
    composite_request: Vec<WirePart<'a>>,
}

fn request(graphs: &Graphs, version: ApiVersion) -> Result<Request> {
    if graphs.graphs.is_empty() {
        return Err(Error::invalid("there is no graph to send"));
    }
    let wire = graphs.graphs.iter().enumerate().map(|(index, graph)| Wire {
        graph_id: format!("g{index}"),
        composite_request: graph.parts.iter().map(|part| wire_part(part, version)).collect(),
    });
    let body = BTreeMap::from([("graphs", wire.collect::<Vec<_>>())]);
    let creates = graphs.graphs.iter().any(|graph| graph.idempotence() == Idempotence::Creates);
    let idempotence = if creates { Idempotence::Creates } else { Idempotence::Idempotent };
    let path = "composite/graph";
    Ok(Request::new(Method::POST, path.to_owned(), path).idempotence(idempotence).body(json(&body)?))
}

/// The answers, graph by graph.
#[derive(Debug)]
pub struct GraphAnswers {
    graphs: Vec<(u64, bool, CompositeAnswers)>,
}

#[derive(Deserialize)]
struct Answers {
    graphs: Vec<Answer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    graph_id: String,
    is_successful: bool,
    graph_response: Parts,
}

impl GraphAnswers {
    fn read(serials: Vec<u64>, response: &Response) -> Result<Self> {
        let mut answers: BTreeMap<String, Answer> =
            response.json::<Answers>()?.graphs.into_iter().map(|a| (a.graph_id.clone(), a)).collect();
        let graphs = serials.into_iter().enumerate().map(|(index, serial)| {
            let answer = answers.remove(&format!("g{index}"));
            let answer = answer.ok_or_else(|| {
                response.blame(Error::new(ErrorKind::Decode, "the answer lacks one of the graphs"))
            })?;
            let parts = CompositeAnswers::from_parts(serial, response, answer.graph_response)?;
            Ok((serial, answer.is_successful, parts))
        });
        Ok(Self { graphs: graphs.collect::<Result<_>>()? })
    }

    /// The answers of one graph, all of whose parts were applied.
    ///
    /// # Errors
    /// The failure that decided, when nothing of the graph was applied;
    /// [`ErrorKind::InvalidRequest`] for a graph of other [`Graphs`].
    pub fn get(&self, graph: GraphRef) -> Result<&CompositeAnswers> {
        let Some((_, applied, answers)) = self.graphs.iter().find(|(serial, ..)| *serial == graph.serial)
        else {
            return Err(Error::invalid("the graph was not part of this request"));
        };
        if *applied {
            return Ok(answers);
        }
        Err(answers.failure().unwrap_or_else(|| {
            let error = Error::new(ErrorKind::Decode, "the org says that a graph failed and not why");
            answers.run.blame(error)
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Body;

    #[test]
    fn every_limit_is_checked_before_anything_is_sent() {
        let fields = json!({});
        let mut graphs = Graphs::new();
        assert!(request(&graphs, ApiVersion::DEFAULT).is_err());
        assert!(graphs.add(Composite::graph()).is_err(), "an empty one");
        let mut plain = Composite::new();
        plain.create("a", "Case", &fields).unwrap();
        assert!(graphs.add(plain).is_err(), "a plain one");

        let mut chain = Composite::graph();
        let mut last = chain.create("c0", "Case", &fields).unwrap();
        for number in 1..16 {
            let body = Body::of(&fields).unwrap().reference("ParentId", last.id()).unwrap();
            last = chain.create(&format!("c{number}"), "Case", body).unwrap();
        }
        assert_eq!(depth(&chain.parts), 16);
        assert!(graphs.add(chain).is_err(), "too deep");

        let mut wide = Composite::graph();
        for number in 0..16 {
            wide.create(&format!("w{number}"), &format!("Thing{number}__c"), &fields).unwrap();
        }
        assert!(graphs.add(wide).is_err(), "too many objects");

        let mut full = Composite::graph();
        for number in 0..500 {
            full.create(&format!("f{number}"), "Case", &fields).unwrap();
        }
        assert!(full.create("f500", "Case", &fields).is_err());
        assert!(full.query::<Value>("q", crate::Soql::new("SELECT Id FROM Case")).is_err());
        graphs.add(full).unwrap();
        let mut one = Composite::graph();
        one.create("a", "Case", &fields).unwrap();
        assert!(graphs.add(one).is_err(), "more than 500 parts in all");
    }
}
