//! `tool-calls`: the model wants functions of the server called.
//!
//! See "Server events" and "Custom tools" in Vapi's documentation, which show five forms of the same call.

use serde::ser::SerializeMap;

use super::{Context, derefs_to_context};
use crate::{
    error::{DecodeError, DecodeErrorKind},
    wire::{Fields, Object, Written, kind_of, wire_object},
};

mod tool_call;

pub use tool_call::ToolCall;

use tool_call::Listed;

/// The model wants functions called; each call is to be answered once, by its id, in order.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ToolCalls {
    /// The calls in the order they came, each id once.
    pub calls: Vec<ToolCall>,
    /// The call and everything else that comes with each message.
    pub context: Context,
}

derefs_to_context!(ToolCalls);
wire_object!(@traits ToolCalls { calls shown, } context);

impl ToolCalls {
    /// Calls to be answered, for a simulator or a test.
    pub fn new(calls: Vec<ToolCall>, context: Context) -> Self {
        Self { calls, context }
    }

    /// Refuses a message whose list of calls cannot be read, since no call of it could be answered.
    pub(super) fn check(fields: &Fields<'_, '_>) -> Result<(), DecodeError> {
        match fields.peek(LISTS[0]) {
            Some(list) if !list.get().starts_with('[') => {
                let detail =
                    format!("tool-calls: message.{}: expected a list, found {}", LISTS[0], kind_of(list));
                Err(DecodeError::new(DecodeErrorKind::Field, detail))
            }
            _ => Ok(()),
        }
    }
}

impl Object for ToolCalls {
    /// Reads the calls from whichever lists the message has.
    ///
    /// The same calls may stand in up to three lists. A call is taken from the first that has it, and what
    /// it lacks there (a name, arguments) is filled in from the others.
    fn from_fields(fields: &mut Fields<'_, '_>) -> Self {
        let mut calls = Listed::default();
        for list in LISTS {
            let Some(raw) = fields.peek(list) else { continue };
            calls.add(raw, &fields.trail().key(list));
            if calls.is_complete() {
                break;
            }
        }
        fields.mark_taken(LISTS[0]);
        Self { calls: calls.into_calls(), context: Context::from_fields(fields) }
    }

    fn write_fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(LISTS[0], &Written(&self.calls))?;
        self.context.write_fields(map)
    }
}

/// Where calls are listed: the documented list, the undocumented copy real bodies carry, and the list that
/// pairs each call with its tool's definition.
pub(super) const LISTS: [&str; 3] = ["toolCallList", "toolCalls", "toolWithToolCallList"];
