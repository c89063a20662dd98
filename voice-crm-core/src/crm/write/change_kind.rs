//! The kinds of change, by which a CRM says what it takes.

use std::fmt;

use super::Change;

/// A kind of [`Change`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// [`Change::CreateCase`].
    CreateCase,
    /// [`Change::UpdateContact`].
    UpdateContact,
    /// [`Change::AddComment`].
    AddComment,
    /// [`Change::CreateTask`].
    CreateTask,
    /// [`Change::SendText`].
    SendText,
    /// [`Change::LogCall`].
    LogCall,
    /// [`Change::KeepRecording`].
    KeepRecording,
    /// [`Change::OwnRecord`] that makes a record.
    CreateRecord,
    /// [`Change::OwnRecord`] that changes a record.
    UpdateRecord,
    /// [`Change::OwnRecord`] that changes a record, or makes it.
    UpsertRecord,
    /// [`Change::OwnRecord`] that deletes a record.
    DeleteRecord,
}

impl ChangeKind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::CreateCase,
        Self::UpdateContact,
        Self::AddComment,
        Self::CreateTask,
        Self::SendText,
        Self::LogCall,
        Self::KeepRecording,
        Self::CreateRecord,
        Self::UpdateRecord,
        Self::UpsertRecord,
        Self::DeleteRecord,
    ];

    /// The kind of a change.
    pub fn of(change: &Change) -> Self {
        match change {
            Change::CreateCase(_) => Self::CreateCase,
            Change::UpdateContact(_) => Self::UpdateContact,
            Change::AddComment(_) => Self::AddComment,
            Change::CreateTask(_) => Self::CreateTask,
            Change::SendText(_) => Self::SendText,
            Change::LogCall(_) => Self::LogCall,
            Change::KeepRecording(_) => Self::KeepRecording,
            Change::OwnRecord(record) => record.kind(),
        }
    }

    /// One word for logs and lists.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CreateCase => "create_case",
            Self::UpdateContact => "update_contact",
            Self::AddComment => "add_comment",
            Self::CreateTask => "create_task",
            Self::SendText => "send_text",
            Self::LogCall => "log_call",
            Self::KeepRecording => "keep_recording",
            Self::CreateRecord => "create_record",
            Self::UpdateRecord => "update_record",
            Self::UpsertRecord => "upsert_record",
            Self::DeleteRecord => "delete_record",
        }
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
