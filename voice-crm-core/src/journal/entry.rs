//! What is taken in.

use std::sync::Arc;

use crate::{crm::Write, phone::PhoneNumber};

/// A write that asks to be taken in.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The lane it belongs to.
    pub lane: Lane,
    /// The write.
    pub write: Arc<Write>,
    /// A digest of what was asked for, which tells a repeat from a conflict.
    ///
    /// It is made of the request and not of the write: what a look-up adds may differ from one time to the next.
    pub digest: Digest,
    /// Whose call it is, so that what is kept of this person can be found and erased.
    pub caller: Option<PhoneNumber>,
}

/// The order in which writes happen; one for each call.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Lane(Arc<str>);

impl Lane {
    /// The lane with this name.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The lane's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A digest of what was asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Digest([u8; 16]);

impl Digest {
    /// The digest with these sixteen bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The sixteen bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}
