//! Any method of /services/apexrest/{path}: classes of the org's own, which a program registers.

use std::{fmt, sync::Arc};

use serde_json::Value;

use super::{Answer, Body, Request};
use crate::error::{ApiError, Code};

/// A request to a class of the org's own.
///
/// See Salesforce, "Apex REST".
#[non_exhaustive]
pub struct ApexRequest {
    /// The HTTP method.
    pub method: String,
    /// The path below `/services/apexrest`, such as `/voice/route/42`.
    pub path: String,
    /// The query's names and values.
    pub query: Vec<(String, String)>,
    /// The body; null if it is empty or no JSON.
    pub body: Value,
}

/// Without values, which are customers' data.
impl fmt::Debug for ApexRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApexRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

/// What a class answers: a status and a body.
pub(crate) type Handler = Arc<dyn Fn(&ApexRequest) -> (u16, Value) + Send + Sync>;

/// The classes of the org, by the path they are mapped to.
#[derive(Clone, Default)]
pub(crate) struct Classes(Vec<(String, Handler)>);

impl Classes {
    pub(crate) fn add(&mut self, path: String, handler: Handler) {
        self.0.push((path, handler));
    }

    /// The class that is mapped to the longest beginning of a path.
    fn find(&self, path: &str) -> Option<&(String, Handler)> {
        let serves = |mapped: &str| {
            path.strip_prefix(mapped.trim_end_matches("/*").trim_end_matches('/'))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.0.iter().filter(|(mapped, _)| serves(mapped)).max_by_key(|(mapped, _)| mapped.len())
    }
}

impl fmt::Debug for Classes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Classes").field(&self.0.len()).finish()
    }
}

/// Answers a request by the class it is for.
pub(super) fn run(classes: &Classes, request: &Request, path: &str) -> Result<Answer, ApiError> {
    let (_, handler) =
        classes.find(path).ok_or_else(|| ApiError::new(Code::NotFound, "Could not find a match for URL"))?;
    let body = match &request.body {
        Body::Json(value) => value.clone(),
        Body::Raw { bytes, .. } => serde_json::from_slice(super::without_mark(bytes)).unwrap_or_default(),
        Body::Form(form) => Value::Object(form.fields.clone()),
    };
    let (status, answer) = handler(&ApexRequest {
        method: request.method.to_string(),
        path: path.to_owned(),
        query: request.query.clone(),
        body,
    });
    Ok(if answer.is_null() { Answer::empty(status) } else { Answer::json(status, answer) })
}
