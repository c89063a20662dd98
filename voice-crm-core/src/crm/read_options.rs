//! What a read of the CRM goes by.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// A telephone call, as a budget of API calls tells it from others.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct CallTag(u64);

impl CallTag {
    /// The call with this id on a channel.
    pub fn new(channel: &str, call: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        (channel, call).hash(&mut hasher);
        Self(hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_one_id_on_two_channels_are_two_calls() {
        assert_eq!(CallTag::new("vapi", "1"), CallTag::new("vapi", "1"));
        assert_ne!(CallTag::new("vapi", "1"), CallTag::new("twilio", "1"));
        assert_ne!(CallTag::new("vapi1", ""), CallTag::new("vapi", "1"));
    }
}
