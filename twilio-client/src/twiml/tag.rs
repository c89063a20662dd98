//! How the typed elements are declared: each is an [`Element`](super::Element) that knows its name, its
//! attributes and where it may stand.

use super::Element;

/// An element that may stand inside a `Parent`.
///
/// An untyped [`Element`] may stand inside any.
pub trait Inside<Parent>: Into<Element> {}

impl<Parent> Inside<Parent> for Element {}

/// A value that an attribute can have, as text.
pub(super) trait Value {
    fn text(self) -> String;
}

impl Value for &str {
    fn text(self) -> String {
        self.to_owned()
    }
}

impl Value for bool {
    fn text(self) -> String {
        self.to_string()
    }
}

impl Value for u32 {
    fn text(self) -> String {
        self.to_string()
    }
}

/// A list, which `TwiML` writes with spaces between its words.
impl Value for &[&str] {
    fn text(self) -> String {
        self.join(" ")
    }
}

/// Declares typed elements: where each may stand, and a setter for each attribute.
///
/// Constructors stand beside the declaration, for they differ in what they must be given.
macro_rules! tags {
    ($($(#[$doc:meta])* $tag:ident $(as $name:literal)? in [$($parent:ident),*] {
        $($(#[$setter_doc:meta])* $setter:ident: $value:ty = $attribute:literal,)*
    })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, PartialEq)]
        #[must_use = "an element does nothing until it stands in a response"]
        pub struct $tag(super::Element);

        impl $tag {
            fn empty() -> Self {
                Self(super::Element::new(super::tag::name!($tag $($name)?)))
            }

            $($(#[$setter_doc])*
            pub fn $setter(self, value: $value) -> Self {
                self.attribute($attribute, super::tag::Value::text(value))
            })*

            /// Any attribute, by the name Twilio gives it.
            pub fn attribute(self, name: &'static str, value: impl Into<String>) -> Self {
                Self(self.0.attribute(name, value))
            }

            /// Adds a child after the others.
            pub fn with(self, child: impl super::Inside<Self>) -> Self {
                Self(self.0.child(child))
            }
        }

        impl From<$tag> for super::Element {
            fn from(tag: $tag) -> Self {
                tag.0
            }
        }

        $(impl super::Inside<$parent> for $tag {})*
    )+};
}

/// The name of an element: that of its type, unless XML has another.
macro_rules! name {
    ($tag:ident) => {
        stringify!($tag)
    };
    ($tag:ident $name:literal) => {
        $name
    };
}

/// Elements whose text says what they are about.
macro_rules! named_by_text {
    ($($(#[$doc:meta])* $tag:ident)+) => {$(
        impl $tag {
            $(#[$doc])*
            pub fn new(text: impl Into<String>) -> Self {
                Self(Self::empty().0.text(text))
            }
        }
    )+};
}

/// Elements that need nothing to begin with.
macro_rules! begin_empty {
    ($($tag:ident)+) => {$(
        impl $tag {
            /// The element without attributes and children.
            pub fn new() -> Self {
                Self::empty()
            }
        }

        impl Default for $tag {
            fn default() -> Self {
                Self::empty()
            }
        }
    )+};
}

pub(super) use {begin_empty, name, named_by_text, tags};
