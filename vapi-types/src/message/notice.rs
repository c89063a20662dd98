//! `hang`, `call.deleted` and `call.delete.failed`: messages that say all they say with their type.

use super::wire_message;

wire_message! {
    /// A message without fields of its own.
    pub struct Notice {}
}
