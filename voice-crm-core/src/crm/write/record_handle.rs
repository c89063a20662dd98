//! A record as far as it is known: by its id, or as one that the same call makes.

use std::fmt;

use serde::{Deserialize, Serialize};
use voice_crm_outbox::JobKey;

use super::{Receipt, RecordRef};

/// A record, as far as it is known.
///
/// The writes of one call are made in their order. So what an earlier one makes has its id when a later one needs it,
/// though nobody knew it when the later one was promised.
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
#[allow(clippy::exhaustive_enums, reason = "a CRM that passed one over would lose what was asked")]
pub enum RecordHandle {
    /// By its id.
    Known(RecordRef),
    /// The one that this write of the same call makes, or made; see [`Written::record`](crate::crm::Written::record).
    MadeBy(JobKey),
    /// The one of this object, in the CRM's word, that an earlier write of the same call made or changed last.
    LastOnCall(String),
}

impl RecordHandle {
    /// The id, given what the earlier writes of the same call came to; `None` when none of them made it.
    pub fn find(&self, earlier: &[Receipt]) -> Option<RecordRef> {
        let mut newest = earlier.iter().rev().filter(|receipt| receipt.record.is_some());
        match self {
            Self::Known(record) => Some(record.clone()),
            Self::MadeBy(key) => newest.find(|receipt| receipt.key == Some(*key))?.record.clone(),
            Self::LastOnCall(object) => {
                newest.find(|receipt| receipt.object.as_ref() == Some(object))?.record.clone()
            }
        }
    }
}

impl fmt::Debug for RecordHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(_) => f.write_str("Known(..)"),
            Self::MadeBy(_) => f.write_str("MadeBy(..)"),
            Self::LastOnCall(object) => f.debug_tuple("LastOnCall").field(object).finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_the_call_is_the_one_that_the_write_made_or_the_last_of_its_object() {
        let key = |number| JobKey::from_bytes([number; 16]);
        let made = |number: u8, object: &str, id: Option<&str>| Receipt {
            record: id.map(RecordRef::new),
            object: Some(object.to_owned()),
            key: Some(key(number)),
            ..Receipt::default()
        };
        let earlier = [
            made(1, "Case", Some("500-1")),
            made(2, "Case", Some("500-2")),
            made(3, "Case", None),
            made(4, "Task", Some("00T-4")),
        ];
        let id = |handle: RecordHandle| handle.find(&earlier).map(|id| id.as_str().to_owned());
        assert_eq!(id(RecordHandle::MadeBy(key(1))).as_deref(), Some("500-1"));
        assert_eq!(id(RecordHandle::MadeBy(key(3))), None);
        assert_eq!(id(RecordHandle::MadeBy(key(9))), None);
        assert_eq!(id(RecordHandle::LastOnCall("Case".to_owned())).as_deref(), Some("500-2"));
        assert_eq!(id(RecordHandle::LastOnCall("Order".to_owned())), None);
        assert_eq!(id(RecordHandle::Known(RecordRef::new("001"))).as_deref(), Some("001"));
    }
}
