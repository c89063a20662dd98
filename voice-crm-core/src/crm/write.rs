//! Writes to the CRM: what is to be changed, under a key that makes a repeat harmless.

use serde::{Deserialize, Serialize};
use voice_crm_outbox::JobKey;

mod call_log;
mod change_kind;
mod contact_update;
mod new_case;
mod new_comment;
mod new_recording;
mod new_task;
mod new_text;
mod own_record;
mod receipt;
mod record_handle;

pub use call_log::{CallLog, CallMemo};
pub use change_kind::ChangeKind;
pub use contact_update::{ContactUpdate, PostalAddress};
pub use new_case::{AccountRef, NewCase};
pub use new_comment::NewComment;
pub use new_recording::NewRecording;
pub use new_task::NewTask;
pub use new_text::NewText;
pub use own_record::{OwnRecord, RecordAction, RecordLink, RecordTarget, UniqueField};
pub use receipt::{Receipt, Remark};
pub use record_handle::RecordHandle;

/// The CRM's own id of a record.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordRef(String);

impl RecordRef {
    /// The record with this id.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One write, durable in the journal until it is in the CRM.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Write {
    /// Its identity.
    pub key: JobKey,
    /// What is to be changed.
    pub change: Change,
}

/// What a write changes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Change {
    /// A support case exists.
    CreateCase(NewCase),
    /// A contact's details are these.
    UpdateContact(ContactUpdate),
    /// A case has a comment.
    AddComment(NewComment),
    /// A person has something to do.
    CreateTask(Box<NewTask>),
    /// A text message is on its way; a messenger sends it.
    SendText(NewText),
    /// A finished call is on record.
    LogCall(Box<CallLog>),
    /// A recording is kept as a file of its call.
    KeepRecording(NewRecording),
    /// A record of an object of your own is made, changed or deleted.
    OwnRecord(OwnRecord),
}

impl Change {
    /// One word for what it does, for logs and lists.
    pub fn kind(&self) -> &'static str {
        ChangeKind::of(self).as_str()
    }
}

macro_rules! change_from {
    ($($variant:ident($what:ty)),+) => { $(
        impl From<$what> for Change {
            fn from(what: $what) -> Self {
                Self::$variant(what.into())
            }
        }
    )+ };
}

change_from!(
    CreateCase(NewCase),
    UpdateContact(ContactUpdate),
    AddComment(NewComment),
    CreateTask(NewTask),
    SendText(NewText),
    OwnRecord(OwnRecord)
);
