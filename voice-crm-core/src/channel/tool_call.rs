//! The function calls that a webhook brings, and what identifies each of them.

use std::fmt;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use crate::{
    call::{Call, CallId, ToolCallId},
    function::request::digest,
};

/// The function calls of one webhook, in the platform's order.
#[derive(Debug)]
pub struct ToolBatch {
    /// The call on which the model speaks.
    pub call: Call,
    /// The function calls; each id once.
    pub calls: Vec<ToolCall>,
}

/// One function call.
#[derive(Clone)]
pub struct ToolCall {
    /// The platform's id of it, which comes back with the answer.
    pub id: ToolCallId,
    /// The name of the function.
    pub name: String,
    /// The arguments: the text of one JSON object.
    pub arguments: Bytes,
}

impl ToolCall {
    /// A function call of a platform that gives it no id; see [`ToolCallId::derived`].
    pub fn without_id(
        call: &CallId,
        turn: Option<&str>,
        name: impl Into<String>,
        arguments: impl Into<Bytes>,
    ) -> Self {
        let (name, arguments) = (name.into(), arguments.into());
        Self { id: ToolCallId::derived(call, turn, &name, &arguments), name, arguments }
    }
}

impl ToolCallId {
    /// The identity of a function call that the platform gives no id: a hash of the call, the turn where the
    /// platform numbers turns, the function, and the arguments in one form, whatever their white space and the
    /// order of their fields.
    ///
    /// So the same request on the same call is the same function call, and acts once, however often it is
    /// delivered. Without a turn this holds for the whole call: a caller who asks for the same thing twice gets the
    /// first outcome again.
    pub fn derived(call: &CallId, turn: Option<&str>, function: &str, arguments: &[u8]) -> Self {
        let digest = digest(function, arguments);
        let mut hash = Sha256::new();
        for part in [call.as_str().as_bytes(), turn.unwrap_or_default().as_bytes(), digest.as_bytes()] {
            // The length in front keeps ("ab", "c") and ("a", "bc") apart.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hashed_id(hash).into()
    }
}

/// An id, made of a hash, for something that came without one.
pub(in crate::channel) fn hashed_id(hash: Sha256) -> String {
    hash.finalize()[..16].iter().fold("h".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

impl fmt::Debug for ToolCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolCall").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_derived_id_is_that_of_the_request_in_whatever_way_it_is_written() {
        let id = |call: &str, turn, function, arguments: &str| {
            ToolCallId::derived(&call.into(), turn, function, arguments.as_bytes())
        };
        let first = id("c", None, "f", r#"{"a":1,"b":{"x":"é","y":2}}"#);
        assert_eq!(first, id("c", None, "f", "{ \"b\": {\"y\":2, \"x\":\"\\u00e9\"},\n\"a\":1 }"));
        for other in [
            id("d", None, "f", r#"{"a":1,"b":{"x":"é","y":2}}"#),
            id("c", Some("1"), "f", r#"{"a":1,"b":{"x":"é","y":2}}"#),
            id("c", None, "g", r#"{"a":1,"b":{"x":"é","y":2}}"#),
            id("c", None, "f", r#"{"a":1,"b":{"x":"é","y":3}}"#),
        ] {
            assert_ne!(first, other);
        }
    }
}
