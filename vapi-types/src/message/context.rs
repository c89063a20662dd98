//! What every server message carries beside its own fields.

use jiff::Timestamp;
use serde::ser::SerializeMap;

use crate::{
    artifact::Artifact,
    call::Call,
    customer::Customer,
    phone_number::PhoneNumber,
    wire::{DecodeIssue, Extra, Field, Fields, Millis, Object, Raw, parse_object, wire_object},
};

/// The call a message belongs to and everything else that comes with each message.
///
/// Each message dereferences to its context, so `message.call` and `message.customer` work on all of them.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Context {
    /// The call; without any field set if the message named none.
    pub call: Call,
    /// The other end of the call.
    pub customer: Option<Customer>,
    /// The operator's number.
    pub phone_number: Option<Box<PhoneNumber>>,
    /// When the message was sent.
    pub timestamp: Option<Timestamp>,
    /// Assistant that talks, in full; unparsed, since few servers look at it.
    pub assistant: Option<Raw>,
    /// Version of the assistant.
    pub assistant_version: Option<String>,
    /// Records of the call so far, unparsed; see [`Context::parse_artifact`].
    pub artifact: Option<Raw>,
    /// Chat the message belongs to, where it belongs to one.
    pub chat: Option<Raw>,
    /// Fields without a name here, kept and written back as they came.
    pub extra: Extra,
}

impl Context {
    /// The customer, whether the message or its call names it.
    pub fn caller(&self) -> Option<&Customer> {
        self.customer.as_ref().or(self.call.customer.as_ref())
    }

    /// The call, if the message named one.
    pub fn known_call(&self) -> Option<&Call> {
        (self.call != Call::default()).then_some(&self.call)
    }

    /// Reads the records of the call so far; `None` if the message carried none.
    ///
    /// # Errors
    /// [`DecodeIssue`] if the artifact is not an object.
    pub fn parse_artifact(&self) -> Option<Result<Artifact, DecodeIssue>> {
        self.artifact.as_ref().map(|artifact| parse_object(artifact.as_str()))
    }
}

impl Object for Context {
    fn from_fields(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            call: Field::take_from(fields, "call"),
            customer: Field::take_from(fields, "customer"),
            phone_number: Field::take_from(fields, "phoneNumber"),
            timestamp: Option::<Millis>::take_from(fields, "timestamp").map(|Millis(timestamp)| timestamp),
            assistant: Field::take_from(fields, "assistant"),
            assistant_version: Field::take_from(fields, "assistantVersion"),
            artifact: Field::take_from(fields, "artifact"),
            chat: Field::take_from(fields, "chat"),
            extra: fields.rest(),
        }
    }

    fn write_fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        self.call.put("call", map)?;
        self.customer.put("customer", map)?;
        self.phone_number.put("phoneNumber", map)?;
        self.timestamp.map(Millis).put("timestamp", map)?;
        self.assistant.put("assistant", map)?;
        self.assistant_version.put("assistantVersion", map)?;
        self.artifact.put("artifact", map)?;
        self.chat.put("chat", map)?;
        self.extra.write(map)
    }
}

wire_object!(@traits Context {
    call shown, customer shown, phone_number shown, timestamp shown, assistant shown,
    assistant_version shown, artifact shown, chat shown,
} extra);

/// Defines a server message: its own fields as in `wire_object`, and the context all messages share.
macro_rules! wire_message {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$doc:meta])* pub $field:ident: $ty:ty = $show:ident $key:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$doc])* pub $field: $ty,)*
            /// The call and everything else that comes with each message.
            pub context: $crate::message::Context,
        }

        impl $crate::wire::Object for $name {
            fn from_fields(fields: &mut $crate::wire::Fields<'_, '_>) -> Self {
                Self {
                    $($field: $crate::wire::Field::take_from(fields, $key),)*
                    context: $crate::wire::Object::from_fields(fields),
                }
            }

            fn write_fields<M: serde::ser::SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                $($crate::wire::Field::put(&self.$field, $key, map)?;)*
                $crate::wire::Object::write_fields(&self.context, map)
            }
        }

        $crate::wire::wire_object!(@traits $name { $($field $show,)* } context);
        $crate::message::derefs_to_context!($name);
    };
}
pub(crate) use wire_message;

/// Lets the context of a message be reached as if its fields were the message's own.
macro_rules! derefs_to_context {
    ($name:ident) => {
        impl std::ops::Deref for $name {
            type Target = $crate::message::Context;

            fn deref(&self) -> &$crate::message::Context {
                &self.context
            }
        }
    };
}
pub(crate) use derefs_to_context;
