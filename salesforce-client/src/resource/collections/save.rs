//! `POST`, `PATCH` and `DELETE /composite/sobjects`, and `PATCH /composite/sobjects/{object}/{field}`

use std::fmt;
use std::time::Instant;

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::chunks::{self, MOST_CHUNKS, MOST_RECORDS};
use crate::call::{Call, Pending};
use crate::client::Client;
use crate::error::{Error, ErrorCode, ErrorKind, Result, classify, document};
use crate::id::RecordId;
use crate::name;
use crate::request::{self, Idempotence, Request};
use crate::response::Response;

/// Writes many records; gives one outcome per record, in their order.
///
/// The outer error is a mistake that was found before anything was sent. When a request of several
/// fails as a whole, each of its records has that failure, and the records after it are sent only if
/// the failure was about those records alone.
#[must_use = "a call does nothing until it is awaited"]
pub struct SaveMany<'a> {
    client: &'a Client,
    plan: Result<Plan>,
    all_or_none: bool,
    deadline: Option<Instant>,
    assignment_rules: Option<bool>,
    allow_duplicates: bool,
}

/// A request with many records, before it is cut into those that the org takes.
pub(in crate::resource) struct Plan {
    method: Method,
    path: String,
    template: String,
    idempotence: Idempotence,
    items: Vec<Value>,
}

/// A record that was written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Saved {
    /// The record.
    pub id: RecordId,
    /// Whether it is new.
    pub created: bool,
}

impl<'a> SaveMany<'a> {
    fn new(client: &'a Client, plan: Result<Plan>) -> Self {
        Self {
            client,
            plan,
            all_or_none: false,
            deadline: None,
            assignment_rules: None,
            allow_duplicates: false,
        }
    }

    pub(super) fn create<T: Serialize>(client: &'a Client, object: &str, records: &[T]) -> Self {
        let items = records.iter().map(|record| item(object, record, None)).collect();
        Self::new(client, plan(Method::POST, "composite/sobjects".into(), Idempotence::Creates, items))
    }

    pub(super) fn create_several<T: Serialize>(client: &'a Client, records: &[(&str, T)]) -> Self {
        Self::new(client, Plan::create(records))
    }

    pub(super) fn update<T: Serialize>(client: &'a Client, object: &str, records: &[(RecordId, T)]) -> Self {
        let items = records.iter().map(|(id, record)| item(object, record, Some(id))).collect();
        Self::new(client, plan(Method::PATCH, "composite/sobjects".into(), Idempotence::Idempotent, items))
    }

    pub(super) fn upsert<T: Serialize>(client: &'a Client, object: &str, field: &str, records: &[T]) -> Self {
        Self::new(client, Plan::upsert(object, field, records))
    }

    pub(super) fn delete(client: &'a Client, ids: &[RecordId]) -> Self {
        let items = Ok(ids.iter().map(|id| Value::from(id.as_str())).collect());
        Self::new(client, plan(Method::DELETE, "composite/sobjects".into(), Idempotence::Idempotent, items))
    }

    /// Whether one record's failure undoes all the others; for up to 200 records.
    pub fn all_or_none(mut self, all_or_none: bool) -> Self {
        self.all_or_none = all_or_none;
        self
    }

    /// Gives up at this moment, all requests included.
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Whether the org's assignment rules may choose the owners; the org decides unless set.
    pub fn assignment_rules(mut self, apply: bool) -> Self {
        self.assignment_rules = Some(apply);
        self
    }

    /// Saves the records although a duplicate rule warns.
    pub fn allow_duplicates(mut self) -> Self {
        self.allow_duplicates = true;
        self
    }

    async fn run(self) -> Result<Vec<Result<Saved>>> {
        let plan = self.plan?;
        if self.all_or_none && plan.items.len() > MOST_RECORDS {
            return Err(Error::invalid("all or none holds for at most 200 records: they are one request"));
        }
        let requests = chunks::requests(&plan.items);
        if self.all_or_none && requests.len() > 1 {
            let hint = "all or none holds for records of at most ten objects: they are one request";
            return Err(Error::invalid(hint));
        }
        let mut outcomes: Vec<(usize, Result<Saved>)> = Vec::with_capacity(plan.items.len());
        let mut stopped: Option<Error> = None;
        for places in requests {
            if let Some(error) = &stopped {
                outcomes.extend(places.iter().map(|place| (*place, Err(error.clone()))));
                continue;
            }
            let items: Vec<&Value> = places.iter().map(|place| &plan.items[*place]).collect();
            let mut call = Call::new(self.client, plan.request(&items, self.all_or_none));
            call.deadline = self.deadline;
            if let Some(apply) = self.assignment_rules {
                call = call.assignment_rules(apply);
            }
            if self.allow_duplicates {
                call = call.allow_duplicates();
            }
            let answer = call.send().await.and_then(|answer| plan.read(&answer, items.len()));
            match answer {
                Ok(answer) => outcomes.extend(places.into_iter().zip(answer)),
                Err(error) => {
                    outcomes.extend(places.iter().map(|place| (*place, Err(error.clone()))));
                    stopped = unsent(&error);
                }
            }
        }
        // Records that alternate were put side by side; they are told as they came.
        outcomes.sort_by_key(|(place, _)| *place);
        Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
    }
}

/// What the records after a failed request get, when it makes no sense to send them.
fn unsent(error: &Error) -> Option<Error> {
    if matches!(error.kind(), ErrorKind::Rejected | ErrorKind::Decode) {
        return None;
    }
    Some(error.clone().of_the_unsent())
}

/// A record as the API wants it: its fields, its object, and its id.
fn item(object: &str, record: &impl Serialize, id: Option<&RecordId>) -> Result<Value> {
    let object = name::name("object", object)?;
    let Ok(Value::Object(mut fields)) = serde_json::to_value(record) else {
        return Err(Error::invalid("the fields of a record must be written as a JSON object"));
    };
    fields.insert("attributes".into(), json!({"type": object}));
    if let Some(id) = id {
        fields.insert("id".into(), id.as_str().into());
    }
    Ok(Value::Object(fields))
}

fn plan(method: Method, path: String, idempotence: Idempotence, items: Result<Vec<Value>>) -> Result<Plan> {
    Ok(Plan { method, template: path.clone(), path, idempotence, items: items? })
}

impl Plan {
    pub(in crate::resource) fn create<T: Serialize>(records: &[(&str, T)]) -> Result<Self> {
        let items = records.iter().map(|(object, record)| item(object, record, None)).collect();
        plan(Method::POST, "composite/sobjects".into(), Idempotence::Creates, items)
    }

    pub(in crate::resource) fn upsert<T: Serialize>(
        object: &str,
        field: &str,
        records: &[T],
    ) -> Result<Self> {
        let field = name::name("external id field", field)?;
        let path = format!("composite/sobjects/{}/{field}", name::name("object", object)?);
        let items = records.iter().map(|record| {
            let item = item(object, record, None)?;
            let has_key = item.get(field).is_some_and(|key| !key.is_null());
            if has_key { Ok(item) } else { Err(Error::invalid("a record to upsert has no external id")) }
        });
        plan(Method::PATCH, path, Idempotence::Upsert, items.collect())
    }

    /// The request without its body, and the body, for a part of a composite request.
    pub(in crate::resource) fn into_part(self) -> Result<(Request, Value)> {
        if self.items.len() > MOST_RECORDS {
            return Err(Error::invalid("a part of a composite request takes at most 200 records"));
        }
        // The outcomes come in the order of the records, which is not ours to change.
        if chunks::chunks(&self.items) > MOST_CHUNKS {
            return Err(Error::invalid(
                "a part of a composite request takes at most ten runs of records of one object: put those of an \
                 object side by side",
            ));
        }
        let request = Request::new(self.method, self.path, self.template).idempotence(self.idempotence);
        Ok((request, json!({"allOrNone": false, "records": self.items})))
    }

    fn request(&self, items: &[&Value], all_or_none: bool) -> Result<Request> {
        let request = Request::new(self.method.clone(), self.path.clone(), self.template.clone())
            .idempotence(self.idempotence);
        if self.method == Method::DELETE {
            let ids: Vec<&str> = items.iter().filter_map(|id| id.as_str()).collect();
            let all_or_none = if all_or_none { "true" } else { "false" };
            return Ok(request.query("ids", &ids.join(",")).query("allOrNone", all_or_none));
        }
        Ok(request.body(request::json(&json!({"allOrNone": all_or_none, "records": items}))?))
    }

    fn read(&self, response: &Response, expected: usize) -> Result<Vec<Result<Saved>>> {
        let outcomes = read(&self.method, response)?;
        if outcomes.len() != expected {
            let error = Error::new(ErrorKind::Decode, "the answer does not have one outcome per record");
            return Err(response.blame(error));
        }
        let name = format!("{} {}", self.method, self.template);
        let named =
            |outcome: Result<Saved>| outcome.map_err(|error| response.run.blame(error).with_request(&name));
        Ok(outcomes.into_iter().map(named).collect())
    }
}

/// The outcomes of records that were created.
pub(in crate::resource) fn read_created(response: &Response) -> Result<Vec<Result<Saved>>> {
    read(&Method::POST, response)
}

/// The outcomes of records that were upserted.
pub(in crate::resource) fn read_upserted(response: &Response) -> Result<Vec<Result<Saved>>> {
    read(&Method::PATCH, response)
}

fn read(method: &Method, response: &Response) -> Result<Vec<Result<Saved>>> {
    let items: Vec<Box<RawValue>> = response.json()?;
    Ok(items.into_iter().map(|item| outcome(method, &item, response.repeated)).collect())
}

fn outcome(method: &Method, item: &RawValue, repeated: bool) -> Result<Saved> {
    let odd = || Error::new(ErrorKind::Decode, "an outcome does not have the documented shape");
    let item: Item = serde_json::from_str(item.get()).map_err(|_| odd())?;
    if item.success {
        let id = item.id.ok_or_else(odd)?;
        return Ok(Saved { id, created: item.created.unwrap_or(*method == Method::POST) });
    }
    let entries = document::entries(item.errors.as_ref().map_or(b"[]", |raw| raw.get().as_bytes()));
    if entries.is_empty() {
        return Err(odd());
    }
    let error = classify::refusal(StatusCode::BAD_REQUEST, entries).of_part();
    let gone = [ErrorCode::ENTITY_IS_DELETED, ErrorCode::NOT_FOUND];
    match item.id {
        // An attempt whose answer was lost has deleted it.
        Some(id)
            if repeated && *method == Method::DELETE && error.code().is_some_and(|c| gone.contains(c)) =>
        {
            Ok(Saved { id, created: false })
        }
        _ => Err(error.after_attempts(repeated)),
    }
}

#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    id: Option<RecordId>,
    success: bool,
    #[serde(default)]
    created: Option<bool>,
    #[serde(default)]
    errors: Option<Box<RawValue>>,
}

impl<'a> IntoFuture for SaveMany<'a> {
    type Output = Result<Vec<Result<Saved>>>;
    type IntoFuture = Pending<'a, Vec<Result<Saved>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for SaveMany<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.plan {
            Ok(plan) => f
                .debug_struct("SaveMany")
                .field("template", &plan.template)
                .field("records", &plan.items.len())
                .finish_non_exhaustive(),
            Err(error) => error.fmt(f),
        }
    }
}
