//! The REST client: over real HTTP on the loopback, and against a script on paused time.

mod control;
mod exchange;
mod paging;
mod policy;
mod scripted;
mod sent;

pub(crate) use sent::requests;
