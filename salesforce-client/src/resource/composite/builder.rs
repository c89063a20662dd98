//! Putting a composite request together, with every rule checked before anything is sent.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::Method;
use serde::de::DeserializeOwned;

use super::body::{Body, IntoBody, check_text};
use super::reference::{RecordTarget, Ref, Target};
use crate::error::{Error, Result};
use crate::id::RecordId;
use crate::name;
use crate::request::{Idempotence, Request};
use crate::resource::query::{self, Page};
use crate::resource::records::{self, Upserted};
use crate::response::Response;
use crate::soql::Soql;

const MOST_PARTS: usize = 25;
/// In one graph.
const MOST_NODES: usize = 500;
const MOST_QUERIES: usize = 5;
const LONGEST_REFERENCE_ID: usize = 40;

/// Up to 25 requests that are sent together and cost one API call.
///
/// Each method adds a part under a reference id of your choice and gives back a [`Ref`], which
/// finds the part's answer and lets later parts refer to it.
///
/// See \[Salesforce/Composite\].
#[must_use = "a composite request does nothing until it is sent"]
pub struct Composite {
    serial: u64,
    pub(super) all_or_none: bool,
    most_parts: usize,
    pub(crate) parts: Vec<Part>,
}

pub(crate) struct Part {
    pub(crate) name: Arc<str>,
    pub(crate) request: Request,
    pub(crate) body: Option<Body>,
}

impl Composite {
    /// An empty request; its parts succeed or fail each on its own.
    pub fn new() -> Self {
        static SERIAL: AtomicU64 = AtomicU64::new(1);
        Self {
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
            all_or_none: false,
            most_parts: MOST_PARTS,
            parts: Vec::new(),
        }
    }

    /// An empty graph for [`Graphs`](crate::Graphs): up to 500 parts that succeed or fail together,
    /// none of them a query.
    pub fn graph() -> Self {
        Self { all_or_none: true, most_parts: MOST_NODES, ..Self::new() }
    }

    pub(crate) fn is_graph(&self) -> bool {
        self.most_parts == MOST_NODES
    }

    /// Whether one part's failure undoes all the others.
    pub fn all_or_none(mut self, all_or_none: bool) -> Self {
        self.all_or_none = all_or_none;
        self
    }

    /// How many parts it has.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether it has no parts.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub(crate) fn serial(&self) -> u64 {
        self.serial
    }

    /// Whether sending it twice leaves what sending it once leaves.
    pub(crate) fn idempotence(&self) -> Idempotence {
        if self.parts.iter().any(|part| part.request.idempotence == Idempotence::Creates) {
            Idempotence::Creates
        } else {
            Idempotence::Idempotent
        }
    }

    /// Creates a record.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) as for all parts: too many of
    /// them, a reference id that is not made of letters, digits and underscores or is taken, a
    /// reference to another composite request, or a text with `@{`.
    pub fn create(&mut self, name: &str, object: &str, fields: impl IntoBody) -> Result<Ref<RecordId>> {
        let path = format!("sobjects/{}", name::name("object", object)?);
        let request = Request::new(Method::POST, path.clone(), path);
        self.add(name, request, Some(fields.into_body()?), records::created_id)
    }

    /// Creates or changes the record whose external id `field` is `key`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn upsert(
        &mut self,
        name: &str,
        object: &str,
        field: &str,
        key: &str,
        fields: impl IntoBody,
    ) -> Result<Ref<Upserted>> {
        check_text(key)?;
        let request = records::by_key(Method::PATCH, object, field, key)?.idempotence(Idempotence::Upsert);
        self.add(name, request, Some(fields.into_body()?), records::upserted)
    }

    /// Changes the given fields of a record.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn update(
        &mut self,
        name: &str,
        object: &str,
        target: impl Into<RecordTarget>,
        fields: impl IntoBody,
    ) -> Result<Ref<()>> {
        let request = self.about(Method::PATCH, object, target.into())?;
        self.add(name, request, Some(fields.into_body()?), |_| Ok(()))
    }

    /// Deletes a record.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn delete(&mut self, name: &str, object: &str, target: impl Into<RecordTarget>) -> Result<Ref<()>> {
        let request = self.about(Method::DELETE, object, target.into())?;
        self.add(name, request, None, |_| Ok(()))
    }

    /// Reads these fields of a record.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn get<T: DeserializeOwned>(
        &mut self,
        name: &str,
        object: &str,
        target: impl Into<RecordTarget>,
        fields: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Ref<T>> {
        let request = self.about(Method::GET, object, target.into())?;
        let request = request.query("fields", &name::fields(fields)?);
        self.add(name, request, None, Response::json)
    }

    /// Reads these fields of the record whose external id `field` is `key`.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn get_by<T: DeserializeOwned>(
        &mut self,
        name: &str,
        object: &str,
        field: &str,
        key: &str,
        fields: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Ref<T>> {
        check_text(key)?;
        let request = records::by_key(Method::GET, object, field, key)?;
        let request = request.query("fields", &name::fields(fields)?);
        self.add(name, request, None, Response::json)
    }

    /// Runs a query; at most five of the parts may be queries or collections.
    ///
    /// # Errors
    /// As [`create`](Self::create), and as [`Soql::render`].
    #[expect(clippy::needless_pass_by_value, reason = "a query is built in place and used once")]
    pub fn query<T: DeserializeOwned>(&mut self, name: &str, soql: Soql) -> Result<Ref<Page<T>>> {
        if self.is_graph() {
            return Err(Error::invalid("a graph takes no queries: run them before it"));
        }
        check_text(&soql.render()?)?;
        self.check_queries()?;
        self.add(name, query::request(&soql, "query")?, None, query::read_page)
    }

    /// Whether there is room for one more query or collection.
    pub(super) fn check_queries(&self) -> Result<()> {
        if self.parts.iter().filter(|part| part.is_query()).count() == MOST_QUERIES {
            return Err(Error::invalid("a composite request takes at most 5 queries and collections"));
        }
        Ok(())
    }

    fn about(&self, method: Method, object: &str, target: RecordTarget) -> Result<Request> {
        match target.0 {
            Target::Known(id) => records::by_id(method, object, id.as_str()),
            Target::Reference(reference) => {
                self.check_own(&[reference.composite])?;
                records::by_id(method, object, &reference.text)
            }
        }
    }

    fn check_own(&self, composites: &[u64]) -> Result<()> {
        if composites.iter().all(|serial| *serial == self.serial) {
            return Ok(());
        }
        Err(Error::invalid("a reference belongs to another composite request"))
    }

    pub(super) fn add<T>(
        &mut self,
        name: &str,
        request: Request,
        body: Option<Body>,
        decode: fn(&Response) -> Result<T>,
    ) -> Result<Ref<T>> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if name.is_empty() || name.len() > LONGEST_REFERENCE_ID || !name.bytes().all(plain) {
            return Err(Error::invalid(
                "a reference id is made of letters, digits and underscores, at most 40",
            ));
        }
        if self.parts.iter().any(|part| *part.name == *name) {
            return Err(Error::invalid(format!("the reference id `{name}` is taken")));
        }
        if self.parts.len() == self.most_parts {
            return Err(Error::invalid("a composite request takes at most 25 parts, a graph 500"));
        }
        if let Some(body) = &body {
            self.check_own(&body.composites)?;
        }
        let name: Arc<str> = name.into();
        self.parts.push(Part { name: Arc::clone(&name), request, body });
        Ok(Ref { composite: self.serial, name, decode })
    }
}

impl Part {
    fn is_query(&self) -> bool {
        self.request.template == "GET query" || self.request.template.contains("composite/sobjects")
    }
}

impl Default for Composite {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Composite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.parts.iter().map(|part| (&part.name, &part.request.template))).finish()
    }
}
