#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

mod api_version;
pub mod auth;
mod call;
mod client;
mod client_pool;
mod csv;
mod error;
mod field;
mod gate;
mod id;
mod login_host;
mod multipart;
mod name;
mod request;
mod resource;
mod response;
mod retry;
pub mod sobject;
mod soql;
mod sosl;
#[cfg(feature = "streaming")]
pub mod streaming;
mod telemetry;
pub mod transport;
mod usage;

pub use secrecy::SecretString;

pub use self::api_version::ApiVersion;
pub use self::call::Pending;
pub use self::client::{Client, ClientBuilder};
pub use self::client_pool::ClientPool;
pub use self::csv::{ColumnDelimiter, CsvRow, CsvWriter, LineEnding};
pub use self::error::{ApiError, Error, ErrorCode, ErrorKind, Limit, OAuthError, Result, Retry};
pub use self::field::Patch;
pub use self::gate::{AttemptEnd, Gate};
pub use self::id::{InvalidId, RecordId};
pub use self::login_host::LoginHost;
pub use self::resource::apex::ApexCall;
pub use self::resource::batch::{Batch, BatchAnswers, BatchRef, SendBatch};
pub use self::resource::bulk::{
    Bulk, IngestJob, JobInfo, JobRows, JobState, Poll, QueryJob, StartIngest, StartQueryJob,
};
pub use self::resource::collections::{Collections, GetMany, SaveMany, Saved};
pub use self::resource::composite::{
    Body, Composite, CompositeAnswers, IntoBody, RecordTarget, Ref, Reference, SendComposite,
};
pub use self::resource::describe::{
    ChildRelationship, Describe, FieldDescription, GlobalDescription, ObjectDescription, ObjectSummary,
    PicklistValue,
};
pub use self::resource::files::{Download, Files, GetBlob, UploadFile};
pub use self::resource::graph::{GraphAnswers, GraphRef, Graphs, SendGraphs};
pub use self::resource::limits::OrgLimit;
pub use self::resource::metadata::{
    ComponentFailure, Deploy, DeployResult, DeployStatus, DeployTests, Deployment, Metadata, TestFailure,
};
pub use self::resource::query::{Children, Page, PageCursor, Pages, Query, Rows};
pub use self::resource::records::{
    CreateRecord, DeleteRecord, DeletedRecord, DeletedRecords, GetChanges, GetIfModified, GetRecord, Records,
    UpdateRecord, UpdatedRecords, UpsertRecord, Upserted,
};
pub use self::resource::search::{Found, ParameterizedSearch, Search, SearchGroup};
pub use self::resource::tooling::Tooling;
pub use self::resource::tree::{CreateTree, TreeRecord};
pub use self::retry::RetryPolicy;
pub use self::soql::{AnyField, LikePattern, Soql, SoqlLiteral, SoqlValue};
pub use self::sosl::{Sosl, SoslTerm};
pub use self::usage::ApiUsage;
