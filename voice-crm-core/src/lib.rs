#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

pub mod audit;
pub mod bridge;
pub mod call;
pub mod caller;
pub mod channel;
pub mod clock;
pub mod code_sender;
pub mod crm;
pub mod deadline;
pub mod dispatch;
pub mod function;
pub mod functions;
pub mod journal;
pub mod live;
pub mod messenger;
mod outlets;
pub mod phone;
pub mod phrase;
pub mod recording;
pub mod routing;
pub mod screen_pop;
pub mod service_error;
mod telemetry;
pub mod writer;

pub use bridge::Bridge;
