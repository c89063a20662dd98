//! A text message to a telephone.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::phone::PhoneNumber;

/// A text message, to be sent once.
///
/// It is a write like any other, but for that a [`Messenger`](crate::messenger::Messenger) takes it and not the
/// CRM.
#[derive(Clone, Serialize, Deserialize)]
pub struct NewText {
    /// Who gets it.
    pub to: PhoneNumber,
    /// What it says.
    pub body: String,
    /// When it was asked for; by this an earlier try is found again.
    pub asked_at: Timestamp,
}

impl fmt::Debug for NewText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewText").field("asked_at", &self.asked_at).finish_non_exhaustive()
    }
}
