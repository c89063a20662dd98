//! One write in requests of its own: for words that a composite request would misread.

use salesforce_client::{Error, ErrorCode};
use voice_crm_core::crm::{CrmError, CrmErrorKind, RecordRef};

use crate::{
    exchange::{
        Answers, Client, Deadline, all,
        composed::record_id,
        operation::{Found, Link, Operation, Source, Target, accounts_with},
    },
    failure::classify,
    reads::Row,
};

/// Runs the operations one after the other; after a failure the rest is not sent.
pub(super) async fn run(
    client: &Client,
    key_field: &str,
    operations: &[Operation],
    deadline: Deadline,
) -> Answers {
    let mut answers: Answers = Vec::with_capacity(operations.len());
    for (index, operation) in operations.iter().enumerate() {
        match send(client, key_field, operation, &answers, deadline).await {
            Ok(found) => answers.push(Ok(found)),
            // What is asked for by its key may be there all the same.
            Err(error) if matches!(operations.get(index + 1), Some(operation) if operation.follows_failure()) =>
            {
                answers.push(Err(error));
            }
            Err(error) => {
                answers.extend(all(&operations[index..], &error));
                break;
            }
        }
    }
    answers
}

async fn send(
    client: &Client,
    key_field: &str,
    operation: &Operation,
    earlier: &Answers,
    deadline: Deadline,
) -> Result<Found, CrmError> {
    let at = deadline.instant();
    let reference = |id: &salesforce_client::RecordId| RecordRef::new(id.as_str());
    let found = match operation {
        Operation::Query(soql) => {
            let page = client.query::<Row>(soql.clone()).deadline(at).await;
            page.map(|page| Found::Rows(page.records))
        }
        Operation::Accounts(number) => {
            let page = client.query::<Row>(accounts_with(number)).deadline(at).await;
            page.map(|page| Found::Rows(page.records))
        }
        Operation::People { lookup, party, phone } => {
            let page = client.query::<Row>(lookup.query(*party, &[phone])).deadline(at).await;
            page.map(|page| Found::Rows(page.records))
        }
        Operation::Upsert { object, key, fields, link } => {
            let fields = linked(fields, link.as_ref(), earlier)?;
            let made = client.records(object).upsert(key_field, &key.to_string(), &fields).deadline(at).await;
            made.map(|made| Found::Made(made.id.as_ref().map(reference)))
        }
        Operation::Create { object, fields, link } => {
            let fields = linked(fields, link.as_ref(), earlier)?;
            let made = client.records(object).create(&fields).deadline(at).await;
            made.map(|id| Found::Made(Some(reference(&id))))
        }
        Operation::CreateTogether(records) => return create_together(client, records, deadline).await,
        Operation::UpsertBy { object, unique, fields } => {
            let records = client.records(object);
            let made = records.upsert(&unique.field, &unique.value, fields).deadline(at).await;
            made.map(|made| Found::Made(made.id.as_ref().map(reference)))
        }
        Operation::Update { object, target, fields } => {
            let id = match target {
                Target::Id(id) => id.clone(),
                Target::Made(place) => brought(earlier, *place)?,
                Target::Key(_) | Target::KeyAfterwards(_) | Target::Unique(_) => return Err(not_there()),
            };
            let record = record_id(&id).map_err(classify)?;
            let updated = client.records(object).update(&record, fields).deadline(at).await;
            updated.map(|()| Found::Made(Some(id)))
        }
        Operation::Delete { object, id } => {
            let record = record_id(id).map_err(classify)?;
            client.records(object).delete(&record).deadline(at).await.map(|()| Found::Made(None))
        }
        Operation::Read { object, target, fields } => {
            return read(client, key_field, (object, target, fields), earlier, deadline).await;
        }
        Operation::Look { object, target, fields } => {
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            return read(client, key_field, (object, target, &fields), earlier, deadline).await;
        }
    };
    found.map_err(classify)
}

/// The fields of one record.
async fn read(
    client: &Client,
    key_field: &str,
    (object, target, fields): (&str, &Target, &[&str]),
    earlier: &Answers,
    deadline: Deadline,
) -> Result<Found, CrmError> {
    let (records, at) = (client.records(object), deadline.instant());
    let by_id = async |id: &RecordRef| {
        let record = record_id(id).map_err(classify)?;
        Ok::<_, CrmError>(records.get::<Row>(&record).fields(fields).deadline(at).await)
    };
    let read = match target {
        Target::Key(key) | Target::KeyAfterwards(key) => {
            records.get_by(key_field, &key.to_string()).fields(fields).deadline(at).await
        }
        Target::Unique(unique) => {
            records.get_by(&unique.field, &unique.value).fields(fields).deadline(at).await
        }
        Target::Id(id) => by_id(id).await?,
        Target::Made(place) => by_id(&brought(earlier, *place)?).await?,
    };
    read.map(Found::Record).map_err(classify)
}

/// The failure of the one that failed, not of those that were undone for its sake.
async fn create_together(
    client: &Client,
    records: &[(&'static str, Row)],
    deadline: Deadline,
) -> Result<Found, CrmError> {
    let create = client.collections().create_several(records).all_or_none(true);
    let made = create.deadline(deadline.instant()).await.map_err(classify)?;
    let undone = |error: &Error| error.code() == Some(&ErrorCode::ALL_OR_NONE_OPERATION_ROLLED_BACK);
    let mut failures: Vec<Error> = made.iter().filter_map(|made| made.as_ref().err().cloned()).collect();
    failures.sort_by_key(undone);
    match (failures.into_iter().next(), made.last()) {
        (Some(error), _) => Err(classify(error)),
        (None, Some(Ok(last))) => Ok(Found::Made(Some(RecordRef::new(last.id.as_str())))),
        (None, _) => Ok(Found::Made(None)),
    }
}

fn linked(fields: &Row, link: Option<&Link>, earlier: &Answers) -> Result<Row, CrmError> {
    let mut fields = fields.clone();
    if let Some(Link { field, from: Source::FirstRow(place) | Source::Made(place) }) = link {
        fields.insert((*field).to_owned(), brought(earlier, *place)?.as_str().into());
    }
    Ok(fields)
}

/// The id that an earlier operation brought.
fn brought(earlier: &Answers, place: usize) -> Result<RecordRef, CrmError> {
    earlier.get(place).and_then(|answer| answer.as_ref().ok()).and_then(Found::id).ok_or_else(not_there)
}

/// What an operation points to did not come about.
pub(super) fn not_there() -> CrmError {
    CrmError::new(CrmErrorKind::Refused, "what an earlier request should have found is not there")
        .with_code("PROCESSING_HALTED")
}
