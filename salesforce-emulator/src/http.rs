//! The REST API: a request becomes a route, a route becomes an answer. Nothing here waits or listens.

use bytes::Bytes;
use http::Method;
use serde_json::Value;

use crate::{
    engine::{Engine, Fields},
    error::{ApiError, Code},
};

mod answer;
mod composite;
mod data;
pub(crate) mod oauth;
pub(crate) mod percent;
mod query;
mod route;
mod sobjects;
mod version;

pub(crate) use self::{
    answer::{Answer, Content},
    composite::subrequest_count,
    data::versions,
    route::Route,
    version::Version,
};

/// One call of the REST API, from the wire or from inside a composite request.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) version: Version,
    pub(crate) route: Route,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Body,
    /// The `batchSize` of `Sforce-Query-Options`.
    pub(crate) batch_size: Option<usize>,
}

#[derive(Clone)]
pub(crate) enum Body {
    Raw { bytes: Bytes, is_json: bool },
    Json(Value),
}

/// API calls used and allowed in a day, for `/limits`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    pub(crate) used: u64,
    pub(crate) allowed: u64,
}

impl Request {
    /// Reads a method and a target such as `/services/data/v66.0/query?q=...`.
    ///
    /// `None` if the target is no resource of a versioned API.
    pub(crate) fn parse(method: &Method, target: &str, body: Body) -> Option<Result<Self, ApiError>> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let rest = path.strip_prefix("/services/data/v")?;
        let (version, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let version = match Version::parse(version) {
            Ok(version) => version,
            Err(error) => return Some(Err(error)),
        };
        let query: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        // Clients that cannot send PATCH say so in the query of a POST.
        let meant = query.iter().find(|(name, _)| name == "_HttpMethod").map(|(_, method)| method);
        let method = match meant {
            Some(meant) if method == Method::POST => {
                Method::from_bytes(meant.as_bytes()).unwrap_or_else(|_| method.clone())
            }
            _ => method.clone(),
        };
        Some(Ok(Self { method, version, route: Route::parse(rest), query, body, batch_size: None }))
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as a JSON object.
    pub(crate) fn fields(&self) -> Result<Fields, ApiError> {
        let value = match &self.body {
            Body::Json(value) => value.clone(),
            Body::Raw { is_json: false, .. } => {
                return Err(ApiError::new(
                    Code::UnsupportedMediaType,
                    "Content type of the request is not supported: send application/json",
                ));
            }
            Body::Raw { bytes, .. } => serde_json::from_slice(bytes)
                .map_err(|error| ApiError::new(Code::JsonParser, format!("The body is not JSON: {error}")))?,
        };
        match value {
            Value::Object(fields) => Ok(fields),
            _ => Err(ApiError::new(Code::JsonParser, "The body is not a JSON object")),
        }
    }
}

/// Answers one call.
pub(crate) fn dispatch(engine: &mut Engine, request: &Request, usage: Usage) -> Answer {
    let answer = match &request.route {
        Route::Resources => data::resources(request),
        Route::Limits => data::limits(request, usage),
        Route::GlobalDescribe => data::global_describe(engine, request),
        Route::Describe(object) => data::describe(engine, request, object),
        Route::Collection(object) => sobjects::collection(engine, request, object),
        Route::Record { object, id } => sobjects::record(engine, request, object, id),
        Route::Keyed { object, field, value } => sobjects::keyed(engine, request, object, field, value),
        Route::Blob { object, id, field } => sobjects::blob(engine, request, object, id, field),
        Route::Query => query::first(engine, request),
        Route::QueryMore(locator) => query::more(engine, request, locator),
        Route::Composite => composite::run(engine, request, usage),
        Route::Unknown => Err(ApiError::missing_resource()),
    };
    answer.unwrap_or_else(|error| Answer::from(&error))
}

/// The answer to a method that a resource does not have.
fn not_allowed(request: &Request, allowed: &str) -> ApiError {
    let message = format!("HTTP Method '{}' not allowed. Allowed are {allowed}", request.method);
    ApiError::new(Code::MethodNotAllowed, message)
}

/// Reads `batchSize=500` out of `Sforce-Query-Options`.
pub(crate) fn batch_size(options: &str) -> Option<usize> {
    options.split(',').find_map(|option| option.trim().strip_prefix("batchSize=")?.trim().parse().ok())
}
