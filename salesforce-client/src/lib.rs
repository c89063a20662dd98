#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

mod api_version;
pub mod auth;
mod call;
mod client;
mod client_pool;
mod error;
mod field;
mod id;
mod login_host;
mod name;
mod request;
mod resource;
mod response;
mod retry;
pub mod sobject;
mod soql;
mod telemetry;
pub mod transport;
mod usage;

pub use secrecy::SecretString;

pub use self::api_version::ApiVersion;
pub use self::call::Pending;
pub use self::client::{Client, ClientBuilder};
pub use self::client_pool::ClientPool;
pub use self::error::{ApiError, Error, ErrorCode, ErrorKind, Limit, OAuthError, Result, Retry};
pub use self::field::Patch;
pub use self::id::{InvalidId, RecordId};
pub use self::login_host::LoginHost;
pub use self::resource::composite::{
    Body, Composite, CompositeAnswers, IntoBody, RecordTarget, Ref, Reference, SendComposite,
};
pub use self::resource::query::{Page, PageCursor, Pages, Query, Rows};
pub use self::resource::records::{
    CreateRecord, DeleteRecord, GetRecord, Records, UpdateRecord, UpsertRecord, Upserted,
};
pub use self::retry::RetryPolicy;
pub use self::soql::{LikePattern, Soql, SoqlLiteral, SoqlValue};
pub use self::usage::ApiUsage;
