//! Many writes in one composite request: one API call.

use salesforce_client::{Body, CompositeAnswers, Error, RecordId, RecordTarget, Ref, Result, Upserted};
use voice_crm_core::crm::{CrmError, RecordRef};

use crate::{
    exchange::{
        Answers, Client, Composite, Deadline, Placed, all,
        operation::{Found, Link, Operation, Source, Target, accounts_with},
    },
    failure::classify,
    reads::Row,
};

/// An operation's place in a composite request.
pub(super) enum Part {
    /// It is answered already.
    Known,
    Rows(Ref<salesforce_client::Page<Row>>),
    Upserted(Ref<Upserted>),
    Created(Ref<RecordId>),
    /// All of them or none, which holds in a graph only.
    Together(Vec<Ref<RecordId>>),
    Updated(Ref<()>, Option<RecordRef>),
    Read(Ref<Row>),
}

/// Runs the writes of one load in one request; each gets the answers to its own operations.
///
/// The error is one of the request as a whole.
pub(super) async fn run(
    client: &Client,
    key_field: &str,
    load: &[&Placed],
    deadline: Deadline,
) -> std::result::Result<Vec<(usize, Answers)>, CrmError> {
    let Composed { composite, parts, mut refused } = compose_all(key_field, load);
    if !parts.is_empty() {
        let answers = client.composite(composite).deadline(deadline.instant()).await.map_err(classify)?;
        refused.extend(
            parts
                .into_iter()
                .map(|(place, parts)| (place, parts.iter().map(|part| part.answer(&answers)).collect())),
        );
    }
    Ok(refused)
}

/// A request, and the writes that could not become part of it.
struct Composed {
    composite: Composite,
    parts: Vec<(usize, Vec<Part>)>,
    refused: Vec<(usize, Answers)>,
}

/// Puts a request together; a write that cannot be part of any request keeps no other out of it.
fn compose_all(key_field: &str, load: &[&Placed]) -> Composed {
    let mut load = load.to_vec();
    let mut refused = Vec::new();
    'again: loop {
        let mut composite = Composite::new();
        let mut parts = Vec::with_capacity(load.len());
        for (index, (place, operations)) in load.iter().copied().enumerate() {
            match compose(&mut composite, key_field, *place, operations, |_| false) {
                Ok(added) => parts.push((*place, added)),
                Err(error) => {
                    refused.push((*place, all(operations, &classify(error))));
                    load.remove(index);
                    continue 'again;
                }
            }
        }
        return Composed { composite, parts, refused };
    }
}

/// Adds the operations of a write to a request, but for those that are known already.
pub(super) fn compose(
    composite: &mut Composite,
    key_field: &str,
    place: usize,
    operations: &[Operation],
    is_known: impl Fn(usize) -> bool,
) -> Result<Vec<Part>> {
    let mut parts: Vec<Part> = Vec::with_capacity(operations.len());
    for (index, operation) in operations.iter().enumerate() {
        let name = format!("w{place}_{index}");
        if is_known(index) {
            parts.push(Part::Known);
            continue;
        }
        parts.push(match operation {
            Operation::Query(soql) => Part::Rows(composite.query(&name, soql.clone())?),
            Operation::Accounts(number) => Part::Rows(composite.query(&name, accounts_with(number))?),
            Operation::People { lookup, party, phone } => {
                Part::Rows(composite.query(&name, lookup.query(*party, &[phone]))?)
            }
            Operation::Upsert { object, key, fields, link } => {
                let body = linked(fields, link.as_ref(), &parts)?;
                Part::Upserted(composite.upsert(&name, object, key_field, &key.to_string(), body)?)
            }
            Operation::Create { object, fields, link } => {
                Part::Created(composite.create(&name, object, linked(fields, link.as_ref(), &parts)?)?)
            }
            Operation::CreateTogether(records) => {
                let mut together = Vec::with_capacity(records.len());
                for (number, (object, fields)) in records.iter().enumerate() {
                    together.push(composite.create(
                        &format!("{name}_{number}"),
                        object,
                        Body::of(fields)?,
                    )?);
                }
                Part::Together(together)
            }
            Operation::UpsertBy { object, unique, fields } => {
                let body = Body::of(fields)?;
                Part::Upserted(composite.upsert(&name, object, &unique.field, &unique.value, body)?)
            }
            Operation::Update { object, target: Target::Id(id), fields } => {
                Part::Updated(composite.update(&name, object, record_id(id)?, fields)?, Some(id.clone()))
            }
            Operation::Update { object, target: Target::Made(made), fields } => {
                Part::Updated(composite.update(&name, object, made_by(&parts, *made)?, fields)?, None)
            }
            Operation::Update { .. } => return Err(dangling()),
            Operation::Delete { object, id } => {
                Part::Updated(composite.delete(&name, object, record_id(id)?)?, None)
            }
            Operation::Look { object, target, fields } => Part::Read(match target {
                Target::Key(key) | Target::KeyAfterwards(key) => {
                    composite.get_by(&name, object, key_field, &key.to_string(), fields)?
                }
                Target::Unique(unique) => {
                    composite.get_by(&name, object, &unique.field, &unique.value, fields)?
                }
                Target::Id(id) => composite.get(&name, object, record_id(id)?, fields)?,
                Target::Made(made) => composite.get(&name, object, made_by(&parts, *made)?, fields)?,
            }),
            Operation::Read { object, target: Target::Key(key) | Target::KeyAfterwards(key), fields } => {
                Part::Read(composite.get_by(&name, object, key_field, &key.to_string(), *fields)?)
            }
            Operation::Read { object, target: Target::Id(id), fields } => {
                Part::Read(composite.get(&name, object, record_id(id)?, *fields)?)
            }
            Operation::Read { object, target: Target::Unique(unique), fields } => {
                Part::Read(composite.get_by(&name, object, &unique.field, &unique.value, *fields)?)
            }
            Operation::Read { object, target: Target::Made(made), fields } => {
                Part::Read(composite.get(&name, object, made_by(&parts, *made)?, *fields)?)
            }
        });
    }
    Ok(parts)
}

fn linked(fields: &Row, link: Option<&Link>, parts: &[Part]) -> Result<Body> {
    let body = Body::of(fields)?;
    match link {
        None => Ok(body),
        Some(Link { field, from: Source::FirstRow(place) }) => match parts.get(*place) {
            Some(Part::Rows(rows)) => body.reference(field, rows.first("Id")?),
            _ => Err(dangling()),
        },
        Some(Link { field, from: Source::Made(place) }) => match parts.get(*place) {
            Some(Part::Upserted(made)) => body.reference(field, made.id()),
            Some(Part::Created(made)) => body.reference(field, made.id()),
            _ => Err(dangling()),
        },
    }
}

fn made_by(parts: &[Part], place: usize) -> Result<RecordTarget> {
    match parts.get(place) {
        Some(Part::Upserted(made)) => Ok(made.id().into()),
        Some(Part::Created(made)) => Ok(made.id().into()),
        Some(Part::Read(read)) => Ok(read.field("Id")?.into()),
        _ => Err(dangling()),
    }
}

fn dangling() -> Error {
    Error::new(
        salesforce_client::ErrorKind::InvalidRequest,
        "an operation points to one that makes no record",
    )
}

pub(super) fn record_id(id: &RecordRef) -> Result<RecordId> {
    id.as_str().parse().map_err(|problem| {
        Error::new(
            salesforce_client::ErrorKind::InvalidRequest,
            "the record's id does not belong to this org",
        )
        .with_source(problem)
    })
}

impl Part {
    pub(super) fn answer(&self, answers: &CompositeAnswers) -> std::result::Result<Found, CrmError> {
        let found = match self {
            Self::Known => Err(dangling()),
            Self::Rows(rows) => answers.get(rows).map(|page| Found::Rows(page.records)),
            Self::Upserted(made) => {
                answers.get(made).map(|made| Found::Made(made.id.map(|id| RecordRef::new(id.as_str()))))
            }
            Self::Created(made) => answers.get(made).map(|id| Found::Made(Some(RecordRef::new(id.as_str())))),
            Self::Together(made) => {
                let ids = made.iter().map(|made| answers.get(made)).collect::<Result<Vec<_>>>();
                ids.map(|ids| Found::Made(ids.last().map(|id| RecordRef::new(id.as_str()))))
            }
            Self::Updated(updated, id) => answers.get(updated).map(|()| Found::Made(id.clone())),
            Self::Read(read) => answers.get(read).map(Found::Record),
        };
        found.map_err(classify)
    }
}
