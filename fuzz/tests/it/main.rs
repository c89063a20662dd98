//! Fuzz targets, run as ordinary tests; see the README.
#![forbid(unsafe_code)]

mod bound;
mod bridge;
mod edit;
mod routing;
mod salesforce;
mod seeds;
mod twilio;
mod vapi;

/// How long a failing input is made smaller, which without an end it may be for minutes.
const SHRINK: std::time::Duration = std::time::Duration::from_millis(200);
