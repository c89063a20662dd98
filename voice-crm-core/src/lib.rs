#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

pub mod audit;
pub mod bridge;
pub mod call;
pub mod caller;
pub mod channel;
pub mod code_sender;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod crm;
pub mod dispatch;
pub mod function;
pub mod functions;
pub mod live;
pub mod messenger;
pub mod phone;
pub mod phrase;
pub mod recording;
pub mod routing;
pub mod screen_pop;
#[cfg(feature = "serve")]
pub mod serve;
pub mod service_error;
pub mod sinks;
mod telemetry;
mod write_limits;

pub use bridge::Bridge;
pub use voice_crm_outbox::{self as outbox, clock, deadline, journal};
pub use write_limits::WriteLimits;
