//! Objects with named fields, and the one macro that defines them.

use std::{cell::RefCell, fmt};

use serde::ser::SerializeMap;

use super::{DecodeIssue, Fields, Trail, parse_entries};

/// A type that is read from, and written as, the fields of one object.
pub(crate) trait Object: Sized {
    fn from_fields(fields: &mut Fields<'_, '_>) -> Self;
    fn write_fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;
}

/// Reads a text as one of this crate's own, lenient objects.
pub(crate) fn parse_object<T: Object>(json: &str) -> Result<T, DecodeIssue> {
    let unexpected = RefCell::default();
    let entries = parse_entries(json)?;
    Ok(T::from_fields(&mut Fields::new(entries, Trail::root(&unexpected))))
}

impl<T: Object> Object for Box<T> {
    fn from_fields(fields: &mut Fields<'_, '_>) -> Self {
        Self::new(T::from_fields(fields))
    }

    fn write_fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        T::write_fields(self, map)
    }
}

/// Defines a wire object: each field on one line with its wire name and whether `Debug` may show it.
///
/// It expands to the struct (with an `extra` field for everything unnamed), its lenient reader, its
/// `Serialize`, and a `Debug` that replaces `hidden` fields by `..`. Written by hand these are four places
/// to keep in step for some two hundred fields, and forgetting one would leak or lose a field.
macro_rules! wire_object {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$doc:meta])* pub $field:ident: $ty:ty = $show:ident $key:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$doc])* pub $field: $ty,)*
            /// Fields without a name here, kept and written back as they came.
            pub extra: $crate::wire::Extra,
        }

        impl $crate::wire::Object for $name {
            fn from_fields(fields: &mut $crate::wire::Fields<'_, '_>) -> Self {
                Self {
                    $($field: $crate::wire::Field::take_from(fields, $key),)*
                    extra: fields.rest(),
                }
            }

            fn write_fields<M: serde::ser::SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                $($crate::wire::Field::put(&self.$field, $key, map)?;)*
                self.extra.write(map)
            }
        }

        $crate::wire::wire_object!(@traits $name { $($field $show,)* } extra);
    };
    (@traits $name:ident { $($field:ident $show:ident,)* } $rest:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::wire::Value::write(self, serializer)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($field), $crate::wire::wire_object!(@$show self.$field)))*
                    .field(stringify!($rest), &self.$rest)
                    .finish()
            }
        }
    };
    (@shown $value:expr) => { &$value };
    (@hidden $value:expr) => { &$crate::wire::Hidden };
}
pub(crate) use wire_object;

/// Defines a wire object that is built: every field optional, each with a setter of its name.
macro_rules! settings {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$doc:meta])* pub $field:ident: $ty:ty = $show:ident $key:literal,)*
    }) => {
        $crate::wire::wire_object! {
            $(#[$meta])*
            pub struct $name {
                $($(#[$doc])* pub $field: Option<$ty> = $show $key,)*
            }
        }

        impl $name {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $field(mut self, value: impl Into<$ty>) -> Self {
                    self.$field = Some(value.into());
                    self
                }
            )*
        }
    };
}
pub(crate) use settings;

/// Stands in `Debug` output for what must not be shown.
pub(crate) struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}
