//! Whole programs, run as a user or an operator would, and killed as machines do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test that cannot go on shall stop where it stands"
)]

mod black_hole;
mod custom_function;
mod flex_flow;
mod journal;
#[path = "../../shared/journal_store.rs"]
#[allow(dead_code, reason = "what a setting names is opened by the programs under test")]
mod journal_store;
mod kill;
mod metrics;
mod own_crm;
mod pending;
#[path = "../../own_crm/pinboard.rs"]
mod pinboard;
#[cfg(feature = "postgres")]
#[path = "../../../voice-crm-outbox/tests/it/private_postgres.rs"]
#[allow(dead_code, reason = "here it does no crash")]
mod private_postgres;
#[cfg(all(feature = "postgres", target_os = "linux"))]
mod ready;
#[path = "../../shared/restart_port.rs"]
mod restart_port;
mod server;
#[path = "../../voice_server/settings.rs"]
#[allow(dead_code, reason = "its own tests run here; a program under test cannot be run as well")]
mod settings;
#[path = "../../shared/simulated_call.rs"]
#[allow(dead_code, reason = "a test plays only some of a call")]
mod simulated_call;
mod stop;
mod stop_under_load;
mod storm;
#[path = "../../storm/recovery.rs"]
#[allow(dead_code, reason = "its own tests run here; the storm makes use of it")]
mod storm_recovery;
mod strangers;
#[path = "../../../twilio-client/tests/it/fake.rs"]
#[allow(dead_code, reason = "a test asks for only some of what it remembers")]
mod twilio_fake;
mod vapi;
