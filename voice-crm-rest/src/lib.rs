#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

mod authorize;
mod client;
mod download;
mod error;
mod pages;
mod request;
mod response;
mod retry;
#[cfg(feature = "test")]
pub mod script;
mod service;
pub mod transport;
mod verdict;

pub use authorize::Authorize;
pub use client::{Client, ClientBuilder};
pub use download::{Download, Media};
pub use error::{Error, Result};
pub use pages::{Next, Pages};
pub use request::{Operation, Request, may_see_credentials};
pub use response::Response;
pub use retry::RetryPolicy;
pub use service::Service;
pub use verdict::{ErrorKind, Retry, Verdict};
