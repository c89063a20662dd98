//! `Request`: one API call as a pure value, built without I/O.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};
use serde::Serialize;

use crate::api_version::ApiVersion;
use crate::error::{Error, Result};

/// What stands before the version in a path.
const VERSIONED: &str = "/services/data/v";

/// What a repeat of the request does when the first one took effect after all.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Idempotence {
    /// It does it again: a plain create.
    Creates,
    /// Nothing more.
    Idempotent,
    /// Nothing more; and where two first upserts race, the loser becomes an update by a repeat.
    Upsert,
}

/// Where the request goes, below the instance's address.
#[derive(Clone)]
enum Target {
    /// Below `/services/data/vNN.0/`.
    Versioned(String),
    /// From the root, as the org gave it.
    Absolute(String),
}

/// One API call.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// The path with placeholders for all data, for errors and spans.
    pub(crate) template: Cow<'static, str>,
    pub(crate) idempotence: Idempotence,
    target: Target,
    query: String,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Option<Bytes>,
    /// Whether it is a composite request that only carries another one.
    pub(crate) packed: bool,
    /// Whether the org's own code answers it, in a form of its own.
    pub(crate) by_code: bool,
}

impl Request {
    /// A request below `/services/data/vNN.0/`. `path` must be encoded already.
    pub(crate) fn new(method: Method, path: String, template: impl Into<Cow<'static, str>>) -> Self {
        let idempotence = if method == Method::POST { Idempotence::Creates } else { Idempotence::Idempotent };
        Self {
            template: Cow::Owned(format!("{method} {}", template.into())),
            method,
            idempotence,
            target: Target::Versioned(path),
            query: String::new(),
            headers: Vec::new(),
            body: None,
            packed: false,
            by_code: false,
        }
    }

    /// A GET of a path the org gave, checked by the caller to be host-relative.
    pub(crate) fn absolute(path: String, template: &'static str) -> Self {
        Self::at(Method::GET, path, template)
    }

    /// A request of a path from the root of the host, checked by the caller.
    pub(crate) fn at(method: Method, path: String, template: &'static str) -> Self {
        let mut request = Self::new(method, String::new(), template);
        request.target = Target::Absolute(path);
        request
    }

    pub(crate) fn idempotence(mut self, idempotence: Idempotence) -> Self {
        self.idempotence = idempotence;
        self
    }

    /// Lets the org's own code answer in a form of its own.
    pub(crate) fn answered_by_code(mut self) -> Self {
        self.by_code = true;
        self
    }

    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        let mut pairs = url::form_urlencoded::Serializer::new(std::mem::take(&mut self.query));
        pairs.append_pair(name, value);
        self.query = pairs.finish();
        self
    }

    /// The same request of what lies below its path.
    pub(crate) fn below(mut self, name: &str) -> Self {
        let (Target::Versioned(path) | Target::Absolute(path)) = &mut self.target;
        path.push('/');
        path.push_str(name);
        self.template = Cow::Owned(format!("{}/{name}", self.template));
        self
    }

    /// The same request as the one part of a composite request, whose address has no limit.
    pub(crate) fn packed(self, version: ApiVersion) -> Result<Self> {
        let address = self.path_and_query(version);
        let part = serde_json::json!({"method": self.method.as_str(), "url": address, "referenceId": "only"});
        let body = json(&serde_json::json!({"allOrNone": false, "compositeRequest": [part]}))?;
        let mut carrier = Self::new(Method::POST, "composite".to_owned(), "");
        carrier.template = self.template;
        carrier.idempotence = self.idempotence;
        carrier.headers = self.headers;
        carrier.packed = true;
        Ok(carrier.body(body))
    }

    /// The length of the query, in bytes as sent.
    pub(crate) fn query_len(&self) -> usize {
        self.query.len()
    }

    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn body(mut self, body: Bytes) -> Self {
        self.body = Some(body);
        self
    }

    /// Path and query from the root of the host.
    pub(crate) fn path_and_query(&self, version: ApiVersion) -> String {
        self.address("", version)
    }

    /// The whole address, on the host at `origin`.
    pub(crate) fn address(&self, origin: &str, version: ApiVersion) -> String {
        let (Target::Versioned(path) | Target::Absolute(path)) = &self.target;
        let length = origin.len() + VERSIONED.len() + 6 + path.len() + 1 + self.query.len();
        let mut address = String::with_capacity(length);
        address.push_str(origin);
        if matches!(self.target, Target::Versioned(_)) {
            address.push_str(VERSIONED);
            // Writing into a text cannot fail.
            let _ = write!(address, "{version}/");
        }
        address.push_str(path);
        if !self.query.is_empty() {
            address.push('?');
            address.push_str(&self.query);
        }
        address
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("template", &self.template).finish_non_exhaustive()
    }
}

/// The body as JSON.
pub(crate) fn json(value: &(impl Serialize + ?Sized)) -> Result<Bytes> {
    // The serializer's own words can quote a value, so they are not repeated.
    serde_json::to_vec(value).map(Bytes::from).map_err(|_| {
        Error::invalid("the body cannot be written as JSON: check its `Serialize` implementation")
    })
}

/// One path segment with everything but unreserved characters encoded.
pub(crate) fn segment(value: &str) -> Result<String> {
    // URL parsers drop `.` and `..`, however they are encoded.
    if value.is_empty() || value == "." || value == ".." {
        return Err(Error::invalid("the external id is empty or made of dots: it cannot stand in a path"));
    }
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    Ok(encoded)
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_is_below_the_version_and_the_query_is_encoded() {
        let request =
            Request::new(Method::GET, "query".into(), "query").query("q", "SELECT Id FROM Case + 1");

        assert_eq!(
            request.path_and_query(ApiVersion::new(66)),
            "/services/data/v66.0/query?q=SELECT+Id+FROM+Case+%2B+1"
        );
        let page = Request::absolute("/services/data/v65.0/query/0r8-2000".into(), "");
        assert_eq!(
            page.address("https://acme.my.salesforce.com", ApiVersion::new(66)),
            "https://acme.my.salesforce.com/services/data/v65.0/query/0r8-2000"
        );
    }

    #[test]
    fn a_post_creates_unless_said_otherwise() {
        assert_eq!(Request::new(Method::POST, String::new(), "").idempotence, Idempotence::Creates);
        assert_eq!(Request::new(Method::PATCH, String::new(), "").idempotence, Idempotence::Idempotent);
    }

    #[test]
    fn dots_cannot_climb_out_of_the_path() {
        for bad in ["", ".", ".."] {
            assert!(segment(bad).is_err());
        }
    }

    proptest! {
        #[test]
        fn any_external_id_is_exactly_one_segment(value in "\\PC{1,40}") {
            prop_assume!(value != "." && value != "..");
            let url = url::Url::parse(&format!("http://h/a/{}", segment(&value).unwrap())).unwrap();
            let segments: Vec<&str> = url.path_segments().unwrap().collect();
            prop_assert_eq!(segments.len(), 2);
            let decoded: String = url::form_urlencoded::parse(segments[1].as_bytes())
                .map(|(name, _)| name.into_owned())
                .collect();
            prop_assert_eq!(decoded, value);
        }
    }
}
