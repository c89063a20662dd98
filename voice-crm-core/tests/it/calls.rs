//! Calls from ring to wrap-up.

mod after_call;
mod corpus;
mod data_dip;
mod lookup;
mod order;
mod recordings;
#[cfg(feature = "twilio")]
mod twilio;
mod vapi;
