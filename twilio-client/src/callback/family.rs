//! How families are declared: a view of the parameters, with a method for each that it knows.

use std::time::Duration;

use crate::endpoint::Endpoint;
use crate::sid::{Kind, Sid};

/// A value that a parameter can have.
pub(crate) trait Value: Sized {
    fn read(text: &str) -> Option<Self>;
}

impl Value for String {
    fn read(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl Value for u64 {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Value for f64 {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Value for bool {
    fn read(text: &str) -> Option<Self> {
        text.to_ascii_lowercase().parse().ok()
    }
}

/// Whole seconds.
impl Value for Duration {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(Self::from_secs)
    }
}

impl Value for Endpoint {
    fn read(text: &str) -> Option<Self> {
        Some(text.into())
    }
}

impl<K: Kind> Value for Sid<K> {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// Declares families. A parameter of another shape than documented is read as absent, and is still in
/// `params`.
macro_rules! families {
    ($($(#[$doc:meta])* $name:ident {
        $($(#[$getter_doc:meta])* $getter:ident: $value:ty = $key:literal,)*
    })+) => {$(
        $(#[$doc])*
        ///
        /// `Debug` shows the names of the parameters only.
        #[derive(Clone, Debug)]
        pub struct $name {
            params: super::Params,
        }

        impl $name {
            $($(#[$getter_doc])*
            pub fn $getter(&self) -> Option<$value> {
                self.params.get($key).and_then(<$value as super::family::Value>::read)
            })*

            /// Everything that came.
            pub fn params(&self) -> &super::Params {
                &self.params
            }
        }

        impl From<super::Params> for $name {
            fn from(params: super::Params) -> Self {
                Self { params }
            }
        }
    )+};
}

pub(super) use families;
