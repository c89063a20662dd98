//! Which resource a path names, without looking at the schema.

use super::percent;
use crate::id::RecordId;

/// A resource of the REST API.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Route {
    Resources,
    Limits,
    GlobalDescribe,
    Describe(String),
    /// `sobjects/{object}`
    Collection(String),
    /// `sobjects/{object}/{id}`
    Record {
        object: String,
        id: String,
    },
    /// `sobjects/{object}/{field}/{value}`
    Keyed {
        object: String,
        field: String,
        value: String,
    },
    /// `sobjects/{object}/{id}/{field}`
    Blob {
        object: String,
        id: String,
        field: String,
    },
    /// `sobjects/{object}/updated`
    Updated(String),
    /// `sobjects/{object}/deleted`
    Deleted(String),
    /// `query`, or `queryAll`, which sees the recycle bin too
    Query {
        all: bool,
    },
    QueryMore(String),
    /// `tooling/query`
    ToolingQuery,
    /// `tooling/sobjects/CustomField`
    CustomFields,
    Search,
    ParameterizedSearch,
    Composite,
    /// `composite/graph`
    Graph,
    /// `composite/batch`
    Batch,
    /// `composite/tree/{object}`
    Tree(String),
    IngestJobs,
    IngestJob(String),
    /// `jobs/ingest/{id}/batches`
    IngestData(String),
    /// `jobs/ingest/{id}/successfulResults` and the like
    IngestResults {
        id: String,
        which: String,
    },
    QueryJobs,
    QueryJob(String),
    /// `jobs/query/{id}/results`
    QueryResults(String),
    /// `composite/sobjects`
    Records,
    /// `composite/sobjects/{object}`
    RecordsOf(String),
    /// `composite/sobjects/{object}/{field}`
    RecordsKeyed {
        object: String,
        field: String,
    },
    /// `metadata/deployRequest`
    Deployments,
    /// `metadata/deployRequest/{id}`
    Deployment(String),
    /// `/services/apexrest/{path}`, which is no resource of a version
    Apex(String),
    Unknown,
}

impl Route {
    /// Reads the path after the version. A slash at the end means nothing.
    pub(super) fn parse(path: &str) -> Self {
        let path = path.strip_suffix('/').unwrap_or(path);
        let segments: Vec<&str> = path.split('/').collect();
        let decoded = |text: &str| percent::decode(text);
        match segments.as_slice() {
            [""] => Self::Resources,
            ["limits"] => Self::Limits,
            ["query"] => Self::Query { all: false },
            ["queryAll"] => Self::Query { all: true },
            ["query" | "queryAll", locator] => Self::QueryMore(decoded(locator)),
            ["tooling", "query"] => Self::ToolingQuery,
            ["tooling", "sobjects", object] if object.eq_ignore_ascii_case("CustomField") => {
                Self::CustomFields
            }
            ["metadata", "deployRequest"] => Self::Deployments,
            ["metadata", "deployRequest", id] => Self::Deployment(decoded(id)),
            ["search"] => Self::Search,
            ["parameterizedSearch"] => Self::ParameterizedSearch,
            ["composite"] => Self::Composite,
            ["composite", "graph"] => Self::Graph,
            ["composite", "batch"] => Self::Batch,
            ["composite", "tree", object] => Self::Tree(decoded(object)),
            ["jobs", "ingest"] => Self::IngestJobs,
            ["jobs", "ingest", id] => Self::IngestJob(decoded(id)),
            ["jobs", "ingest", id, "batches"] => Self::IngestData(decoded(id)),
            ["jobs", "ingest", id, which] => Self::IngestResults { id: decoded(id), which: decoded(which) },
            ["jobs", "query"] => Self::QueryJobs,
            ["jobs", "query", id] => Self::QueryJob(decoded(id)),
            ["jobs", "query", id, "results"] => Self::QueryResults(decoded(id)),
            ["composite", "sobjects"] => Self::Records,
            ["composite", "sobjects", object] => Self::RecordsOf(decoded(object)),
            ["composite", "sobjects", object, field] => {
                Self::RecordsKeyed { object: decoded(object), field: decoded(field) }
            }
            ["sobjects"] => Self::GlobalDescribe,
            ["sobjects", object] => Self::Collection(decoded(object)),
            ["sobjects", object, "describe"] => Self::Describe(decoded(object)),
            ["sobjects", object, "updated"] => Self::Updated(decoded(object)),
            ["sobjects", object, "deleted"] => Self::Deleted(decoded(object)),
            ["sobjects", object, id] => Self::Record { object: decoded(object), id: decoded(id) },
            ["sobjects", object, id, field] if RecordId::parse(&decoded(id)).is_some() => {
                Self::Blob { object: decoded(object), id: decoded(id), field: decoded(field) }
            }
            // A slash that is a part of the value is encoded; one that is not leads to no resource.
            ["sobjects", object, field, value] => {
                Self::Keyed { object: decoded(object), field: decoded(field), value: decoded(value) }
            }
            _ => Self::Unknown,
        }
    }

    /// The names and values of the path.
    pub(crate) fn values(&self) -> Vec<&str> {
        match self {
            Self::Record { object, id } => vec![object, id],
            Self::Keyed { object, field, value } => vec![object, field, value],
            Self::Blob { object, id, field } => vec![object, id, field],
            Self::RecordsKeyed { object, field } => vec![object, field],
            Self::Describe(name)
            | Self::Collection(name)
            | Self::Updated(name)
            | Self::Deleted(name)
            | Self::Tree(name)
            | Self::RecordsOf(name) => vec![name],
            _ => Vec::new(),
        }
    }

    /// The path with its values left out.
    pub(crate) fn template(&self) -> String {
        let name = |text: &str| if is_name(text) { text.to_owned() } else { "{unknown}".to_owned() };
        match self {
            Self::Resources => String::new(),
            Self::Limits => "/limits".to_owned(),
            Self::GlobalDescribe => "/sobjects".to_owned(),
            Self::Describe(object) => format!("/sobjects/{}/describe", name(object)),
            Self::Collection(object) => format!("/sobjects/{}", name(object)),
            Self::Record { object, .. } => format!("/sobjects/{}/{{id}}", name(object)),
            Self::Keyed { object, field, .. } => {
                format!("/sobjects/{}/{}/{{value}}", name(object), name(field))
            }
            Self::Blob { object, field, .. } => format!("/sobjects/{}/{{id}}/{}", name(object), name(field)),
            Self::Updated(object) => format!("/sobjects/{}/updated", name(object)),
            Self::Deleted(object) => format!("/sobjects/{}/deleted", name(object)),
            Self::Query { all: false } => "/query".to_owned(),
            Self::Query { all: true } => "/queryAll".to_owned(),
            Self::QueryMore(_) => "/query/{locator}".to_owned(),
            Self::ToolingQuery => "/tooling/query".to_owned(),
            Self::CustomFields => "/tooling/sobjects/CustomField".to_owned(),
            Self::Search => "/search".to_owned(),
            Self::ParameterizedSearch => "/parameterizedSearch".to_owned(),
            Self::Composite => "/composite".to_owned(),
            Self::Graph => "/composite/graph".to_owned(),
            Self::Batch => "/composite/batch".to_owned(),
            Self::Tree(object) => format!("/composite/tree/{}", name(object)),
            Self::IngestJobs => "/jobs/ingest".to_owned(),
            Self::IngestJob(_) => "/jobs/ingest/{id}".to_owned(),
            Self::IngestData(_) => "/jobs/ingest/{id}/batches".to_owned(),
            Self::IngestResults { which, .. } => format!("/jobs/ingest/{{id}}/{}", name(which)),
            Self::QueryJobs => "/jobs/query".to_owned(),
            Self::QueryJob(_) => "/jobs/query/{id}".to_owned(),
            Self::QueryResults(_) => "/jobs/query/{id}/results".to_owned(),
            Self::Records => "/composite/sobjects".to_owned(),
            Self::RecordsOf(object) => format!("/composite/sobjects/{}", name(object)),
            Self::RecordsKeyed { object, field } => {
                format!("/composite/sobjects/{}/{}", name(object), name(field))
            }
            Self::Deployments => "/metadata/deployRequest".to_owned(),
            Self::Deployment(_) => "/metadata/deployRequest/{id}".to_owned(),
            Self::Apex(_) => "/apexrest/{path}".to_owned(),
            Self::Unknown => "/{unknown}".to_owned(),
        }
    }

    /// The name under which calls are counted, such as `create` or `query`.
    pub(crate) fn kind(&self, method: &http::Method) -> &'static str {
        match (self, method.as_str()) {
            (Self::Resources, _) => "resources",
            (Self::Limits, _) => "limits",
            (Self::GlobalDescribe | Self::Describe(_), _) | (Self::Collection(_), "GET") => "describe",
            (Self::Collection(_), _) => "create",
            (Self::Keyed { .. }, "PATCH") => "upsert",
            (Self::Record { .. }, "PATCH") => "update",
            (Self::Record { .. } | Self::Keyed { .. }, "DELETE") => "delete",
            (Self::Record { .. } | Self::Keyed { .. }, _) => "get",
            (Self::Blob { .. }, _) => "blob",
            (Self::Updated(_) | Self::Deleted(_), _) => "changes",
            (Self::Query { .. }, _) => "query",
            (Self::QueryMore(_), _) => "query_more",
            (Self::ToolingQuery | Self::CustomFields, _) => "tooling",
            (Self::Search | Self::ParameterizedSearch, _) => "search",
            (Self::Composite, _) => "composite",
            (Self::Graph, _) => "graph",
            (Self::Batch, _) => "batch",
            (Self::Tree(_), _) => "tree",
            (
                Self::IngestJobs
                | Self::IngestJob(_)
                | Self::IngestData(_)
                | Self::IngestResults { .. }
                | Self::QueryJobs
                | Self::QueryJob(_)
                | Self::QueryResults(_),
                _,
            ) => "bulk",
            (Self::Records | Self::RecordsOf(_) | Self::RecordsKeyed { .. }, _) => "collections",
            (Self::Deployments | Self::Deployment(_), _) => "metadata",
            (Self::Apex(_), _) => "apex",
            (Self::Unknown, _) => "unknown",
        }
    }
}

/// Whether a text can be the name of an object or a field; anything else could be a value gone astray.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::Route;

    fn keyed(value: &str) -> Route {
        Route::Keyed { object: "Case".into(), field: "Voice_Key__c".into(), value: value.into() }
    }

    #[test]
    fn an_external_id_may_hold_slashes_if_they_are_encoded() {
        assert_eq!(Route::parse("sobjects/Case/Voice_Key__c/a%2Fb%20c"), keyed("a/b c"));
        assert_eq!(Route::parse("sobjects/Case/Voice_Key__c/a/b%20c"), Route::Unknown);
    }

    #[test]
    fn trailing_slashes_mean_nothing() {
        assert_eq!(Route::parse("query/"), Route::Query { all: false });
        assert_eq!(Route::parse("sobjects/Case/"), Route::Collection("Case".into()));
    }

    #[test]
    fn a_field_after_an_id_is_a_blob() {
        assert!(matches!(
            Route::parse("sobjects/ContentVersion/068D000000IRt53/VersionData"),
            Route::Blob { field, .. } if field == "VersionData"
        ));
    }

    proptest! {
        #[test]
        fn no_path_makes_the_router_panic(path in any::<String>()) {
            let _ = Route::parse(&path).template();
        }
    }
}
