//! What goes along with every read: by when it must be there, and for which call it is made.

use sha2::{Digest as _, Sha256};

use crate::deadline::Deadline;

/// A short name for a call, by which a CRM can share requests evenly among calls.
///
/// It is a hash: it shows nothing of the call, and two calls have the same one with a chance of 1 in 2⁶⁴.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct CallTag(u64);

impl CallTag {
    /// The tag of a call: always the same for the same channel and the same id.
    pub fn new(channel: &str, call: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(channel.as_bytes());
        // No channel has it in its name, so no other pair of texts is hashed as the same one.
        hash.update([0]);
        hash.update(call.as_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&hash.finalize()[..8]);
        Self(u64::from_be_bytes(first))
    }
}

/// By when a read must be there, and for which call it is made.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ReadOptions {
    /// The moment after which the answer is worthless.
    pub deadline: Deadline,
    /// The call that waits for the answer; `None` when it is no call's, or that of several calls.
    pub call: Option<CallTag>,
}

impl ReadOptions {
    /// A read that must be there by `deadline`, for no particular call.
    pub fn by(deadline: Deadline) -> Self {
        Self { deadline, call: None }
    }

    /// The same read for this call.
    #[must_use]
    pub fn for_call(mut self, call: CallTag) -> Self {
        self.call = Some(call);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_always_has_the_same_tag_and_another_call_has_another() {
        assert_eq!(CallTag::new("vapi", "c1"), CallTag::new("vapi", "c1"));
        assert_ne!(CallTag::new("vapi", "c1"), CallTag::new("vapi", "c2"));
        assert_ne!(CallTag::new("vapi", "c1"), CallTag::new("twilio", "c1"));
        assert_ne!(CallTag::new("vapi", "c1"), CallTag::new("vap", "ic1"), "the border counts");
    }

    #[test]
    fn a_tag_shows_nothing_of_its_call() {
        let shown = format!("{:?}", CallTag::new("vapi", "canary-call"));
        assert!(!shown.contains("canary") && !shown.contains("vapi"), "{shown}");
    }
}
