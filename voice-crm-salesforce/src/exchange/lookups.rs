//! Look-ups of many writes as one query for each kind: accounts by number, records by key, people by telephone
//! number. The queries travel by themselves, five to a request, or beside what a request holds anyway.

use std::collections::{BTreeMap, BTreeSet};

use salesforce_client::{Composite, CompositeAnswers, Page, Ref, Result, Soql};
use serde_json::Value;
use voice_crm_core::{
    crm::{CrmError, CrmErrorKind, JobKey, spelled_number, spoken_number},
    phone::PhoneNumber,
};

use crate::{
    account_number::stored_forms,
    exchange::{
        Client, Deadline, Placed,
        operation::{Found, Operation, Target},
    },
    failure::classify,
    reads::{
        Lookup, Row,
        caller_lookup::{Party, is_whole},
    },
};

/// How many values one query asks for.
const VALUES: usize = 200;
/// How many account numbers, each in all its forms: five queries of them are a request, and no query is too long for it.
const NUMBERS: usize = 40;
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
    Key(JobKey),
    Phone(Lookup, &'a PhoneNumber),
}

/// A look-up, and the operation of a write that it is for.
#[derive(Clone, Copy)]
struct LookUp<'a> {
    write: usize,
    operation: usize,
    asked: Asked<'a>,
}

/// The answer to an operation of a write, by the places of both in what was given.
pub(super) type Answer = ((usize, usize), std::result::Result<Found, CrmError>);

/// Look-ups of one kind that one query answers.
pub(super) struct Query<'a> {
    kind: Kind<'a>,
    look_ups: Vec<LookUp<'a>>,
}

/// A query that is part of a request.
pub(super) type Part<'q, 'a> = (&'q Query<'a>, Ref<Page<Row>>);

/// How many API calls the look-ups of these writes cost.
pub(super) fn calls(writes: &[Placed]) -> usize {
    let queries: usize = merged(writes).values().map(|all| all.len().div_ceil(at_once(all))).sum();
    queries.div_ceil(QUERIES)
}

/// Whether an operation can share a query with others of its kind.
pub(super) fn takes(operation: &Operation) -> bool {
    kind(operation).is_some()
}

/// The queries that answer the look-ups of these writes.
pub(super) fn queries(writes: &[Placed]) -> Vec<Query<'_>> {
    let mut queries = Vec::new();
    for (kind, all) in merged(writes) {
        let of_kind = all.chunks(at_once(&all)).map(|share| Query { kind, look_ups: share.to_vec() });
        queries.extend(of_kind);
    }
    queries
}

/// Sends queries in requests of their own, one after the other: an org that does not answer is asked no more of them, or a
/// batch would leave many requests hanging there. What is not answered could not be asked for together.
pub(super) async fn run(
    client: &Client,
    key_field: &str,
    queries: &[Query<'_>],
    deadline: Deadline,
) -> Vec<Answer> {
    let mut answers = Vec::new();
    let mut requests = queries.chunks(QUERIES);
    while let Some(share) = requests.next() {
        let found = ask(client, key_field, share, deadline).await;
        let errors = found.iter().filter_map(|(_, answer)| answer.as_ref().err());
        let down = errors.filter(|error| is_down(error)).map(CrmError::again).next();
        answers.extend(found);
        if let Some(error) = down {
            let unasked = requests.by_ref().flatten().flat_map(|query| &query.look_ups);
            answers.extend(unasked.map(|look_up| (look_up.place(), Err(error.again()))));
        }
    }
    answers
}

fn is_down(error: &CrmError) -> bool {
    matches!(error.kind(), CrmErrorKind::Unavailable | CrmErrorKind::Late | CrmErrorKind::Throttled)
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

fn merged(writes: &[Placed]) -> BTreeMap<Kind<'_>, Vec<LookUp<'_>>> {
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
        Some(Asked::Number(_)) => NUMBERS,
        Some(Asked::Key(_)) | None => VALUES,
    }
}

/// Sends up to five queries in one request.
async fn ask(client: &Client, key_field: &str, queries: &[Query<'_>], deadline: Deadline) -> Vec<Answer> {
    let mut composite = Composite::new();
    let asked = put(&mut composite, key_field, queries);
    if asked.is_empty() {
        return Vec::new();
    }
    let answers = client.composite(composite).deadline(deadline.instant()).await.map_err(classify);
    found(key_field, &asked, &answers)
}

/// Makes queries parts of a request. One that cannot be put is left to the requests in which each write goes by itself.
pub(super) fn put<'q, 'a>(
    composite: &mut Composite,
    key_field: &str,
    queries: &'q [Query<'a>],
) -> Vec<Part<'q, 'a>> {
    let part = |(number, query): (usize, &'q Query<'a>)| {
        let soql = query.soql(key_field).ok()?;
        Some((query, composite.query(&format!("q{number}"), soql).ok()?))
    };
    queries.iter().enumerate().filter_map(part).collect()
}

/// What the answers to a request tell of the look-ups in it.
pub(super) fn found(
    key_field: &str,
    asked: &[Part<'_, '_>],
    answers: &std::result::Result<CompositeAnswers, CrmError>,
) -> Vec<Answer> {
    let mut found = Vec::new();
    for (query, part) in asked {
        let page = match answers {
            Ok(answers) => answers.get(part).map_err(classify),
            Err(error) => Err(error.again()),
        };
        match page {
            Ok(page) if query.is_whole(&page) => found.extend(query.answered(key_field, &page.records)),
            // More rows than fit, or one value that the org does not take: each write asks for itself.
            Ok(_) => {}
            Err(error) if error.kind() == CrmErrorKind::Refused => {}
            // Whatever became of the request, a look-up has changed nothing.
            Err(error) => found.extend(
                query
                    .look_ups
                    .iter()
                    .map(|look_up| (look_up.place(), Err(error.again().that_may_have_applied(false)))),
            ),
        }
    }
    found
}

impl Query<'_> {
    fn soql(&self, key_field: &str) -> Result<Soql> {
        let values = || {
            let mut values: Vec<String> = self.look_ups.iter().flat_map(LookUp::values).collect();
            values.sort_unstable();
            values.dedup();
            values
        };
        Ok(match self.kind {
            Kind::Accounts => {
                Soql::new("SELECT Id, AccountNumber FROM Account WHERE AccountNumber IN :numbers ORDER BY Id")
                    .bind("numbers", values())
            }
            Kind::Keys { object, fields } => {
                Soql::by_key(object, fields.iter().chain([&key_field]), key_field, values())?
            }
            Kind::People(party) => {
                let way = self.look_ups.iter().find_map(|look_up| match look_up.asked {
                    Asked::Phone(lookup, _) => Some(lookup),
                    Asked::Number(_) | Asked::Key(_) => None,
                });
                way.unwrap_or_else(Lookup::new).query(party, &phones(&self.look_ups))
            }
        })
    }

    /// Whether a page holds all that there is of each.
    fn is_whole(&self, page: &Page<Row>) -> bool {
        match self.kind {
            Kind::People(_) => is_whole(page, phones(&self.look_ups).len()),
            Kind::Accounts | Kind::Keys { .. } => page.done,
        }
    }

    /// As the org would have answered each look-up by itself.
    fn answered(&self, key_field: &str, rows: &[Row]) -> Vec<Answer> {
        let column = if matches!(self.kind, Kind::Accounts) { "AccountNumber" } else { key_field };
        // An org takes capitals and small letters for the same; an account number is heard in many forms.
        let same = |value: &str| match self.kind {
            Kind::Accounts => spoken_number(value),
            Kind::Keys { .. } | Kind::People(_) => value.to_lowercase(),
        };
        let value_of = |row: &Row| row.get(column).and_then(Value::as_str).map(same);
        let mut by_value: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
        for row in rows {
            by_value.entry(value_of(row).unwrap_or_default()).or_default().push(row);
        }
        let own = |look_up: &LookUp<'_>| {
            let values = look_up.values();
            let said = values.first().map(String::as_str).unwrap_or_default();
            // A number with such a word in it comes before one that is spelled with it.
            let spelled = || matches!(self.kind, Kind::Accounts).then(|| spelled_number(said)).flatten();
            let rows = by_value.get(&same(said)).or_else(|| by_value.get(&spelled()?));
            rows.map(Vec::as_slice).unwrap_or_default()
        };
        let answer = |look_up: &LookUp<'_>| match (self.kind, look_up.asked) {
            (Kind::People(party), Asked::Phone(lookup, phone)) => {
                let theirs = rows.iter().filter(|row| lookup.is_of(phone, party, row));
                Ok(Found::Rows(theirs.cloned().collect()))
            }
            (Kind::Accounts, _) => Ok(Found::Rows(own(look_up).iter().take(2).copied().cloned().collect())),
            _ => own(look_up).first().copied().cloned().map(Found::Record).ok_or_else(absent),
        };
        self.look_ups.iter().map(|look_up| (look_up.place(), answer(look_up))).collect()
    }
}

/// The telephone numbers that are asked for, each once.
fn phones<'a>(look_ups: &[LookUp<'a>]) -> Vec<&'a PhoneNumber> {
    let phones = look_ups.iter().filter_map(|look_up| match look_up.asked {
        Asked::Phone(_, phone) => Some(phone),
        Asked::Number(_) | Asked::Key(_) => None,
    });
    phones.collect::<BTreeSet<_>>().into_iter().collect()
}

/// What an org says of a key that no record has.
pub(super) fn absent() -> CrmError {
    CrmError::new(CrmErrorKind::Refused, "there is no record under this key").with_code("NOT_FOUND")
}

impl LookUp<'_> {
    fn place(&self) -> (usize, usize) {
        (self.write, self.operation)
    }

    /// The texts that a field is compared with; they mean the same.
    fn values(&self) -> Vec<String> {
        match self.asked {
            Asked::Number(number) => stored_forms(number),
            Asked::Key(key) => vec![key.to_string()],
            Asked::Phone(..) => Vec::new(),
        }
    }
}
