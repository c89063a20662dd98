//! The macro that all record types are made by, so that each of them is its fields and nothing else.

use crate::field::Patch;

/// Defines what is read of an object, and what can be written to it.
///
/// What is read gets `id` and every other field of the answer; its fields are optional, because a query names the
/// fields it wants. What is written gets the custom fields; its fields are a `Patch`, or an `Option` where a value
/// cannot be emptied. Neither shows a value in `Debug`.
macro_rules! sobject {
    (
        $(#[$about:meta])*
        $name:ident {
            $($(#[$read_about:meta])* $read:ident: $read_type:ty,)*
        }

        $(#[$fields_about:meta])*
        $fields:ident {
            $($(#[$write_about:meta])* $write:ident: $write_type:ty,)*
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Default, serde::Deserialize, PartialEq)]
        #[serde(rename_all = "PascalCase", default)]
        #[non_exhaustive]
        pub struct $name {
            /// The record.
            pub id: Option<$crate::RecordId>,
            $($(#[$read_about])* pub $read: Option<$read_type>,)*
            /// Every other field of the answer, custom ones and `attributes` among them.
            #[serde(flatten)]
            pub other: std::collections::BTreeMap<String, serde_json::Value>,
        }

        impl $crate::sobject::SObject for $name {
            const NAME: &'static str = stringify!($name);
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).field("id", &self.id).finish_non_exhaustive()
            }
        }

        $(#[$fields_about])*
        #[derive(Clone, Default, PartialEq, serde::Serialize)]
        #[serde(rename_all = "PascalCase")]
        pub struct $fields {
            $(
                $(#[$write_about])*
                #[serde(skip_serializing_if = "super::define::Untouched::is_untouched")]
                pub $write: $write_type,
            )*
            /// Custom fields by API name; `null` clears one.
            #[serde(flatten)]
            pub other: std::collections::BTreeMap<String, serde_json::Value>,
        }

        impl std::fmt::Debug for $fields {
            /// Nothing of the values: they are people's data.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($fields)).finish_non_exhaustive()
            }
        }
    };
}
pub(super) use sobject;

/// A field whose key is left out, so that its value stays as it is.
pub(super) trait Untouched {
    fn is_untouched(&self) -> bool;
}

impl<T> Untouched for Patch<T> {
    fn is_untouched(&self) -> bool {
        self.is_keep()
    }
}

impl<T> Untouched for Option<T> {
    fn is_untouched(&self) -> bool {
        self.is_none()
    }
}
