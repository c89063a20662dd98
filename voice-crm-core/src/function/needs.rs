//! What a function cannot do without, and what a bridge can serve.

use std::fmt;

use crate::crm::{ChangeKind, Crm, ReadKind};

/// Something that a function cannot do without.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Need {
    /// A kind of look-up.
    Read(ReadKind),
    /// A kind of change.
    Change(ChangeKind),
}

impl From<ReadKind> for Need {
    fn from(kind: ReadKind) -> Self {
        Self::Read(kind)
    }
}

impl From<ChangeKind> for Need {
    fn from(kind: ChangeKind) -> Self {
        Self::Change(kind)
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read(kind) => kind.trait_name(),
            Self::Change(kind) => kind.as_str(),
        })
    }
}

/// The look-ups and changes that are served, by a CRM and by the services beside it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Served {
    reads: Vec<ReadKind>,
    changes: Vec<ChangeKind>,
}

impl Served {
    /// What a CRM serves.
    pub(crate) fn by(crm: &dyn Crm) -> Self {
        let is_served = |kind: &ReadKind| match kind {
            ReadKind::Accounts => crm.accounts().is_some(),
            ReadKind::Cases => crm.cases().is_some(),
            ReadKind::People => crm.people().is_some(),
            ReadKind::Tasks => crm.tasks().is_some(),
        };
        // Services beside the CRM take these two, whatever it says of itself.
        let is_taken = |kind: &ChangeKind| {
            !matches!(kind, ChangeKind::SendText | ChangeKind::KeepRecording) && crm.takes(*kind)
        };
        Self {
            reads: ReadKind::ALL.into_iter().filter(is_served).collect(),
            changes: ChangeKind::ALL.into_iter().filter(is_taken).collect(),
        }
    }

    /// With a kind of change that a service takes, if there is one.
    pub(crate) fn and(mut self, kind: ChangeKind, is_served: bool) -> Self {
        self.changes.extend(is_served.then_some(kind));
        self
    }

    pub(crate) fn has(&self, need: Need) -> bool {
        match need {
            Need::Read(kind) => self.reads.contains(&kind),
            Need::Change(kind) => self.changes.contains(&kind),
        }
    }
}
