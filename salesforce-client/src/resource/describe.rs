//! `GET /sobjects` and `GET /sobjects/{object}/describe`, kept and asked for again only if changed

mod types;

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use http::{Method, StatusCode};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::records::if_modified_since;
use crate::call::{Call, Pending};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::name;
use crate::request::Request;

pub use self::types::{
    ChildRelationship, FieldDescription, GlobalDescription, ObjectDescription, ObjectSummary, PicklistValue,
};

/// Asks for a description. What was told before is used again when the org says that it still holds.
///
/// See \[Salesforce/`sObject` Describe\].
#[must_use = "a call does nothing until it is awaited"]
pub struct Describe<'a, T> {
    call: Call<'a>,
    key: String,
    description: PhantomData<fn() -> T>,
}

impl Client {
    /// Describes an object: its fields, their types, and what may be done with them.
    pub fn describe(&self, object: &str) -> Describe<'_, ObjectDescription> {
        let request = name::name("object", object).map(|object| {
            let path = format!("sobjects/{object}/describe");
            Request::new(Method::GET, path.clone(), path)
        });
        Describe::new(self, object.to_ascii_lowercase(), request)
    }

    /// Lists the objects of the org.
    pub fn describe_global(&self) -> Describe<'_, GlobalDescription> {
        Describe::new(self, String::new(), Ok(Request::new(Method::GET, "sobjects".into(), "sobjects")))
    }
}

impl<'a, T> Describe<'a, T> {
    fn new(client: &'a Client, key: String, request: Result<Request>) -> Self {
        Self { call: Call::new(client, request), key, description: PhantomData }
    }

    /// Gives up at this moment.
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.call = self.call.deadline(deadline);
        self
    }
}

impl<T: DeserializeOwned + Send + Sync + 'static> Describe<'_, T> {
    async fn run(self) -> Result<Arc<T>> {
        let descriptions = self.call.client.descriptions();
        let known = descriptions.get::<T>(&self.key);
        let call = match &known {
            Some((since, _)) => self.call.map(|request| if_modified_since(request, *since)),
            None => self.call,
        };
        let answer = call.send().await?;
        if answer.status == StatusCode::NOT_MODIFIED {
            return known.map(|(_, description)| description).ok_or_else(|| {
                Error::new(ErrorKind::Decode, "the org answers that nothing changed, which was not asked")
            });
        }
        let description = Arc::new(answer.json::<T>()?);
        // Only the org's own clock says since when: ours may be ahead of it.
        if let Some(date) = answer.date() {
            descriptions.keep(self.key, date, Arc::clone(&description));
        }
        Ok(description)
    }
}

impl<'a, T: DeserializeOwned + Send + Sync + 'static> IntoFuture for Describe<'a, T> {
    type Output = Result<Arc<T>>;
    type IntoFuture = Pending<'a, Arc<T>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<T> fmt::Debug for Describe<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Describe").field(&self.call).finish()
    }
}

/// The descriptions that a client knows, each with the moment it was told.
#[derive(Default)]
pub(crate) struct Descriptions(Mutex<BTreeMap<String, Kept>>);

type Kept = (Timestamp, Arc<dyn std::any::Any + Send + Sync>);

impl Descriptions {
    fn get<T: Send + Sync + 'static>(&self, key: &str) -> Option<(Timestamp, Arc<T>)> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, description) = kept.get(key)?;
        Some((*since, Arc::clone(description).downcast().ok()?))
    }

    fn keep<T: Send + Sync + 'static>(&self, key: String, date: Timestamp, description: Arc<T>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, (date, description));
    }
}
