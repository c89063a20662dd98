//! A request as a value: what is asked, without where it goes and who asks.

use std::{borrow::Cow, fmt};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde::Serialize;
use url::Url;

/// One request, described by the template of its path.
///
/// The template stands in errors and logs, so it is a literal, and whatever varies is filled in. `Debug` shows the names of
/// what is filled in, not the values. What is wrong with a request is told when it is sent, as
/// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration).
///
/// ```
/// use voice_crm_rest::Request;
///
/// let request = Request::get("/people/{id}/pages").fill("id", "3f2a").query("limit", "20");
/// assert_eq!(format!("{request:?}"), r#"Request(GET /people/{id}/pages, ["limit"], 0 bytes)"#);
/// ```
#[derive(Clone)]
#[must_use = "a request does nothing until a client executes it"]
pub struct Request {
    method: Method,
    operation: Operation,
    filled: Vec<(&'static str, String)>,
    query: Vec<(Cow<'static, str>, String)>,
    headers: HeaderMap,
    body: Bytes,
    base: Option<String>,
    url: Option<Url>,
    anonymous: bool,
    repeatable: bool,
    fault: Option<&'static str>,
}

impl Request {
    /// Reads something.
    pub fn get(template: &'static str) -> Self {
        Self::new(Method::GET, "GET", template)
    }

    /// Makes something. It is not repeated when it is not known whether it arrived, unless it is said to be
    /// [`repeatable`](Self::repeatable).
    pub fn post(template: &'static str) -> Self {
        Self::new(Method::POST, "POST", template)
    }

    /// Puts something in its place.
    pub fn put(template: &'static str) -> Self {
        Self::new(Method::PUT, "PUT", template)
    }

    /// Sets parts of something.
    pub fn patch(template: &'static str) -> Self {
        Self::new(Method::PATCH, "PATCH", template)
    }

    /// Deletes something.
    pub fn delete(template: &'static str) -> Self {
        Self::new(Method::DELETE, "DELETE", template)
    }

    fn new(method: Method, verb: &'static str, template: &'static str) -> Self {
        Self {
            repeatable: method != Method::POST,
            method,
            operation: Operation::new(verb, template),
            filled: Vec::new(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            base: None,
            url: None,
            anonymous: false,
            fault: None,
        }
    }

    /// Fills a placeholder of the template; the first value counts. It cannot leave its segment of the path.
    pub fn fill(mut self, placeholder: &'static str, value: impl Into<String>) -> Self {
        self.filled.push((placeholder, value.into()));
        self
    }

    /// Adds a parameter to the query; the same key may be added again.
    pub fn query(mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.query.push((key.into(), value.into()));
        self
    }

    /// Sets a header.
    pub fn header(mut self, name: HeaderName, value: impl AsRef<str>) -> Self {
        match HeaderValue::from_str(value.as_ref()) {
            Ok(value) => drop(self.headers.insert(name, value)),
            Err(_) => self.fault = Some("a value cannot stand in a header"),
        }
        self
    }

    /// Sends this body.
    pub fn body(self, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..self.header(header::CONTENT_TYPE, content_type) }
    }

    /// Sends this value as JSON.
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => self.body("application/json", body),
            Err(_) => self.refuse("the body cannot be written as JSON"),
        }
    }

    /// Says that this POST does no harm when it is applied twice.
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Puts the path after this address in place of the client's.
    pub fn base(mut self, base: impl Into<String>) -> Self {
        self.base = Some(base.into());
        self
    }

    /// Sends it to this URL as it is. The template names it all the same.
    pub fn to(mut self, url: Url) -> Self {
        self.url = Some(url);
        self
    }

    /// Sends it without the credentials.
    pub fn anonymous(mut self) -> Self {
        self.anonymous = true;
        self
    }

    /// Lets it fail before it is sent, for this reason.
    pub fn refuse(mut self, fault: &'static str) -> Self {
        self.fault = Some(fault);
        self
    }

    /// What it is called in errors and logs.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    pub(crate) fn is_anonymous(&self) -> bool {
        self.anonymous
    }

    pub(crate) fn is_repeatable(&self) -> bool {
        self.repeatable
    }

    /// The request as it is sent, or what is wrong with it.
    pub(crate) fn to_http(
        &self,
        base: &str,
        agent: &'static str,
        login: Option<&HeaderValue>,
    ) -> Result<http::Request<Bytes>, &'static str> {
        let url = self.url(base)?;
        if !may_see_credentials(&url) {
            return Err("the address is neither https nor on this machine");
        }
        let mut request = http::Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = url.as_str().parse().map_err(|_| "the address is not valid in HTTP")?;
        let headers = request.headers_mut();
        headers.clone_from(&self.headers);
        headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        headers.entry(header::USER_AGENT).or_insert(HeaderValue::from_static(agent));
        headers.extend(login.map(|login| (header::AUTHORIZATION, login.clone())));
        Ok(request)
    }

    /// Where it goes, or what is wrong with it.
    pub(crate) fn url(&self, base: &str) -> Result<Url, &'static str> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        if let Some(url) = &self.url {
            return Ok(url.clone());
        }
        let base = self.base.as_deref().unwrap_or(base);
        let mut url: Url = base.parse().map_err(|_| "the address is not valid")?;
        let mut path = url.path_segments_mut().map_err(|()| "the address has no path")?;
        path.pop_if_empty();
        for segment in self.operation.template.trim_start_matches('/').split('/') {
            path.push(&self.segment(segment)?);
        }
        drop(path);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }

    /// Fills the placeholder of one path segment. Whatever fills it stays in that segment: the URL escapes slashes, and the
    /// two names that would climb are refused.
    fn segment<'s>(&self, template: &'s str) -> Result<Cow<'s, str>, &'static str> {
        let Some((before, (name, after))) =
            template.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        else {
            return Ok(template.into());
        };
        let value = self.filled.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        if value.is_empty() || value.starts_with('.') {
            return Err("a placeholder of the path is not filled");
        }
        Ok([before, value, after].concat().into())
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.query.iter().map(|(name, _)| name).collect();
        write!(f, "Request({}, {names:?}, {} bytes)", self.operation, self.body.len())
    }
}

/// The name of a request in errors and logs: its method and the template of its path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Operation {
    /// The method; another word for what is no request, such as `build`.
    pub verb: &'static str,
    /// The template of the path.
    pub template: &'static str,
}

impl Operation {
    /// This name.
    pub const fn new(verb: &'static str, template: &'static str) -> Self {
        Self { verb, template }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.template)
    }
}

/// Whether credentials may be sent there: over TLS anywhere, in the clear to this machine alone, and never to an address
/// that brings credentials of its own.
pub fn may_see_credentials(url: &Url) -> bool {
    let anonymous = url.username().is_empty() && url.password().is_none();
    anonymous
        && match (url.scheme(), url.host()) {
            ("https", host) => host.is_some(),
            ("http", Some(url::Host::Domain(name))) => name == "localhost",
            ("http", Some(url::Host::Ipv4(address))) => address.is_loopback(),
            ("http", Some(url::Host::Ipv6(address))) => address.is_loopback(),
            _ => false,
        }
}
