#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod audit;
mod blob;
mod builder;
mod bulk;
mod csv;
mod cut_proxy;
mod engine;
mod error;
mod faults;
mod front;
mod http;
mod id;
mod limits;
mod markup;
mod number;
mod org;
mod org_file;
mod schema;
mod search;
mod server;
mod sessions;
mod soql;
mod streaming;
mod traffic;
mod users;
mod zip;

pub use crate::{
    audit::AuditEntry,
    builder::{OrgBuilder, RecordType},
    cut_proxy::{BytesSeen, CutProxy},
    engine::Operation,
    error::OrgError,
    faults::{AfterStall, Fault, FaultId, FaultPlan, Faults, OAuthError, Refusal, Scope},
    http::ApexRequest,
    org::{Org, RecordLock},
    schema::{CustomObject, Field},
    streaming::Streaming,
    traffic::{RequestLog, Stats},
};
