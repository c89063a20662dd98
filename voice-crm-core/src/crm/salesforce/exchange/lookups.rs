//! Look-ups of many writes as one query for each kind: accounts by number, records by key.

use std::collections::BTreeMap;

use salesforce_client::{Composite, Page, Ref, Result, Soql};
use serde_json::{Map, Value};

use super::{Client, Deadline, Placed};
use crate::crm::{
    CrmError, CrmErrorKind,
    salesforce::{
        failure::classify,
        operation::{Found, Operation, Target},
    },
};

type Row = Map<String, Value>;

/// How many values one query asks for.
const VALUES: usize = 200;
/// How many queries one composite request takes.
const QUERIES: usize = 5;

/// A kind of look-up; those of one kind share a query.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
enum Kind<'a> {
    Accounts,
    Keys { object: &'a str, fields: &'static [&'static str] },
}

/// What is looked up, and for which operation of which write.
struct Lookup {
    write: usize,
    operation: usize,
    value: String,
}

/// The answer to an operation of a write, by the places of both in what was given.
pub(super) type Answer = ((usize, usize), std::result::Result<Found, CrmError>);

/// How many API calls the look-ups of these writes cost.
pub(super) fn calls(writes: &[Placed]) -> usize {
    let queries: usize = gathered(writes).values().map(|lookups| lookups.len().div_ceil(VALUES)).sum();
    queries.div_ceil(QUERIES)
}

/// Whether an operation can share a query with others of its kind.
pub(super) fn takes(operation: &Operation) -> bool {
    matches!(operation, Operation::Accounts(_) | Operation::Read { target: Target::Key(_), .. })
}

/// Looks everything up. What is not answered could not be asked for together.
pub(super) async fn run(
    client: &Client,
    key_field: &str,
    writes: &[Placed],
    deadline: Deadline,
) -> Vec<Answer> {
    let by_kind = gathered(writes);
    let shares: Vec<Share<'_>> =
        by_kind.iter().flat_map(|(kind, all)| all.chunks(VALUES).map(|share| (*kind, share))).collect();
    let requests = shares.chunks(QUERIES).map(|queries| ask(client, key_field, queries, deadline));
    futures_util::future::join_all(requests).await.into_iter().flatten().collect()
}

fn gathered(writes: &[Placed]) -> BTreeMap<Kind<'_>, Vec<Lookup>> {
    let mut by_kind: BTreeMap<Kind<'_>, Vec<Lookup>> = BTreeMap::new();
    for (write, (_, operations)) in writes.iter().enumerate() {
        for (operation, asked) in operations.iter().enumerate() {
            let (kind, value) = match asked {
                Operation::Accounts(number) => (Kind::Accounts, number.clone()),
                Operation::Read { object, target: Target::Key(key), fields } => {
                    (Kind::Keys { object, fields }, key.to_string())
                }
                _ => continue,
            };
            by_kind.entry(kind).or_default().push(Lookup { write, operation, value });
        }
    }
    by_kind
}

/// The look-ups that one query answers.
type Share<'a> = (Kind<'a>, &'a [Lookup]);

/// Sends up to five queries in one request.
async fn ask(client: &Client, key_field: &str, queries: &[Share<'_>], deadline: Deadline) -> Vec<Answer> {
    let mut composite = Composite::new();
    let mut asked: Vec<(&Share<'_>, Ref<Page<Row>>)> = Vec::new();
    for query in queries {
        // A query that cannot be put is left to the requests in which each write goes by itself.
        if let Ok(part) = add(&mut composite, asked.len(), key_field, query) {
            asked.push((query, part));
        }
    }
    if asked.is_empty() {
        return Vec::new();
    }
    let answers = client.composite(composite).deadline(deadline.instant()).await.map_err(classify);
    let mut found = Vec::new();
    for ((kind, lookups), part) in asked {
        let page = match &answers {
            Ok(answers) => answers.get(&part).map_err(classify),
            Err(error) => Err(error.again()),
        };
        match page {
            Ok(page) if page.done => {
                let rows = by_value(page.records, kind.column(key_field));
                found.extend(lookups.iter().map(|lookup| (lookup.place(), kind.answer(lookup, &rows))));
            }
            // More rows than fit, or one value that the org does not take: each write asks for itself.
            Ok(_) => {}
            Err(error) if error.kind() == CrmErrorKind::Refused => {}
            Err(error) => {
                found.extend(lookups.iter().map(|lookup| (lookup.place(), Err(error.again()))));
            }
        }
    }
    found
}

fn add(
    composite: &mut Composite,
    number: usize,
    key_field: &str,
    (kind, lookups): &Share<'_>,
) -> Result<Ref<Page<Row>>> {
    let mut values: Vec<&str> = lookups.iter().map(|lookup| lookup.value.as_str()).collect();
    values.sort_unstable();
    values.dedup();
    let soql = match kind {
        Kind::Accounts => {
            Soql::new("SELECT Id, AccountNumber FROM Account WHERE AccountNumber IN :numbers ORDER BY Id")
                .bind("numbers", values)
        }
        Kind::Keys { object, fields } => {
            Soql::by_key(object, fields.iter().chain([&key_field]), key_field, values)?
        }
    };
    composite.query(&format!("q{number}"), soql)
}

/// The rows by the value that they were asked for; an org takes capitals and small letters for the same.
fn by_value(rows: Vec<Row>, column: &str) -> BTreeMap<String, Vec<Row>> {
    let mut by_value: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows {
        if let Some(value) = row.get(column).and_then(Value::as_str) {
            by_value.entry(value.to_lowercase()).or_default().push(row);
        }
    }
    by_value
}

impl Lookup {
    fn place(&self) -> (usize, usize) {
        (self.write, self.operation)
    }
}

impl Kind<'_> {
    fn column<'a>(&self, key_field: &'a str) -> &'a str {
        match self {
            Self::Accounts => "AccountNumber",
            Self::Keys { .. } => key_field,
        }
    }

    /// As the org would have answered this look-up by itself.
    fn answer(
        &self,
        lookup: &Lookup,
        rows: &BTreeMap<String, Vec<Row>>,
    ) -> std::result::Result<Found, CrmError> {
        let own = rows.get(&lookup.value.to_lowercase()).map(Vec::as_slice).unwrap_or_default();
        match self {
            Self::Accounts => Ok(Found::Rows(own.iter().take(2).cloned().collect())),
            Self::Keys { .. } => own.first().cloned().map(Found::Record).ok_or_else(|| {
                CrmError::new(CrmErrorKind::Refused, "there is no record under this key")
                    .with_code("NOT_FOUND")
            }),
        }
    }
}
