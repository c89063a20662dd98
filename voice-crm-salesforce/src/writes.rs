//! What the bridge writes into an org.

pub(crate) mod call_log;
pub(crate) mod case;
pub(crate) mod comment;
pub(crate) mod contact;
pub(crate) mod keyed;
pub(crate) mod no_outlet;
pub(crate) mod recording;
pub(crate) mod step;
