//! Words of Twilio's vocabulary, open at the end: a new word is kept, never an error.

/// Declares an enum of words with `as_str`, conversions from text and both directions of serde.
macro_rules! open_words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $text:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$word_doc])* $word,)+
            /// A word this version does not know, as Twilio wrote it.
            Unknown(Box<str>),
        }

        impl $name {
            /// The word as Twilio writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$word => $text,)+
                    Self::Unknown(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($text => Self::$word,)+
                    _ => Self::Unknown(word.into()),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        #[cfg(feature = "client")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "webhook")]
        impl crate::callback::FamilyValue for $name {
            fn read(text: &str) -> Option<Self> {
                Some(text.into())
            }
        }

        #[cfg(feature = "client")]
        impl crate::lenient::Lenient for $name {
            fn read(value: serde_json::Value) -> Option<Self> {
                <String as crate::lenient::Lenient>::read(value).map(|word| Self::from(word.as_str()))
            }
        }

        #[cfg(feature = "client")]
        impl crate::parameter::Text for &$name {
            fn text(self) -> String {
                self.as_str().to_owned()
            }
        }

        #[cfg(feature = "client")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Ok(Self::from(&*word))
            }
        }
    )+};
}

pub(crate) use open_words;
