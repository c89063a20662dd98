//! Calls from ring to wrap-up.

mod after_call;
mod corpus;
mod data_dip;
mod ends;
mod histories;
mod lookup;
mod order;
mod recordings;
mod reports;
mod requests;
#[cfg(feature = "twilio")]
mod twilio;
#[cfg(feature = "twilio")]
mod twilio_actions;
mod vapi;
