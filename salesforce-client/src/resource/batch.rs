//! `POST /composite/batch`: up to 25 independent requests in one round trip

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use bytes::Bytes;
use http::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::query::{self, Page};
use super::records::{self, Upserted};
use crate::api_version::ApiVersion;
use crate::call::{Call, Pending};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result, classify};
use crate::id::RecordId;
use crate::name;
use crate::request::{Idempotence, Request, json};
use crate::response::{Response, Run, part};
use crate::soql::Soql;

const MOST_PARTS: usize = 25;

/// Up to 25 requests that are done one after the other and know nothing of one another. They are
/// one round trip, but each counts as an API call.
///
/// Unlike a [`Composite`](crate::Composite) it has no references, so no text in it can be taken for one.
///
/// See \[Salesforce/Composite Batch\].
#[must_use = "a batch does nothing until it is sent"]
pub struct Batch {
    serial: u64,
    halt_on_error: bool,
    parts: Vec<Request>,
}

/// One part of a batch, and the type of its answer.
pub struct BatchRef<T> {
    serial: u64,
    index: usize,
    decode: fn(&Response) -> Result<T>,
}

impl Batch {
    /// An empty batch, all of whose parts are tried.
    pub fn new() -> Self {
        static SERIAL: AtomicU64 = AtomicU64::new(1);
        Self { serial: SERIAL.fetch_add(1, Ordering::Relaxed), halt_on_error: false, parts: Vec::new() }
    }

    /// Whether the parts after one that failed are left undone. What was done stays done.
    pub fn halt_on_error(mut self, halt: bool) -> Self {
        self.halt_on_error = halt;
        self
    }

    /// Creates a record.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] as for all parts: more than 25 of them, or a name that is none.
    pub fn create(&mut self, object: &str, fields: &(impl Serialize + ?Sized)) -> Result<BatchRef<RecordId>> {
        let path = format!("sobjects/{}", name::name("object", object)?);
        let request = Request::new(Method::POST, path.clone(), path).body(json(fields)?);
        self.add(request, records::created_id)
    }

    /// Creates or changes the record whose external id `field` is `key`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn upsert(
        &mut self,
        object: &str,
        field: &str,
        key: &str,
        fields: &(impl Serialize + ?Sized),
    ) -> Result<BatchRef<Upserted>> {
        let request = records::by_key(Method::PATCH, object, field, key)?.idempotence(Idempotence::Upsert);
        self.add(request.body(json(fields)?), records::upserted)
    }

    /// Changes the given fields of a record.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn update(
        &mut self,
        object: &str,
        id: &RecordId,
        fields: &(impl Serialize + ?Sized),
    ) -> Result<BatchRef<()>> {
        let request = records::by_id(Method::PATCH, object, id.as_str())?;
        self.add(request.body(json(fields)?), |_| Ok(()))
    }

    /// Deletes a record.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn delete(&mut self, object: &str, id: &RecordId) -> Result<BatchRef<()>> {
        self.add(records::by_id(Method::DELETE, object, id.as_str())?, |_| Ok(()))
    }

    /// Reads these fields of a record.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn get<T: DeserializeOwned>(
        &mut self,
        object: &str,
        id: &RecordId,
        fields: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<BatchRef<T>> {
        let request = records::by_id(Method::GET, object, id.as_str())?;
        self.add(request.query("fields", &name::fields(fields)?), Response::json)
    }

    /// Runs a query.
    ///
    /// # Errors
    /// As [`create`](Self::create), and as [`Soql::render`].
    #[expect(clippy::needless_pass_by_value, reason = "a query is built in place and used once")]
    pub fn query<T: DeserializeOwned>(&mut self, soql: Soql) -> Result<BatchRef<Page<T>>> {
        self.add(query::request(&soql, "query")?, query::read_page)
    }

    fn add<T>(&mut self, request: Request, decode: fn(&Response) -> Result<T>) -> Result<BatchRef<T>> {
        if self.parts.len() == MOST_PARTS {
            return Err(Error::invalid("a batch takes at most 25 parts"));
        }
        self.parts.push(request);
        Ok(BatchRef { serial: self.serial, index: self.parts.len() - 1, decode })
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.parts).finish()
    }
}

impl<T> fmt::Debug for BatchRef<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BatchRef").field(&self.index).finish()
    }
}

/// Sends a batch.
#[derive(Debug)]
#[must_use = "a call does nothing until it is awaited"]
pub struct SendBatch<'a> {
    call: Call<'a>,
    serial: u64,
}

impl Client {
    /// Sends the parts together. A part's failure is not an error of the call: each
    /// [`BatchAnswers::get`] tells its own.
    #[expect(clippy::needless_pass_by_value, reason = "its references are spent with it")]
    pub fn batch(&self, batch: Batch) -> SendBatch<'_> {
        let call = Call::new(self, request(&batch, self.api_version()));
        SendBatch { call, serial: batch.serial }
    }
}

impl SendBatch<'_> {
    /// Gives up at this moment.
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.call = self.call.deadline(deadline);
        self
    }
}

impl<'a> IntoFuture for SendBatch<'a> {
    type Output = Result<BatchAnswers>;
    type IntoFuture = Pending<'a, BatchAnswers>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { BatchAnswers::read(self.serial, &self.call.send().await?) })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    halt_on_error: bool,
    batch_requests: Vec<WirePart<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WirePart<'a> {
    method: &'a str,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rich_input: Option<Box<RawValue>>,
}

fn request(batch: &Batch, version: ApiVersion) -> Result<Request> {
    if batch.parts.is_empty() {
        return Err(Error::invalid("the batch has no parts"));
    }
    let parts = batch.parts.iter().map(|part| wire_part(part, version));
    let wire = Wire { halt_on_error: batch.halt_on_error, batch_requests: parts.collect::<Result<_>>()? };
    let creates = batch.parts.iter().any(|part| part.idempotence == Idempotence::Creates);
    let idempotence = if creates { Idempotence::Creates } else { Idempotence::Idempotent };
    let path = "composite/batch";
    Ok(Request::new(Method::POST, path.to_owned(), path).idempotence(idempotence).body(json(&wire)?))
}

fn wire_part(part: &Request, version: ApiVersion) -> Result<WirePart<'_>> {
    let rich_input = part.body.as_deref().map(serde_json::from_slice).transpose();
    Ok(WirePart {
        method: part.method.as_str(),
        url: part.path_and_query(version).trim_start_matches("/services/data/").to_owned(),
        rich_input: rich_input.map_err(|_| Error::invalid("the body of a part is not JSON"))?,
    })
}

/// The answers, one per part.
pub struct BatchAnswers {
    serial: u64,
    origin: Arc<str>,
    /// Whether an earlier attempt of the whole may have been applied.
    repeated: bool,
    run: Run,
    parts: Vec<(StatusCode, Bytes)>,
}

#[derive(Deserialize)]
struct Answers {
    results: Vec<Answer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    #[serde(default)]
    result: Option<Box<RawValue>>,
}

impl BatchAnswers {
    fn read(serial: u64, response: &Response) -> Result<Self> {
        let parts = response.json::<Answers>()?.results.into_iter();
        let parts = parts.map(|answer| part(answer.status_code, answer.result.as_deref()));
        let parts = parts.collect::<Result<_>>()?;
        Ok(Self {
            serial,
            origin: Arc::clone(&response.origin),
            repeated: response.repeated,
            run: response.run,
            parts,
        })
    }

    /// The answer to one part.
    ///
    /// # Errors
    /// What that part alone would have given; [`ErrorKind::InvalidRequest`] for a part of another batch.
    pub fn get<T>(&self, reference: &BatchRef<T>) -> Result<T> {
        if reference.serial != self.serial {
            return Err(Error::invalid("the part belongs to another batch"));
        }
        let Some((status, body)) = self.parts.get(reference.index) else {
            let error = Error::new(ErrorKind::Decode, "the answer lacks one of the batch's parts");
            return Err(self.run.blame(error));
        };
        let outcome = if status.is_success() {
            (reference.decode)(&Response::of(*status, body.clone(), &self.origin))
        } else {
            Err(classify::answer(*status, body).of_part().after_attempts(self.repeated))
        };
        outcome
            .map_err(|error| self.run.blame(error).with_request(&format!("batch part {}", reference.index)))
    }
}

impl fmt::Debug for BatchAnswers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.parts.iter().map(|(status, _)| status.as_u16())).finish()
    }
}
