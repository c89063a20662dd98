//! A request as a value: what is asked, without where it goes and who asks.

use std::fmt;

use bytes::Bytes;
use http::{HeaderValue, Method, header};
use serde_json::Value;
use url::Url;

use crate::error::{Error, Result};
use crate::form::Form;
use crate::host::{Hosts, Product};
use crate::sid::AccountSid;

/// One request to Twilio, described by the template of its path.
///
/// Resources make their own; this is for the part of Twilio's API that this crate does not model. The
/// template stands in errors and logs, so it is a literal, and whatever varies is filled in. `Debug` shows
/// the names of what is filled in and sent, not the values.
///
/// ```
/// use twilio_client::request::Request;
///
/// let request = Request::get("/2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Notifications.json")
///     .fill("CallSid", "CA0123456789abcdef0123456789abcdef")
///     .query("PageSize", "20");
/// # let _ = request;
/// ```
#[derive(Clone)]
#[must_use = "a request does nothing until a client executes it"]
pub struct Request {
    method: Method,
    product: Product,
    operation: Operation,
    filled: Form,
    query: Form,
    form: Option<Form>,
    json: Option<Bytes>,
    /// A path with its query that Twilio named, in place of the template and the parameters.
    link: Option<Box<str>>,
    if_match: Option<String>,
    repeatable: bool,
    paced: bool,
    /// What is wrong with it; it is told when the request is sent.
    fault: Option<&'static str>,
}

impl Request {
    /// Reads something.
    pub fn get(template: &'static str) -> Self {
        Self::new(Method::GET, Operation { verb: "GET", template })
    }

    /// Makes or changes something, with form parameters.
    pub fn post(template: &'static str, form: Form) -> Self {
        let operation = Operation { verb: "POST", template };
        Self { form: Some(form), repeatable: false, ..Self::new(Method::POST, operation) }
    }

    /// Makes or changes something, with a JSON document, as some of the newest APIs want it.
    pub fn post_json(template: &'static str, document: &Value) -> Self {
        let operation = Operation { verb: "POST", template };
        let json = Some(document.to_string().into());
        Self { json, repeatable: false, ..Self::new(Method::POST, operation) }
    }

    /// Deletes something.
    pub fn delete(template: &'static str) -> Self {
        Self::new(Method::DELETE, Operation { verb: "DELETE", template })
    }

    fn new(method: Method, operation: Operation) -> Self {
        Self {
            method,
            product: Product::default(),
            operation,
            filled: Form::new(),
            query: Form::new(),
            form: None,
            json: None,
            link: None,
            if_match: None,
            repeatable: true,
            paced: false,
            fault: None,
        }
    }

    /// Sends it to another product's host; the core API unless set.
    pub fn product(mut self, product: Product) -> Self {
        self.product = product;
        self
    }

    /// Fills a placeholder of the template. `{AccountSid}` is filled by the client unless it is here.
    pub fn fill(mut self, placeholder: &'static str, value: impl Into<String>) -> Self {
        self.filled.set(placeholder, value);
        self
    }

    /// Adds a parameter to the query.
    pub fn query(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.query.push(key, value);
        self
    }

    /// Says that this POST does no harm when it is applied twice, so that the client may repeat it when it
    /// is not known whether it arrived.
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Lets it change only this version of the thing, as [`Response::etag`](crate::response::Response::etag)
    /// gave it; Twilio refuses with status 412 when there is a later one.
    pub fn if_match(mut self, etag: impl Into<String>) -> Self {
        self.if_match = Some(etag.into());
        self
    }

    /// Lets it wait for its turn among the calls that are placed.
    pub(crate) fn paced(mut self) -> Self {
        self.paced = true;
        self
    }

    /// Gives a parameter of the query this one value.
    pub(crate) fn query_set(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.query.set(key, value);
        self
    }

    /// The same question, asked at a link that Twilio gave.
    pub(crate) fn at(&self, link: String) -> Self {
        Self { link: Some(link.into()), ..self.clone() }
    }

    /// Lets the request fail before it is sent.
    pub(crate) fn refuse(&mut self, fault: &'static str) {
        self.fault = Some(fault);
    }

    /// The form of a POST, else the query.
    pub(crate) fn parameters(&mut self) -> &mut Form {
        self.form.as_mut().unwrap_or(&mut self.query)
    }

    pub(crate) fn is_same_page(&self, other: &Self) -> bool {
        self.link == other.link && self.query == other.query
    }

    pub(crate) fn is_paced(&self) -> bool {
        self.paced
    }

    pub(crate) fn product_of(&self) -> Product {
        self.product
    }

    pub(crate) fn is_repeatable(&self) -> bool {
        self.repeatable
    }

    pub(crate) fn operation(&self) -> Operation {
        self.operation
    }

    pub(crate) fn to_http(
        &self,
        hosts: &Hosts,
        account: &AccountSid,
        authorization: Option<&HeaderValue>,
    ) -> Result<http::Request<Bytes>> {
        if let Some(fault) = self.fault {
            return Err(self.wrong(fault));
        }
        let url = self.url(hosts, account)?;
        let mut request = http::Request::builder()
            .method(self.method.clone())
            .uri(url.as_str())
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, concat!("twilio-client/", env!("CARGO_PKG_VERSION")));
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        if let Some(etag) = &self.if_match {
            request = request.header(header::IF_MATCH, etag);
        }
        let mut body = Bytes::new();
        if let Some(form) = &self.form {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            body = form.encode().into();
        }
        if let Some(json) = &self.json {
            request = request.header(header::CONTENT_TYPE, "application/json");
            body = json.clone();
        }
        request.body(body).map_err(|_| self.wrong("the address is not valid in HTTP"))
    }

    fn url(&self, hosts: &Hosts, account: &AccountSid) -> Result<Url> {
        let base = hosts.base(self.product);
        if let Some(link) = &self.link {
            return (base + link).parse().map_err(|_| self.wrong("the link is not valid"));
        }
        let mut url: Url = base.parse().map_err(|_| self.wrong("the host is not valid"))?;
        let mut path = url.path_segments_mut().map_err(|()| self.wrong("the base address has no path"))?;
        path.pop_if_empty();
        for segment in self.operation.template.trim_start_matches('/').split('/') {
            path.push(&self.segment(segment, account)?);
        }
        drop(path);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(self.query.pairs());
        }
        Ok(url)
    }

    /// Fills the placeholder of one path segment. Whatever fills it stays in that segment: the URL escapes
    /// slashes, and the two names that would climb are refused.
    fn segment(&self, template: &str, account: &AccountSid) -> Result<String> {
        let Some((before, name, after)) = placeholder(template) else {
            return Ok(template.to_owned());
        };
        let given = self.filled.pairs().find(|(known, _)| *known == name).map(|(_, value)| value);
        let value = given.or((name == "AccountSid").then_some(account.as_str())).unwrap_or_default();
        if value.is_empty() || value.starts_with('.') {
            return Err(self.wrong("a placeholder of the path is not filled"));
        }
        Ok([before, value, after].concat())
    }

    fn wrong(&self, what: &'static str) -> Error {
        Error::configuration(self.operation, what)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation)
            .field("product", &self.product)
            .field("filled", &self.filled)
            .field("query", &self.query)
            .field("form", &self.form)
            .field("repeatable", &self.repeatable)
            .finish_non_exhaustive()
    }
}

/// The name of a call in errors and logs: its method and the template of its path.
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

/// Splits `{Sid}.json` into what stands before, in and after the braces.
fn placeholder(segment: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = segment.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "/2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}.json";

    fn url(request: &Request) -> Result<String> {
        let hosts = Hosts::at("http://127.0.0.1:1/mock/".parse().unwrap());
        let account = "AC00000000000000000000000000000001".parse().unwrap();
        request.url(&hosts, &account).map(Into::into)
    }

    #[test]
    fn the_template_is_filled_and_put_after_the_base() {
        let request = Request::get(TEMPLATE).fill("CallSid", "CA1").query("StartTime>", "2026-11-20");

        let account = "AC00000000000000000000000000000001";
        let expected = format!(
            "http://127.0.0.1:1/mock/2010-04-01/Accounts/{account}/Calls/CA1.json?StartTime%3E=2026-11-20"
        );
        assert_eq!(url(&request).unwrap(), expected);
    }

    #[test]
    fn a_filled_value_cannot_leave_its_segment() {
        let request = Request::get(TEMPLATE).fill("CallSid", "a/../b?c#d%2F");

        assert!(url(&request).unwrap().ends_with("/Calls/a%2F..%2Fb%3Fc%23d%252F.json"));
        for climbing in ["", ".", ".."] {
            assert!(url(&Request::get("/v2/{Sid}").fill("Sid", climbing)).is_err());
        }
    }

    #[test]
    fn an_unfilled_placeholder_is_an_error() {
        assert!(url(&Request::get(TEMPLATE)).is_err());
    }
}
