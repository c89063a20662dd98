//! `/services/apexrest/{path}`: the org's own endpoints

use std::fmt;
use std::marker::PhantomData;
use std::time::Instant;

use bytes::Bytes;
use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::{Call, Pending};
use crate::client::Client;
use crate::error::{Error, Result};
use crate::request::{Idempotence, Request, json, segment};
use crate::response::decode;

/// Calls a method of an Apex class; an empty answer reads as `null`.
///
/// See \[Salesforce/Exposing Apex Classes as REST Web Services\].
#[must_use = "a call does nothing until it is awaited"]
pub struct ApexCall<'a, T> {
    call: Call<'a>,
    answer: PhantomData<fn() -> T>,
}

impl Client {
    /// Calls the Apex endpoint at these segments: `["orders", "1 2"]` is `/services/apexrest/orders/1%202`.
    ///
    /// GET, PUT and DELETE are taken to do no harm when they are repeated; POST and PATCH are sent
    /// again only where nothing was applied, unless [`ApexCall::repeatable`] says otherwise.
    pub fn apex<T: DeserializeOwned>(&self, method: Method, path: &[&str]) -> ApexCall<'_, T> {
        ApexCall { call: Call::new(self, request(method, path)), answer: PhantomData }
    }
}

fn request(method: Method, path: &[&str]) -> Result<Request> {
    if path.is_empty() {
        return Err(Error::invalid("the Apex endpoint has no path"));
    }
    let mut address = "/services/apexrest".to_owned();
    for part in path {
        address.push('/');
        address.push_str(&segment(part)?);
    }
    let harmless = [Method::GET, Method::PUT, Method::DELETE].contains(&method);
    let idempotence = if harmless { Idempotence::Idempotent } else { Idempotence::Creates };
    Ok(Request::at(method, address, "apexrest/{path}").idempotence(idempotence).answered_by_code())
}

impl<T: DeserializeOwned> ApexCall<'_, T> {
    /// Adds a parameter to the address.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.call = self.call.map(|request| Ok(request.query(name, value)));
        self
    }

    /// What is sent, as JSON.
    pub fn body(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        self.call = self.call.map(|request| Ok(request.body(json(body)?)));
        self
    }

    /// Whether calling it twice leaves what calling it once leaves.
    pub fn repeatable(mut self, repeatable: bool) -> Self {
        let idempotence = if repeatable { Idempotence::Idempotent } else { Idempotence::Creates };
        self.call = self.call.map(|request| Ok(request.idempotence(idempotence)));
        self
    }

    /// Gives up at this moment.
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.call = self.call.deadline(deadline);
        self
    }
}

impl<'a, T: DeserializeOwned + 'a> IntoFuture for ApexCall<'a, T> {
    type Output = Result<T>;
    type IntoFuture = Pending<'a, T>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let answer = self.call.send().await?;
            if answer.body.is_empty() { decode(&Bytes::from_static(b"null")) } else { answer.json() }
        })
    }
}

impl<T> fmt::Debug for ApexCall<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ApexCall").field(&self.call).finish()
    }
}
