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
    ($($(#[$doc:meta])* $tag:ident in [$($parent:ident),*] {
        $($(#[$setter_doc:meta])* $setter:ident: $value:ty = $attribute:literal,)*
    })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, PartialEq)]
        #[must_use = "an element does nothing until it stands in a response"]
        pub struct $tag(super::Element);

        impl $tag {
            fn empty() -> Self {
                Self(super::Element::new(stringify!($tag)))
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

pub(super) use tags;
