//! A function as Vapi offers it: what the model sees, and what the caller hears while it runs.

use vapi_types::tool::{FunctionTool, ToolMessage};

use super::{ManifestEntry, vapi_schema};
use crate::phrase::{self, Language, Phrasebook};

/// For how many milliseconds a caller hears nothing before they are told that it goes on: half of the time that an
/// answer may take.
const SILENCE: u64 = 4_000;

impl ManifestEntry {
    /// The function as a tool of Vapi, with what is said in this language while it runs, and its arguments in the part of
    /// JSON Schema that Vapi's published types know.
    ///
    /// A function with a filler phrase begins with it, and says once that it goes on when it takes long. One that asks
    /// for confirmation begins without a word: its first call does nothing yet and answers at once, with what the
    /// caller is to agree to. A function without a filler phrase runs in silence. See "Custom tools" in Vapi's
    /// documentation.
    pub fn vapi_tool(&self, book: &Phrasebook, language: Language) -> FunctionTool {
        let tool = FunctionTool::named(
            self.name,
            self.description.clone(),
            vapi_schema::parameters(&self.parameters),
        );
        let Some(filler) = self.filler else { return tool };
        let tool = if self.asks_for_confirmation {
            tool
        } else {
            tool.message(ToolMessage::start(book.speak(&filler.into(), language)))
        };
        tool.message(ToolMessage::delayed(SILENCE, book.speak(&phrase::STILL_AT_IT.into(), language)))
    }
}
