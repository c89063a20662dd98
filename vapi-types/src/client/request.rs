//! A request as a value: what is asked, without where it goes and who asks.

use std::fmt;

use bytes::Bytes;
use http::{HeaderValue, Method, header};
use serde::Serialize;
use url::Url;

use super::{
    error::{Error, Result},
    host::Host,
};

/// One request to Vapi, described by the template of its path.
///
/// Resources make their own; this is for the part of Vapi's API that has no method here. The template stands in
/// errors and logs, so it is a literal. `Debug` shows the template and the names of the query, not the values.
///
/// ```
/// use vapi_types::client::Request;
///
/// let request = Request::get("/squad/{id}").id("3f2a").query("limit", "20");
/// # let _ = request;
/// ```
#[derive(Clone)]
#[must_use = "a request does nothing until a client executes it"]
pub struct Request {
    method: Method,
    operation: Operation,
    id: Option<String>,
    query: Vec<(&'static str, String)>,
    body: Option<Bytes>,
    /// A URL in place of the template, which names the request all the same.
    elsewhere: Option<Url>,
    repeatable: bool,
    with_key: bool,
}

impl Request {
    /// Reads something.
    pub fn get(template: &'static str) -> Self {
        Self::new(Method::GET, Operation { verb: "GET", template })
    }

    /// Makes something. It is not repeated when it is not known whether it arrived.
    pub fn post(template: &'static str) -> Self {
        let operation = Operation { verb: "POST", template };
        Self { repeatable: false, ..Self::new(Method::POST, operation) }
    }

    /// Changes something.
    pub fn patch(template: &'static str) -> Self {
        Self::new(Method::PATCH, Operation { verb: "PATCH", template })
    }

    /// Deletes something.
    pub fn delete(template: &'static str) -> Self {
        Self::new(Method::DELETE, Operation { verb: "DELETE", template })
    }

    fn new(method: Method, operation: Operation) -> Self {
        Self {
            method,
            operation,
            id: None,
            query: Vec::new(),
            body: None,
            elsewhere: None,
            repeatable: true,
            with_key: true,
        }
    }

    /// Fills the `{id}` of the template.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Adds a parameter to the query.
    pub fn query(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.query.push((key, value.into()));
        self
    }

    /// Sends a JSON body.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](super::ErrorKind::Configuration) if the value cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(mut self, value: &T) -> Result<Self> {
        let body = serde_json::to_vec(value).map_err(|_| self.wrong("the body cannot be written as JSON"))?;
        self.body = Some(body.into());
        Ok(self)
    }

    /// Says that this POST does no harm when it is applied twice, so that the client may repeat it when it is not
    /// known whether it arrived.
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Sends it to a URL that was checked, with the API key only if asked.
    pub(crate) fn to(mut self, url: Url, with_key: bool) -> Self {
        self.elsewhere = Some(url);
        self.with_key = with_key;
        self
    }

    pub(crate) fn is_repeatable(&self) -> bool {
        self.repeatable
    }

    pub(crate) fn operation(&self) -> Operation {
        self.operation
    }

    pub(crate) fn to_http(&self, host: &Host, key: &HeaderValue) -> Result<http::Request<Bytes>> {
        let url = match &self.elsewhere {
            Some(url) => url.clone(),
            None => self.url(host)?,
        };
        let mut request = http::Request::builder()
            .method(self.method.clone())
            .uri(url.as_str())
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, concat!("vapi-types/", env!("CARGO_PKG_VERSION")));
        if self.with_key {
            request = request.header(header::AUTHORIZATION, key);
        }
        if self.body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = self.body.clone().unwrap_or_default();
        request.body(body).map_err(|_| self.wrong("the address is not valid in HTTP"))
    }

    fn url(&self, host: &Host) -> Result<Url> {
        let mut url: Url = host.base().parse().map_err(|_| self.wrong("the host is not valid"))?;
        let mut path = url.path_segments_mut().map_err(|()| self.wrong("the address has no path"))?;
        path.pop_if_empty();
        for segment in self.operation.template.trim_start_matches('/').split('/') {
            if segment != "{id}" {
                path.push(segment);
                continue;
            }
            // The URL escapes slashes, and the two names that would climb are refused.
            let id = self.id.as_deref().filter(|id| !id.is_empty() && !id.starts_with('.'));
            path.push(id.ok_or_else(|| self.wrong("the id is missing"))?);
        }
        drop(path);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }

    fn wrong(&self, what: &'static str) -> Error {
        Error::configuration(self.operation, what)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.query.iter().map(|(name, _)| name).collect();
        f.debug_struct("Request")
            .field("operation", &self.operation.to_string())
            .field("query", &names)
            .field("bytes", &self.body.as_ref().map_or(0, Bytes::len))
            .finish_non_exhaustive()
    }
}

/// The name of a request in errors and logs: its method and the template of its path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    pub(crate) verb: &'static str,
    pub(crate) template: &'static str,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.template)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(request: &Request, host: &Host) -> Result<String> {
        request.url(host).map(Into::into)
    }

    #[test]
    fn the_template_is_put_after_the_host() {
        let request = Request::get("/call/{id}").id("7420f27a").query("limit", "a b");
        let mock = Host::At("http://127.0.0.1:1/mock/".parse().unwrap());

        assert_eq!(url(&request, &Host::Us).unwrap(), "https://api.vapi.ai/call/7420f27a?limit=a+b");
        assert_eq!(url(&request, &Host::Eu).unwrap(), "https://api.eu.vapi.ai/call/7420f27a?limit=a+b");
        assert_eq!(url(&request, &mock).unwrap(), "http://127.0.0.1:1/mock/call/7420f27a?limit=a+b");
    }

    #[test]
    fn an_id_cannot_leave_its_segment() {
        let request = Request::get("/call/{id}").id("a/../b?c#d%2F");

        assert!(url(&request, &Host::Us).unwrap().ends_with("/call/a%2F..%2Fb%3Fc%23d%252F"));
        for climbing in ["", ".", ".."] {
            assert!(url(&Request::get("/call/{id}").id(climbing), &Host::Us).is_err());
        }
        assert!(url(&Request::get("/call/{id}"), &Host::Us).is_err());
    }

    #[test]
    fn a_request_prints_neither_its_values_nor_its_body() {
        let request = Request::post("/call").query("name", "canary-token-77aa").json("+14155550142").unwrap();

        let printed = format!("{request:?}");

        assert!(printed.contains("POST /call") && printed.contains("name"));
        assert!(!printed.contains("canary") && !printed.contains("4155550142"));
    }
}
