//! The parts of the API, one file each.

pub(crate) mod apex;
pub(crate) mod batch;
pub(crate) mod bulk;
pub(crate) mod collections;
pub(crate) mod composite;
pub(crate) mod describe;
pub(crate) mod files;
pub(crate) mod graph;
pub(crate) mod identity;
pub(crate) mod limits;
pub(crate) mod metadata;
pub(crate) mod query;
pub(crate) mod records;
pub(crate) mod search;
pub(crate) mod tooling;
pub(crate) mod tree;
