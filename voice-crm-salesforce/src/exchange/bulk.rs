//! Many writes in few API calls: their look-ups merged into one query for each kind, then plain records in
//! collections, up to 200 of them in a request, and one graph for each other write, up to 75 of them.
//!
//! A graph is applied whole or not at all, and its failure touches no other. What fails in one is run again in
//! composite requests, which tell what became of each operation.

use futures_util::future::join_all;
use salesforce_client::{Composite, GraphRef, Graphs};
use voice_crm_core::crm::CrmErrorKind;

use crate::{
    exchange::{
        Answers, BYTES, Client, Deadline, Placed, all, collected,
        composed::{Part, compose},
        in_loads, loads_needed,
        lookups::{self, Query},
        operation::Operation,
        planned::Planned,
    },
    failure::classify,
};

/// What a graph request takes ("Composite Graph", REST API Developer Guide).
const GRAPHS: usize = 75;
/// The parts of all its graphs together.
const NODES: usize = 500;

/// Whether this costs fewer API calls than composite requests, which answer sooner.
pub(super) fn is_cheaper(writes: &[Placed]) -> bool {
    loads_needed(writes) > lookups::calls(writes) + shares(writes.iter().map(|(_, write)| write)).len()
}

/// Runs many writes; gives the answers of each.
pub(super) async fn run(
    client: &Client,
    key_field: &str,
    writes: Vec<Placed>,
    deadline: Deadline,
) -> Vec<(usize, Answers)> {
    if writes.is_empty() {
        return Vec::new();
    }
    // What points to something has to know it first. Where nothing does, what only asks keeps nobody waiting.
    let points = |placed: &Placed| acts(placed) && placed.1.iter().any(lookups::takes);
    let (first, beside): (Vec<Placed>, Vec<Placed>) =
        if writes.iter().any(points) { (writes, Vec::new()) } else { writes.into_iter().partition(acts) };
    let found = lookups::run(client, key_field, &lookups::queries(&first), deadline).await;
    let (mut planned, unfound) = looked_up(first, found);
    planned.iter_mut().for_each(Planned::resolve);
    let (done, to_send): (Vec<_>, Vec<_>) = planned.into_iter().partition(Planned::is_answered);
    let sent = send_all(client, key_field, (to_send, &lookups::queries(&beside)), deadline).await;
    let (asked, unasked) = looked_up(beside, sent.found);
    let again = sent.again.into_iter().chain(unfound).chain(unasked).collect();
    let mut answers = sent.answered;
    answers.extend(done.into_iter().chain(asked).map(Planned::into_answers));
    answers.extend(in_loads(client, key_field, again, deadline).await);
    answers
}

/// Sends writes that wait for no look-up, and queries beside them.
async fn send_all(
    client: &Client,
    key_field: &str,
    (writes, mut queries): (Vec<Planned>, &[Query<'_>]),
    deadline: Deadline,
) -> Sent {
    let (plain, composed): (Vec<_>, Vec<_>) = writes.into_iter().partition(collected::takes);
    let collections = collected::shares(plain).into_iter().map(|share| {
        let (beside, rest) = queries.split_at(queries.len().min(collected::room_beside(&share)));
        queries = rest;
        collected::send(client, key_field, (share, beside), deadline)
    });
    let collections: Vec<_> = collections.collect();
    let sizes = shares(composed.iter().map(|write| &write.operations));
    let mut rest = composed.into_iter();
    let graphs = sizes.into_iter().map(|size| {
        let share: Vec<Planned> = rest.by_ref().take(size).collect();
        send(client, key_field, share, deadline)
    });
    let graphs = join_all(graphs.collect::<Vec<_>>());
    let look_ups = lookups::run(client, key_field, queries, deadline);
    let (collections, graphs, found) = tokio::join!(join_all(collections), graphs, look_ups);
    let mut all = Sent { found, ..Sent::default() };
    for sent in collections.into_iter().chain(graphs) {
        all.answered.extend(sent.answered);
        all.again.extend(sent.again);
        all.found.extend(sent.found);
    }
    all
}

/// Whether a write does more than look up.
fn acts((_, write): &Placed) -> bool {
    !write.iter().all(lookups::takes)
}

/// The writes with what was found for them, and those for which it is not known.
fn looked_up(writes: Vec<Placed>, found: Vec<lookups::Answer>) -> (Vec<Planned>, Vec<Placed>) {
    let mut planned: Vec<Planned> = writes.into_iter().map(Planned::new).collect();
    for ((write, operation), answer) in found {
        planned[write].known[operation] = Some(answer);
    }
    let (known, unknown): (Vec<_>, Vec<_>) = planned.into_iter().partition(Planned::is_looked_up);
    (known, unknown.into_iter().map(Planned::into_placed).collect())
}

/// How many writes each graph request holds, one after the other.
fn shares<'a>(writes: impl Iterator<Item = &'a Vec<Operation>>) -> Vec<usize> {
    let mut shares = Vec::new();
    let (mut nodes, mut bytes) = (0, 0);
    for operations in writes {
        let weight: usize = operations.iter().map(Operation::weight).sum();
        nodes += operations.len();
        bytes += weight;
        match shares.last_mut() {
            Some(share) if *share < GRAPHS && nodes <= NODES && bytes <= BYTES => *share += 1,
            _ => {
                shares.push(1);
                (nodes, bytes) = (operations.len(), weight);
            }
        }
    }
    shares
}

/// What came of a request.
#[derive(Default)]
pub(super) struct Sent {
    /// What was applied or met a failure of the whole.
    pub(super) answered: Vec<(usize, Answers)>,
    /// What is to go another way.
    pub(super) again: Vec<Placed>,
    /// What was looked up beside.
    pub(super) found: Vec<lookups::Answer>,
}

async fn send(client: &Client, key_field: &str, share: Vec<Planned>, deadline: Deadline) -> Sent {
    let mut graphs = Graphs::new();
    let (mut sent, mut again) = (Vec::new(), Vec::new());
    for write in share {
        match graph(&mut graphs, key_field, &write) {
            Ok((graph, parts)) => sent.push((write, graph, parts)),
            // It cannot be part of any graph; it keeps no other out of it.
            Err(_) => again.push(write.into_placed()),
        }
    }
    if sent.is_empty() {
        return Sent { again, ..Sent::default() };
    }
    let mut answered = Vec::with_capacity(sent.len());
    match client.graphs(graphs).deadline(deadline.instant()).await.map_err(classify) {
        Ok(answers) => {
            for (mut write, graph, parts) in sent {
                match answers.get(graph) {
                    Ok(own) => {
                        for (known, part) in write.known.iter_mut().zip(&parts) {
                            known.get_or_insert_with(|| part.answer(own));
                        }
                        answered.push(write.into_answers());
                    }
                    Err(_) => again.push(write.into_placed()),
                }
            }
        }
        Err(error) if error.kind() == CrmErrorKind::Refused => {
            again.extend(sent.into_iter().map(|(write, ..)| write.into_placed()));
        }
        Err(error) => {
            answered.extend(sent.iter().map(|(write, ..)| (write.place, all(&write.operations, &error))));
        }
    }
    Sent { answered, again, ..Sent::default() }
}

fn graph(
    graphs: &mut Graphs,
    key_field: &str,
    write: &Planned,
) -> salesforce_client::Result<(GraphRef, Vec<Part>)> {
    let mut graph = Composite::graph();
    let is_known = |index: usize| write.known[index].is_some();
    let parts = compose(&mut graph, key_field, write.place, &write.operations, is_known)?;
    Ok((graphs.add(graph)?, parts))
}
