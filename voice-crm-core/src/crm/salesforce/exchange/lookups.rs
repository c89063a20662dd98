//! Look-ups of many writes as one query for each kind: accounts by number, records by key, people by telephone
//! number.

use std::collections::{BTreeMap, BTreeSet};

use salesforce_client::{Composite, Page, Ref, Result, Soql};
use serde_json::{Map, Value};

use super::{Client, Deadline, Placed};
use crate::{
    crm::{
        CrmError, CrmErrorKind, WriteKey,
        salesforce::{
            caller_lookup::{Lookup, Party, is_whole},
            failure::classify,
            operation::{Found, Operation, Target},
        },
    },
    phone::PhoneNumber,
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
    People(Party),
}

/// What is looked up.
#[derive(Clone, Copy)]
enum Asked<'a> {
    Number(&'a str),
    Key(WriteKey),
    Phone(Lookup, &'a PhoneNumber),
}

/// A look-up, and the operation of a write that it is for.
struct LookUp<'a> {
    write: usize,
    operation: usize,
    asked: Asked<'a>,
}

/// The answer to an operation of a write, by the places of both in what was given.
pub(super) type Answer = ((usize, usize), std::result::Result<Found, CrmError>);

/// How many API calls the look-ups of these writes cost.
pub(super) fn calls(writes: &[Placed]) -> usize {
    let queries: usize = gathered(writes).values().map(|all| all.len().div_ceil(at_once(all))).sum();
    queries.div_ceil(QUERIES)
}

/// Whether an operation can share a query with others of its kind.
pub(super) fn takes(operation: &Operation) -> bool {
    kind(operation).is_some()
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
        by_kind.iter().flat_map(|(kind, all)| all.chunks(at_once(all)).map(|share| (*kind, share))).collect();
    let requests = shares.chunks(QUERIES).map(|queries| ask(client, key_field, queries, deadline));
    futures_util::future::join_all(requests).await.into_iter().flatten().collect()
}

fn kind(operation: &Operation) -> Option<(Kind<'_>, Asked<'_>)> {
    match operation {
        Operation::Accounts(number) => Some((Kind::Accounts, Asked::Number(number))),
        Operation::Read { object, target: Target::Key(key), fields } => {
            Some((Kind::Keys { object, fields }, Asked::Key(*key)))
        }
        Operation::People { lookup, party, phone } => {
            Some((Kind::People(*party), Asked::Phone(*lookup, phone)))
        }
        _ => None,
    }
}

fn gathered(writes: &[Placed]) -> BTreeMap<Kind<'_>, Vec<LookUp<'_>>> {
    let mut by_kind: BTreeMap<Kind<'_>, Vec<LookUp<'_>>> = BTreeMap::new();
    for (write, (_, operations)) in writes.iter().enumerate() {
        for (operation, asked) in operations.iter().enumerate() {
            if let Some((kind, asked)) = kind(asked) {
                by_kind.entry(kind).or_default().push(LookUp { write, operation, asked });
            }
        }
    }
    by_kind
}

/// How many look-ups of a kind one query answers.
fn at_once(all: &[LookUp<'_>]) -> usize {
    match all.first().map(|look_up| look_up.asked) {
        Some(Asked::Phone(lookup, _)) => lookup.at_once(),
        _ => VALUES,
    }
}

/// The look-ups that one query answers.
type Share<'a> = (Kind<'a>, &'a [LookUp<'a>]);

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
    for ((kind, look_ups), part) in asked {
        let page = match &answers {
            Ok(answers) => answers.get(&part).map_err(classify),
            Err(error) => Err(error.again()),
        };
        let whole = |page: &Page<Row>| match kind {
            Kind::People(_) => is_whole(page, phones(look_ups).len()),
            Kind::Accounts | Kind::Keys { .. } => page.done,
        };
        match page {
            Ok(page) if whole(&page) => found.extend(answered(*kind, key_field, look_ups, &page.records)),
            // More rows than fit, or one value that the org does not take: each write asks for itself.
            Ok(_) => {}
            Err(error) if error.kind() == CrmErrorKind::Refused => {}
            Err(error) => {
                found.extend(look_ups.iter().map(|look_up| (look_up.place(), Err(error.again()))));
            }
        }
    }
    found
}

fn add(
    composite: &mut Composite,
    number: usize,
    key_field: &str,
    (kind, look_ups): &Share<'_>,
) -> Result<Ref<Page<Row>>> {
    let values = || {
        let mut values: Vec<String> = look_ups.iter().filter_map(LookUp::value).collect();
        values.sort_unstable();
        values.dedup();
        values
    };
    let soql = match kind {
        Kind::Accounts => {
            Soql::new("SELECT Id, AccountNumber FROM Account WHERE AccountNumber IN :numbers ORDER BY Id")
                .bind("numbers", values())
        }
        Kind::Keys { object, fields } => {
            Soql::by_key(object, fields.iter().chain([&key_field]), key_field, values())?
        }
        Kind::People(party) => {
            let way = look_ups.iter().find_map(|look_up| match look_up.asked {
                Asked::Phone(lookup, _) => Some(lookup),
                Asked::Number(_) | Asked::Key(_) => None,
            });
            way.unwrap_or_else(Lookup::new).query(*party, &phones(look_ups))
        }
    };
    composite.query(&format!("q{number}"), soql)
}

/// The telephone numbers that are asked for, each once.
fn phones<'a>(look_ups: &[LookUp<'a>]) -> Vec<&'a PhoneNumber> {
    let phones = look_ups.iter().filter_map(|look_up| match look_up.asked {
        Asked::Phone(_, phone) => Some(phone),
        Asked::Number(_) | Asked::Key(_) => None,
    });
    phones.collect::<BTreeSet<_>>().into_iter().collect()
}

/// As the org would have answered each look-up by itself.
fn answered(kind: Kind<'_>, key_field: &str, look_ups: &[LookUp<'_>], rows: &[Row]) -> Vec<Answer> {
    let column = if matches!(kind, Kind::Accounts) { "AccountNumber" } else { key_field };
    // An org takes capitals and small letters for the same.
    let value_of = |row: &Row| row.get(column).and_then(Value::as_str).map(str::to_lowercase);
    let mut by_value: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        by_value.entry(value_of(row).unwrap_or_default()).or_default().push(row);
    }
    let own = |look_up: &LookUp<'_>| {
        let value = look_up.value().unwrap_or_default().to_lowercase();
        by_value.get(&value).map(Vec::as_slice).unwrap_or_default()
    };
    let answer = |look_up: &LookUp<'_>| match (kind, look_up.asked) {
        (Kind::People(party), Asked::Phone(lookup, phone)) => {
            let theirs = rows.iter().filter(|row| lookup.is_of(phone, party, row));
            Ok(Found::Rows(theirs.cloned().collect()))
        }
        (Kind::Accounts, _) => Ok(Found::Rows(own(look_up).iter().take(2).copied().cloned().collect())),
        _ => own(look_up).first().copied().cloned().map(Found::Record).ok_or_else(absent),
    };
    look_ups.iter().map(|look_up| (look_up.place(), answer(look_up))).collect()
}

/// What an org says of a key that no record has.
pub(super) fn absent() -> CrmError {
    CrmError::new(CrmErrorKind::Refused, "there is no record under this key").with_code("NOT_FOUND")
}

impl LookUp<'_> {
    fn place(&self) -> (usize, usize) {
        (self.write, self.operation)
    }

    /// The text that a field is compared with.
    fn value(&self) -> Option<String> {
        match self.asked {
            Asked::Number(number) => Some(number.to_owned()),
            Asked::Key(key) => Some(key.to_string()),
            Asked::Phone(..) => None,
        }
    }
}
