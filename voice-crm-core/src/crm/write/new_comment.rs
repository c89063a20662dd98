//! A comment on a case.

use std::fmt;

use serde::{Deserialize, Serialize};
use voice_crm_outbox::JobKey;

use super::RecordRef;

/// A case that something belongs to.
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
#[allow(clippy::exhaustive_enums, reason = "a CRM that passed one over would lose what was asked")]
pub enum CaseRef {
    /// By its record.
    Known(RecordRef),
    /// The one that this write makes, or made.
    MadeBy(JobKey),
}

impl fmt::Debug for CaseRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Known(_) => "Known(..)",
            Self::MadeBy(_) => "MadeBy(..)",
        })
    }
}

/// A comment on a case, to be.
#[derive(Clone, Serialize, Deserialize)]
pub struct NewComment {
    /// The case.
    pub case: CaseRef,
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
