//! Many writes in few API calls: their look-ups merged into one query for each kind, then one graph for each
//! write, up to 75 of them in a request.
//!
//! A graph is applied whole or not at all, and its failure touches no other. What fails in one is run again in
//! composite requests, which tell what became of each operation.

use futures_util::future::join_all;
use salesforce_client::{Composite, GraphRef, Graphs};

use super::{
    BYTES, Client, Deadline, Placed, all,
    alone::not_there,
    composed::{Part, compose},
    in_loads, loads_needed, lookups,
};
use crate::crm::{
    CrmError, CrmErrorKind,
    salesforce::{
        failure::classify,
        operation::{Found, Operation, Source, Target},
        step::Answers,
    },
};

/// What a graph request takes ("Composite Graph", REST API Developer Guide).
const GRAPHS: usize = 75;
/// The parts of all its graphs together.
const NODES: usize = 500;

/// A write on its way, with the answers that are there already.
struct Planned {
    place: usize,
    operations: Vec<Operation>,
    known: Vec<Option<Result<Found, CrmError>>>,
}

/// Whether the operations of a write can be part of this: no query of its own, and no file.
pub(super) fn takes(operations: &[Operation]) -> bool {
    operations.iter().all(|operation| match operation {
        Operation::Query(_) => false,
        Operation::Create { object, .. } => *object != "ContentVersion",
        _ => true,
    })
}

/// Whether this costs fewer API calls than composite requests, which answer sooner.
pub(super) fn is_cheaper(writes: &[Placed]) -> bool {
    loads_needed(writes) > lookups::calls(writes) + shares(writes.iter().map(|(_, write)| write)).len()
}

/// Runs many writes; gives the answers of each.
pub(super) async fn run(
    client: &Client,
    key_field: &str,
    mut writes: Vec<Placed>,
    deadline: Deadline,
) -> Vec<(usize, Answers)> {
    if writes.is_empty() {
        return Vec::new();
    }
    let found = lookups::run(client, key_field, &writes, deadline).await;
    let mut planned: Vec<Planned> = writes.drain(..).map(Planned::new).collect();
    for ((write, operation), answer) in found {
        planned[write].known[operation] = Some(answer);
    }
    let (mut planned, unasked): (Vec<_>, Vec<_>) = planned.into_iter().partition(Planned::is_looked_up);
    planned.iter_mut().for_each(Planned::resolve);
    let (done, to_send): (Vec<_>, Vec<_>) = planned.into_iter().partition(Planned::is_answered);
    let mut answers: Vec<(usize, Answers)> = done.into_iter().map(Planned::into_answers).collect();
    let mut again: Vec<Placed> = unasked.into_iter().map(Planned::into_placed).collect();
    let sizes = shares(to_send.iter().map(|write| &write.operations));
    let mut rest = to_send.into_iter();
    let requests = sizes.into_iter().map(|size| {
        let share: Vec<Planned> = rest.by_ref().take(size).collect();
        send(client, key_field, share, deadline)
    });
    for (applied, failed) in join_all(requests.collect::<Vec<_>>()).await {
        answers.extend(applied);
        again.extend(failed);
    }
    answers.extend(in_loads(client, key_field, again, deadline).await);
    answers
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

/// Sends one request; gives what was applied or met a failure of the whole, and what is to go another way.
async fn send(
    client: &Client,
    key_field: &str,
    share: Vec<Planned>,
    deadline: Deadline,
) -> (Vec<(usize, Answers)>, Vec<Placed>) {
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
        return (Vec::new(), again);
    }
    let mut applied = Vec::with_capacity(sent.len());
    match client.graphs(graphs).deadline(deadline.instant()).await.map_err(classify) {
        Ok(answers) => {
            for (mut write, graph, parts) in sent {
                match answers.get(graph) {
                    Ok(own) => {
                        for (known, part) in write.known.iter_mut().zip(&parts) {
                            known.get_or_insert_with(|| part.answer(own));
                        }
                        applied.push(write.into_answers());
                    }
                    Err(_) => again.push(write.into_placed()),
                }
            }
        }
        Err(error) if error.kind() == CrmErrorKind::Refused => {
            again.extend(sent.into_iter().map(|(write, ..)| write.into_placed()));
        }
        Err(error) => {
            applied.extend(sent.iter().map(|(write, ..)| (write.place, all(&write.operations, &error))));
        }
    }
    (applied, again)
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

impl Planned {
    fn new((place, operations): Placed) -> Self {
        let known = operations.iter().map(|_| None).collect();
        Self { place, operations, known }
    }

    fn is_looked_up(&self) -> bool {
        self.operations
            .iter()
            .zip(&self.known)
            .all(|(operation, known)| !lookups::takes(operation) || known.is_some())
    }

    fn is_answered(&self) -> bool {
        self.known.iter().all(Option::is_some)
    }

    /// Puts what was looked up into the operations that point to it; what points to nothing has its answer.
    fn resolve(&mut self) {
        for index in 0..self.operations.len() {
            let missing = match &mut self.operations[index] {
                Operation::Upsert { fields, link, .. } | Operation::Create { fields, link, .. } => match link
                {
                    Some(of) => match of.from {
                        Source::FirstRow(place) => match brought(&self.known, place) {
                            Some(id) => {
                                fields.insert(of.field.to_owned(), id.into());
                                *link = None;
                                false
                            }
                            None => true,
                        },
                        Source::Made(place) => self.known[place].is_some(),
                    },
                    None => false,
                },
                Operation::Read { target: Target::Made(place), .. } => self.known[*place].is_some(),
                _ => false,
            };
            if missing {
                self.known[index].get_or_insert_with(|| Err(not_there()));
            }
        }
    }

    fn into_placed(self) -> Placed {
        (self.place, self.operations)
    }

    fn into_answers(self) -> (usize, Answers) {
        (self.place, self.known.into_iter().map(|known| known.unwrap_or_else(|| Err(not_there()))).collect())
    }
}

/// The id that a look-up brought.
fn brought(known: &[Option<Result<Found, CrmError>>], place: usize) -> Option<String> {
    let found = known.get(place)?.as_ref()?.as_ref().ok()?;
    found.id().map(|id| id.as_str().to_owned())
}
