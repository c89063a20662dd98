//! Something for a person to do.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::RecordRef;

/// A task for a person or a queue, to be.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct NewTask {
    /// The headline, at most 255 characters.
    pub subject: String,
    /// What is to be done.
    pub description: String,
    /// The day on which it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// When to remind of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminder: Option<Timestamp>,
    /// Whether it cannot wait.
    #[serde(default)]
    pub urgent: bool,
    /// The person or queue that gets it; the CRM decides unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<RecordRef>,
    /// Whom it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<RecordRef>,
    /// The account or case that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<RecordRef>,
}

impl fmt::Debug for NewTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewTask")
            .field("due", &self.due)
            .field("urgent", &self.urgent)
            .finish_non_exhaustive()
    }
}
