//! Plain records in collections: up to 200 of them in one request, with the queries that read back what was asked
//! of them. Each record succeeds or fails on its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use salesforce_client::{Composite, Page, Ref, Result, Saved, Soql};
use serde_json::Value;
use voice_crm_core::crm::{CrmError, CrmErrorKind, JobKey, RecordRef};

use crate::{
    exchange::{
        BYTES, Client, Deadline, all,
        bulk::Sent,
        lookups::{self, Query, absent},
        operation::{Found, Operation, Target},
        planned::Planned,
        single::not_there,
    },
    failure::classify,
    reads::Row,
};

/// How many records one request writes; an org may work on them for seconds.
const RECORDS: usize = 200;
/// How many of its parts may be collections or queries.
const PARTS: usize = 5;

/// Records that share a collection.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
struct Group<'a> {
    verb: Verb,
    object: &'a str,
    /// What is read back of them.
    read: Option<&'static [&'static str]>,
}

#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
enum Verb {
    Create,
    Upsert,
}

/// A write that is one record, and perhaps reads it back by its key.
struct Plain<'a> {
    group: Group<'a>,
    key: Option<JobKey>,
    fields: &'a Row,
    /// Which of the write's operations makes it, and which reads it back.
    made: usize,
    read: Option<usize>,
}

/// The parts of a request for the records of a group.
struct Collected {
    saved: Ref<Vec<Result<Saved>>>,
    rows: Option<Ref<Page<Row>>>,
    /// The writes, by their places in the share.
    writes: Vec<usize>,
}

/// Whether what is left of a write can be part of a collection.
pub(super) fn takes(write: &Planned) -> bool {
    plain(write).is_some()
}

fn plain(write: &Planned) -> Option<Plain<'_>> {
    let mut open = (0..write.operations.len()).filter(|index| write.known[*index].is_none());
    let made = open.next()?;
    let (read, end) = (open.next(), open.next());
    if end.is_some() {
        return None;
    }
    let (read_key, read_fields) = match read.map(|index| &write.operations[index]) {
        None => (None, None),
        Some(Operation::Read { target: Target::Made(place), fields, .. }) if *place == made => {
            (None, Some(*fields))
        }
        Some(Operation::Read { target: Target::KeyAfterwards(key), fields, .. }) => {
            (Some(*key), Some(*fields))
        }
        Some(_) => return None,
    };
    let (verb, object, key, fields) = match &write.operations[made] {
        Operation::Upsert { object, key, fields, link: None } => {
            (Verb::Upsert, object.as_str(), Some(*key), fields)
        }
        Operation::Create { object, fields, link: None } if read.is_some() == read_key.is_some() => {
            (Verb::Create, *object, read_key, fields)
        }
        _ => return None,
    };
    Some(Plain { group: Group { verb, object, read: read_fields }, key, fields, made, read })
}

impl Group<'_> {
    /// How many parts of a request it takes that are collections or queries.
    fn parts(self) -> usize {
        1 + usize::from(self.read.is_some())
    }
}

/// The writes of each request, those of a group together.
pub(super) fn shares(mut writes: Vec<Planned>) -> Vec<Vec<Planned>> {
    writes.sort_by(|one, other| {
        plain(one).map(|plain| plain.group).cmp(&plain(other).map(|plain| plain.group))
    });
    let mut cuts = vec![0];
    let (mut records, mut bytes, mut parts, mut last) = (0, 0, 0, None);
    for (index, write) in writes.iter().enumerate() {
        let group = plain(write).map(|plain| plain.group);
        let more = group.filter(|_| group != last).map_or(0, Group::parts);
        let weight: usize = write.operations.iter().map(Operation::weight).sum();
        if records == RECORDS || (records > 0 && (bytes + weight > BYTES || parts + more > PARTS)) {
            cuts.push(index);
            (records, bytes, parts) = (0, 0, group.map_or(0, Group::parts));
        } else {
            parts += more;
        }
        (records, bytes, last) = (records + 1, bytes + weight, group);
    }
    let mut shares: Vec<_> = cuts.into_iter().rev().map(|cut| writes.split_off(cut)).collect();
    shares.retain(|share| !share.is_empty());
    shares
}

/// How many queries have room beside these writes.
pub(super) fn room_beside(share: &[Planned]) -> usize {
    let groups: BTreeSet<Group<'_>> =
        share.iter().filter_map(|write| plain(write).map(|plain| plain.group)).collect();
    PARTS.saturating_sub(groups.into_iter().map(Group::parts).sum())
}

/// Sends one request, with queries beside the records.
pub(super) async fn send(
    client: &Client,
    key_field: &str,
    (share, queries): (Vec<Planned>, &[Query<'_>]),
    deadline: Deadline,
) -> Sent {
    let mut composite = Composite::new();
    let Ok(collected) = collect(&mut composite, key_field, &share) else {
        return Sent { again: share.into_iter().map(Planned::into_placed).collect(), ..Sent::default() };
    };
    let asked = lookups::put(&mut composite, key_field, queries);
    let answers = client.composite(composite).deadline(deadline.instant()).await.map_err(classify);
    let mut share: Vec<Option<Planned>> = share.into_iter().map(Some).collect();
    let mut sent = Sent { found: lookups::found(key_field, &asked, &answers), ..Sent::default() };
    for group in collected {
        let writes = group.writes.iter().filter_map(|index| share[*index].take());
        let outcomes = match &answers {
            Ok(answers) => answers.get(&group.saved).map_err(classify),
            Err(error) => Err(error.again()),
        };
        match outcomes {
            Ok(outcomes) if outcomes.len() == group.writes.len() => {
                let page = answers.as_ref().ok().zip(group.rows).map(|(answers, rows)| answers.get(&rows));
                let rows = page.and_then(Result::ok).map(|page| by_key(page.records, key_field));
                let is_single = group.writes.len() == 1;
                for (write, outcome) in writes.zip(outcomes) {
                    if !is_single && outcome.as_ref().is_err_and(is_refusal) {
                        sent.again.push(write.into_placed());
                    } else {
                        sent.answered.push(told(write, outcome, rows.as_ref()).into_answers());
                    }
                }
            }
            Ok(_) => {
                let error = CrmError::new(CrmErrorKind::Unavailable, "the org left an answer out");
                let error = error.that_may_have_applied(true);
                sent.answered.extend(writes.map(|write| (write.place, all(&write.operations, &error))));
            }
            Err(error) if error.kind() == CrmErrorKind::Refused => {
                sent.again.extend(writes.map(Planned::into_placed));
            }
            Err(error) => {
                sent.answered.extend(writes.map(|write| (write.place, all(&write.operations, &error))));
            }
        }
    }
    sent
}

/// Whether the org refuses a record whenever it is sent. In a batch the other records may be the reason: automation of
/// the org that comes to a limit refuses all of a collection, so the record is sent once more among few.
fn is_refusal(error: &salesforce_client::Error) -> bool {
    classify(error.clone()).kind() == CrmErrorKind::Refused
}

fn collect(composite: &mut Composite, key_field: &str, share: &[Planned]) -> Result<Vec<Collected>> {
    let mut groups: BTreeMap<Group<'_>, Vec<(usize, Plain<'_>)>> = BTreeMap::new();
    for (index, write) in share.iter().enumerate() {
        if let Some(plain) = plain(write) {
            groups.entry(plain.group).or_default().push((index, plain));
        }
    }
    let mut collected = Vec::with_capacity(groups.len());
    for (number, (group, plains)) in groups.into_iter().enumerate() {
        let name = format!("c{number}");
        let saved = match group.verb {
            Verb::Create => {
                let records: Vec<_> = plains.iter().map(|(_, plain)| (group.object, plain.fields)).collect();
                composite.create_all(&name, &records)?
            }
            Verb::Upsert => {
                let records: Vec<Row> = plains.iter().map(|(_, plain)| keyed(plain, key_field)).collect();
                composite.upsert_all(&name, group.object, key_field, &records)?
            }
        };
        let rows = match group.read {
            Some(fields) => {
                let keys = plains.iter().filter_map(|(_, plain)| plain.key).map(|key| key.to_string());
                let fields = fields.iter().chain([&key_field]);
                let soql = Soql::by_key(group.object, fields, key_field, keys.collect::<Vec<_>>())?;
                Some(composite.query(&format!("r{number}"), soql)?)
            }
            None => None,
        };
        collected.push(Collected { saved, rows, writes: plains.iter().map(|(index, _)| *index).collect() });
    }
    Ok(collected)
}

fn keyed(plain: &Plain<'_>, key_field: &str) -> Row {
    let mut fields = plain.fields.clone();
    fields.extend(plain.key.map(|key| (key_field.to_owned(), Value::from(key.to_string()))));
    fields
}

fn by_key(rows: Vec<Row>, key_field: &str) -> HashMap<String, Row> {
    let keyed = |row: Row| Some((row.get(key_field)?.as_str()?.to_lowercase(), row));
    rows.into_iter().filter_map(keyed).collect()
}

/// The write with what became of its record.
fn told(mut write: Planned, outcome: Result<Saved>, rows: Option<&HashMap<String, Row>>) -> Planned {
    let Some(Plain { made, read, key, .. }) = plain(&write) else { return write };
    if let Some(read) = read {
        write.known[read] = Some(match rows.zip(key).map(|(rows, key)| rows.get(&key.to_string())) {
            Some(Some(row)) => Ok(Found::Record(row.clone())),
            Some(None) => Err(absent()),
            None => Err(not_there()),
        });
    }
    let id = outcome.map_err(classify).map(|saved| Found::Made(Some(RecordRef::new(saved.id.as_str()))));
    write.known[made] = Some(id);
    write
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upsert(object: &str, reads: bool) -> Planned {
        let key = JobKey::from_bytes([0; 16]);
        let mut operations =
            vec![Operation::Upsert { object: object.to_owned(), key, fields: Row::new(), link: None }];
        let read = Operation::Read { object: object.to_owned(), target: Target::Made(0), fields: &["Id"] };
        operations.extend(reads.then_some(read));
        Planned::new((0, operations))
    }

    #[test]
    fn a_request_holds_no_more_than_an_org_takes() {
        let cases = (0..250).map(|_| upsert("Case", true));
        let shares = shares(cases.collect());
        assert_eq!(shares.iter().map(Vec::len).sum::<usize>(), 250);
        assert!(shares.iter().all(|share| share.len() <= RECORDS));
        let kinds = ["A__c", "B__c", "C__c", "D__c"]
            .iter()
            .flat_map(|object| [upsert(object, true), upsert(object, true)]);
        for share in super::shares(kinds.collect()) {
            let collected = collect(&mut Composite::new(), "Key__c", &share).unwrap();
            assert!(
                collected.iter().map(|group| 1 + usize::from(group.rows.is_some())).sum::<usize>() <= PARTS
            );
        }
    }
}
