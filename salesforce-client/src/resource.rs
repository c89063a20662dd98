//! The parts of the API, one file each.

pub(crate) mod composite;
pub(crate) mod query;
pub(crate) mod records;
