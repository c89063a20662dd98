//! `POST /composite/tree/{object}`: records with their children, created together or not at all

use std::collections::BTreeMap;
use std::fmt;
use std::time::Instant;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::call::{Call, Pending};
use crate::client::Client;
use crate::error::{Error, Result};
use crate::id::RecordId;
use crate::name;
use crate::request::{self, Request};

const MOST_RECORDS: usize = 200;
const DEEPEST: usize = 5;

/// A new record with its children.
///
/// See \[Salesforce/`sObject` Tree\].
#[derive(Clone)]
pub struct TreeRecord {
    reference: String,
    object: String,
    fields: Map<String, Value>,
    children: BTreeMap<String, Vec<TreeRecord>>,
}

impl TreeRecord {
    /// A record of `object`; `reference` is a name of your choice by which its id is found.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) when `object` is no API name, `reference` has anything but
    /// letters and digits, or `fields` is not written as a JSON object.
    pub fn new(object: &str, reference: &str, fields: &(impl Serialize + ?Sized)) -> Result<Self> {
        let object = name::name("object", object)?.to_owned();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if reference.is_empty() || !reference.bytes().all(plain) {
            return Err(Error::invalid("a reference id is made of letters, digits and underscores"));
        }
        let Ok(Value::Object(fields)) = serde_json::to_value(fields) else {
            return Err(Error::invalid("the fields of a record must be written as a JSON object"));
        };
        Ok(Self { reference: reference.to_owned(), object, fields, children: BTreeMap::new() })
    }

    /// Adds a child under the relationship of this name, such as `Contacts`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) when `relationship` is no API name.
    pub fn child(mut self, relationship: &str, child: Self) -> Result<Self> {
        let relationship = name::name("relationship", relationship)?.to_owned();
        self.children.entry(relationship).or_default().push(child);
        Ok(self)
    }

    fn check<'a>(&'a self, depth: usize, names: &mut Vec<&'a str>) -> Result<()> {
        if depth > DEEPEST {
            return Err(Error::invalid("a tree is at most five levels deep"));
        }
        if names.contains(&self.reference.as_str()) {
            return Err(Error::invalid("a reference id stands twice in the tree"));
        }
        if names.len() == MOST_RECORDS {
            return Err(Error::invalid("one request takes trees of at most 200 records in all"));
        }
        names.push(&self.reference);
        self.children.values().flatten().try_for_each(|child| child.check(depth + 1, names))
    }

    fn to_wire(&self) -> Value {
        let mut wire = self.fields.clone();
        wire.insert("attributes".into(), json!({"type": self.object, "referenceId": self.reference}));
        for (relationship, children) in &self.children {
            let records: Vec<Value> = children.iter().map(Self::to_wire).collect();
            wire.insert(relationship.clone(), json!({"records": records}));
        }
        Value::Object(wire)
    }
}

impl fmt::Debug for TreeRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TreeRecord")
            .field("object", &self.object)
            .field("reference", &self.reference)
            .field("children", &self.children)
            .finish_non_exhaustive()
    }
}

/// Creates trees of records; gives the ids by reference.
#[derive(Debug)]
#[must_use = "a call does nothing until it is awaited"]
pub struct CreateTree<'a>(Call<'a>);

impl Client {
    /// Creates these records of one object with their children, all or none, for one API call.
    pub fn create_tree(&self, records: &[TreeRecord]) -> CreateTree<'_> {
        CreateTree(Call::new(self, request(records)))
    }
}

impl CreateTree<'_> {
    /// Gives up at this moment.
    pub fn deadline(self, deadline: Instant) -> Self {
        Self(self.0.deadline(deadline))
    }

    /// Whether the org's assignment rules may choose the owners; the org decides unless set.
    pub fn assignment_rules(self, apply: bool) -> Self {
        Self(self.0.assignment_rules(apply))
    }

    /// Saves the records although a duplicate rule warns.
    pub fn allow_duplicates(self) -> Self {
        Self(self.0.allow_duplicates())
    }
}

impl<'a> IntoFuture for CreateTree<'a> {
    type Output = Result<BTreeMap<String, RecordId>>;
    type IntoFuture = Pending<'a, BTreeMap<String, RecordId>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let response = self.0.send().await?;
            let answer: Answer = response.json()?;
            Ok(answer
                .results
                .into_iter()
                .filter_map(|result| Some((result.reference_id, result.id?)))
                .collect())
        })
    }
}

#[derive(Deserialize)]
struct Answer {
    results: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    reference_id: String,
    #[serde(default)]
    id: Option<RecordId>,
}

fn request(records: &[TreeRecord]) -> Result<Request> {
    let Some(first) = records.first() else {
        return Err(Error::invalid("there is no record to create"));
    };
    if records.iter().any(|record| record.object != first.object) {
        return Err(Error::invalid("the roots of the trees must be of one object"));
    }
    let mut names = Vec::new();
    records.iter().try_for_each(|record| record.check(1, &mut names))?;
    let wire: Vec<Value> = records.iter().map(TreeRecord::to_wire).collect();
    let path = format!("composite/tree/{}", first.object);
    Ok(Request::new(Method::POST, path.clone(), path).body(request::json(&json!({"records": wire}))?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn record(reference: &str) -> TreeRecord {
        TreeRecord::new("Account", reference, &json!({"Name": reference})).unwrap()
    }

    #[test]
    fn children_stand_below_their_parents() {
        let contact = TreeRecord::new("Contact", "c", &json!({"LastName": "x"})).unwrap();
        let body = request(&[record("a").child("Contacts", contact).unwrap()]).unwrap().body.unwrap();

        assert_eq!(
            serde_json::from_slice::<Value>(&body).unwrap(),
            json!({"records": [{
                "attributes": {"type": "Account", "referenceId": "a"}, "Name": "a",
                "Contacts": {"records": [
                    {"attributes": {"type": "Contact", "referenceId": "c"}, "LastName": "x"}]},
            }]})
        );
    }

    #[test]
    fn every_limit_is_checked_before_anything_is_sent() {
        let many: Vec<_> = (0..201).map(|number| record(&format!("r{number}"))).collect();
        let contact = TreeRecord::new("Contact", "c", &json!({})).unwrap();
        let deep = (0..5).fold(record("leaf"), |child, number| {
            record(&format!("n{number}")).child("ChildAccounts", child).unwrap()
        });

        assert!(request(&many[..200]).is_ok());
        for refused in [&many[..], &[], &[record("a"), record("a")], &[record("a"), contact], &[deep]] {
            assert_eq!(request(refused).unwrap_err().kind(), ErrorKind::InvalidRequest);
        }
        assert!(TreeRecord::new("Account", "a b", &json!({})).is_err());
        assert!(TreeRecord::new("Account", "a", &json!([])).is_err());
    }
}
