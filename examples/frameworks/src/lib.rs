//! The bridge mounted in the web frameworks of Rust, each in a file of its own, to be copied.
//!
//! Frameworks that take tower services mount [`Bridge::service`](voice_crm_core::Bridge::service); the others give
//! method, path, headers and body to [`Bridge::handle`](voice_crm_core::Bridge::handle).
#![forbid(unsafe_code)]

pub mod actix_web;
pub mod axum;
pub mod hyper;
pub mod lambda;
pub mod poem;
pub mod rocket;
pub mod salvo;
pub mod warp;
