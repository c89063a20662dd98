//! How answers are declared: what is sure to be there, what may be, and everything else kept as it came.

/// Declares what Twilio describes. The fields before the line are required; those after it are optional and
/// read leniently. `Debug` shows the fields named at the end, for others hold numbers, names and words.
macro_rules! described {
    ($($(#[$doc:meta])* $name:ident {
        $($(#[$sure_doc:meta])* $sure:ident: $sure_type:ty,)*
        ;
        $($(#[$maybe_doc:meta])* $maybe:ident: $maybe_type:ty,)*
    } shows [$($shown:ident),*])+) => {$(
        $(#[$doc])*
        ///
        /// `Debug` shows no number, no name and nothing unknown.
        #[derive(Clone, serde::Deserialize)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$sure_doc])* pub $sure: $sure_type,)*
            $($(#[$maybe_doc])*
            #[serde(default, deserialize_with = "crate::lenient::field")]
            pub $maybe: Option<$maybe_type>,)*
            /// Everything else Twilio says, as it says it.
            #[serde(flatten)]
            pub extra: serde_json::Map<String, serde_json::Value>,
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($shown), &self.$shown))*
                    .finish_non_exhaustive()
            }
        }
    )+};
}

pub(crate) use described;
