//! A comment on a case.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::RecordHandle;

/// A comment on a case, to be.
#[derive(Clone, Serialize, Deserialize)]
pub struct NewComment {
    /// The case.
    pub case: RecordHandle,
    /// What it says.
    pub body: String,
    /// Whether the customer sees it where the CRM shows cases to customers.
    #[serde(default)]
    pub published: bool,
}

impl fmt::Debug for NewComment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewComment").field("case", &self.case).finish_non_exhaustive()
    }
}
