//! The REST API: a request becomes a route, a route becomes an answer. Nothing here waits or listens.

use bytes::Bytes;
use http::Method;
use serde_json::Value;

use crate::{
    blob::Blob,
    engine::{Engine, Fields},
    error::{ApiError, Code},
};

mod answer;
mod apex;
mod changes;
mod collections;
mod composite;
mod data;
mod jobs;
mod metadata;
pub(crate) mod oauth;
mod options;
pub(crate) mod percent;
mod query;
mod route;
mod search;
mod sobjects;
mod tooling;
mod version;

pub use self::apex::ApexRequest;
pub(crate) use self::{
    answer::{Answer, Content},
    apex::Classes,
    composite::subrequest_count,
    data::versions,
    options::Options,
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
    pub(crate) options: Options,
}

#[derive(Clone)]
pub(crate) enum Body {
    Raw { bytes: Bytes, is_json: bool },
    Json(Value),
    Form(Form),
}

/// What came over the wire after the headers.
pub(crate) enum Payload {
    Bytes(Bytes),
    Form(Form),
}

/// A record with files beside it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    pub(crate) fields: Fields,
    pub(crate) files: Vec<(String, Blob)>,
}

/// What an answer may say of the org beyond its records.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage<'a> {
    /// API calls used today.
    pub(crate) used: u64,
    /// API calls allowed in a day.
    pub(crate) allowed: u64,
    /// The address the client uses.
    pub(crate) base: &'a str,
}

impl Request {
    /// Reads a method and a target such as `/services/data/v66.0/query?q=...`.
    ///
    /// `None` if the target is no resource of a versioned API.
    pub(crate) fn parse(method: &Method, target: &str, body: Body) -> Option<Result<Self, ApiError>> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let apex = path.strip_prefix("/services/apexrest").filter(|rest| rest.starts_with('/'));
        let (version, rest) = if apex.is_some() {
            (Version::NEWEST_NAME, "")
        } else {
            let rest = path.strip_prefix("/services/data/v")?;
            rest.split_once('/').unwrap_or((rest, ""))
        };
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
        if !percent::is_well_formed(target) {
            return Some(Err(ApiError::new(Code::InvalidInput, "The url has a % that begins no escape")));
        }
        let options = Options::default();
        let route = apex.map_or_else(|| Route::parse(rest), |path| Route::Apex(percent::decode(path)));
        Some(Ok(Self { method, version, route, query, body, options }))
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A parameter that is set by the word `true`.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.parameter(name).is_some_and(|given| given.eq_ignore_ascii_case("true"))
    }

    /// The body as a JSON object.
    pub(crate) fn fields(&self) -> Result<Fields, ApiError> {
        let value = match &self.body {
            Body::Json(value) => value.clone(),
            Body::Form(form) => return Ok(form.fields.clone()),
            Body::Raw { is_json: false, .. } => {
                return Err(ApiError::new(
                    Code::UnsupportedMediaType,
                    "Content type of the request is not supported: send application/json",
                ));
            }
            Body::Raw { bytes, .. } => serde_json::from_slice(without_mark(bytes))
                .map_err(|error| ApiError::new(Code::JsonParser, format!("The body is not JSON: {error}")))?,
        };
        match value {
            Value::Object(fields) => Ok(fields),
            _ => Err(ApiError::new(Code::JsonParser, "The body is not a JSON object")),
        }
    }

    /// Refuses every method but these, which stand as in an `Allow` header.
    pub(crate) fn only(&self, allowed: &str) -> Result<(), ApiError> {
        if allowed.split(',').any(|known| known == self.method.as_str()) {
            return Ok(());
        }
        Err(not_allowed(self, allowed))
    }
}

/// A text without the byte order mark that it may begin with.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

/// Answers one call.
pub(crate) fn dispatch(engine: &mut Engine, request: &Request, usage: Usage<'_>) -> Answer {
    let answer = match &request.route {
        Route::Resources => data::resources(engine, request, usage),
        Route::Limits => data::limits(request, usage),
        Route::GlobalDescribe => data::global_describe(engine, request),
        Route::Describe(object) => data::describe(engine, request, object),
        Route::Collection(object) => sobjects::collection(engine, request, object),
        Route::Record { object, id } => sobjects::record(engine, request, object, id),
        Route::Keyed { object, field, value } => sobjects::keyed(engine, request, object, field, value),
        Route::Blob { object, id, field } => sobjects::blob(engine, request, object, id, field),
        Route::Updated(object) => changes::updated(engine, request, object),
        Route::Deleted(object) => changes::deleted(engine, request, object),
        Route::Query { all } => query::first(engine, request, *all),
        Route::ToolingQuery => query::first(engine, request, false),
        Route::CustomFields => tooling::create_field(engine, request),
        Route::QueryMore(locator) => query::more(engine, request, locator),
        Route::Search => search::sosl(engine, request),
        Route::ParameterizedSearch => search::parameterized(engine, request),
        Route::Composite => composite::run(engine, request, usage),
        Route::Graph => composite::graph(engine, request, usage),
        Route::Batch => composite::batch(engine, request, usage),
        Route::Tree(object) => composite::tree(engine, request, object),
        Route::IngestJobs => jobs::ingest_jobs(engine, request),
        Route::IngestJob(id) => jobs::ingest_job(engine, request, id),
        Route::IngestData(id) => jobs::batches(engine, request, id),
        Route::IngestResults { id, which } => jobs::ingest_results(engine, request, id, which),
        Route::QueryJobs => jobs::query_jobs(engine, request),
        Route::QueryJob(id) => jobs::query_job(engine, request, id),
        Route::QueryResults(id) => jobs::query_results(engine, request, id),
        Route::Records => collections::records(engine, request),
        Route::RecordsOf(object) => collections::retrieve(engine, request, object),
        Route::RecordsKeyed { object, field } => collections::upsert(engine, request, object, field),
        Route::Deployments => metadata::deploy(engine, request),
        Route::Deployment(id) => metadata::deployment(engine, request, id),
        Route::Apex(path) => apex::run(&engine.classes, request, path),
        Route::Unknown => Err(ApiError::missing_resource()),
    };
    answer.unwrap_or_else(|error| Answer::from(&error))
}

/// The answer to a method that a resource does not have.
fn not_allowed(request: &Request, allowed: &str) -> ApiError {
    let message = format!("HTTP Method '{}' not allowed. Allowed are {allowed}", request.method);
    ApiError::new(Code::MethodNotAllowed, message)
}
