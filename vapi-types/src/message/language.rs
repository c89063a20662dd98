//! `language-change-detected`, formerly `language-changed`: the transcriber heard another language.

use super::wire_message;

wire_message! {
    /// The customer speaks another language now.
    pub struct LanguageChange {
        /// The language, as the transcriber names it.
        pub language: Option<String> = shown "language",
    }
}
