//! A record of an object that only the user knows.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A record of an object that only the user knows.
#[derive(Clone, Serialize, Deserialize)]
pub struct OwnRecord {
    /// The object's API name.
    pub object: String,
    /// Its fields by their API names.
    pub fields: Map<String, Value>,
}

impl fmt::Debug for OwnRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnRecord").field("object", &self.object).finish_non_exhaustive()
    }
}
