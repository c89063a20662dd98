//! How the operations of many writes travel: a few in composite requests, many in collections and graphs, and
//! in requests of their own where they must.

use futures_util::future::join_all;
use salesforce_client::{Client, Composite};
use voice_crm_core::{
    crm::{CrmError, CrmErrorKind},
    deadline::Deadline,
};

use operation::{Found, Operation};

mod bulk;
mod collected;
mod composed;
mod lookups;
pub(crate) mod operation;
mod planned;
mod single;

/// What a composite request takes ("Composite", REST API Developer Guide).
const PARTS: usize = 25;
/// And how many of them may be queries.
const QUERIES: usize = 5;
/// How much text goes into one request, so that many long transcripts do not.
const BYTES: usize = 4 * 1024 * 1024;

/// The operations of one write, and the write's place among all.
type Placed = (usize, Vec<Operation>);
/// The answers to the operations of one write, in their order.
pub(crate) type Answers = Vec<Result<Found, CrmError>>;

/// Runs the operations of all writes in as few requests as they fit in; gives the answers of each.
pub(crate) async fn run(
    client: &Client,
    key_field: &str,
    writes: Vec<Vec<Operation>>,
    deadline: Deadline,
) -> Vec<Answers> {
    let mut answers: Vec<Answers> = writes.iter().map(|_| Vec::new()).collect();
    let may_be_in_graph = |(_, operations): &Placed| operations.iter().all(Operation::may_be_in_graph);
    // What asks for nothing has its answer.
    let asking = writes.into_iter().enumerate().filter(|(_, operations)| !operations.is_empty());
    let (mut many, mut few): (Vec<Placed>, Vec<Placed>) = asking.partition(may_be_in_graph);
    if !bulk::is_cheaper(&many) {
        few.append(&mut many);
    }
    // Side by side: a request that stalls holds up no other. The client bounds how many there are at once.
    let in_bulk = bulk::run(client, key_field, many, deadline);
    let in_loads = in_loads(client, key_field, few, deadline);
    let (in_bulk, in_loads) = tokio::join!(in_bulk, in_loads);
    for (place, answer) in in_bulk.into_iter().chain(in_loads) {
        answers[place] = answer;
    }
    answers
}

/// Whether a write may share a composite request with others.
fn may_be_composed((_, operations): &Placed) -> bool {
    operations.iter().all(Operation::may_be_composed)
}

/// Runs writes in as many composite requests as they need, and those by single requests that fit in none.
async fn in_loads(
    client: &Client,
    key_field: &str,
    writes: Vec<Placed>,
    deadline: Deadline,
) -> Vec<(usize, Answers)> {
    let (composable, single): (Vec<Placed>, Vec<Placed>) = writes.into_iter().partition(may_be_composed);
    let loads = loads(composable);
    let in_loads = join_all(loads.iter().map(|load| together(client, key_field, load, deadline)));
    let by_themselves = join_all(single.into_iter().map(|(place, operations)| async move {
        (place, single::run(client, key_field, &operations, deadline).await)
    }));
    let (in_loads, by_themselves) = tokio::join!(in_loads, by_themselves);
    in_loads.into_iter().flatten().chain(by_themselves).collect()
}

/// Runs one load. When the org refuses the request as a whole, each write goes by itself, so that the one
/// that spoilt it spoils no other.
async fn together(
    client: &Client,
    key_field: &str,
    load: &[Placed],
    deadline: Deadline,
) -> Vec<(usize, Answers)> {
    let whole: Vec<&Placed> = load.iter().collect();
    match composed::run(client, key_field, &whole, deadline).await {
        Ok(answers) => answers,
        Err(error) if error.kind() == CrmErrorKind::Refused && load.len() > 1 => {
            let mut answers = Vec::with_capacity(load.len());
            for write in load {
                match composed::run(client, key_field, &[write], deadline).await {
                    Ok(answer) => answers.extend(answer),
                    Err(error) => answers.push((write.0, all(&write.1, &error))),
                }
            }
            answers
        }
        Err(error) => load.iter().map(|(place, operations)| (*place, all(operations, &error))).collect(),
    }
}

/// How full a composite request is.
#[derive(Clone, Copy, Default)]
struct Load {
    parts: usize,
    queries: usize,
    bytes: usize,
}

impl Load {
    fn with(self, operations: &[Operation]) -> Self {
        Self {
            parts: self.parts + operations.len(),
            queries: self.queries + operations.iter().filter(|operation| operation.is_query()).count(),
            bytes: self.bytes + operations.iter().map(Operation::weight).sum::<usize>(),
        }
    }

    fn fits(self) -> bool {
        self.parts <= PARTS && self.queries <= QUERIES && self.bytes <= BYTES
    }
}

/// How many requests these writes need without graphs.
fn loads_needed(writes: &[Placed]) -> usize {
    let (composable, single): (Vec<&Placed>, Vec<&Placed>) =
        writes.iter().partition(|write| may_be_composed(write));
    let (mut needed, mut load) = (0, Load::default());
    for (_, operations) in composable {
        load = load.with(operations);
        if needed == 0 || !load.fits() {
            load = Load::default().with(operations);
            needed += 1;
        }
    }
    needed + single.iter().map(|(_, operations)| operations.len()).sum::<usize>()
}

/// Fills one composite request after the other; a write that fits in none goes by single requests.
fn loads(writes: Vec<Placed>) -> Vec<Vec<Placed>> {
    let mut loads: Vec<Vec<Placed>> = Vec::new();
    let mut load = Load::default();
    for write in writes {
        load = load.with(&write.1);
        match loads.last_mut() {
            Some(open) if load.fits() => open.push(write),
            _ => {
                load = Load::default().with(&write.1);
                loads.push(vec![write]);
            }
        }
    }
    loads
}

/// The same failure for every operation of a write.
fn all(operations: &[Operation], error: &CrmError) -> Answers {
    operations.iter().map(|_| Err(error.again())).collect()
}

#[cfg(test)]
mod tests {
    use salesforce_client::Soql;
    use voice_crm_core::crm::JobKey;

    use operation::Target;

    use super::*;

    fn write(queries: usize, others: usize) -> Vec<Operation> {
        let read = || Operation::Read {
            object: "Case".to_owned(),
            target: Target::Key(JobKey::from_bytes([0; 16])),
            fields: &["Id"],
        };
        let query = || Operation::Query(Soql::new("SELECT Id FROM Case"));
        (0..queries).map(|_| query()).chain((0..others).map(|_| read())).collect()
    }

    #[test]
    fn a_request_is_filled_up_to_its_limits_and_no_write_is_split() {
        let plain: Vec<Placed> = (0..30).map(|place| (place, write(0, 2))).collect();
        assert_eq!(loads(plain).iter().map(Vec::len).collect::<Vec<_>>(), [12, 12, 6]);
        let with_queries: Vec<Placed> = (0..7).map(|place| (place, write(1, 2))).collect();
        assert_eq!(loads(with_queries).iter().map(Vec::len).collect::<Vec<_>>(), [5, 2]);
        assert!(loads(Vec::new()).is_empty());
        let plain: Vec<Placed> = (0..30).map(|place| (place, write(0, 2))).collect();
        assert_eq!(loads_needed(&plain), 3);
    }
}
