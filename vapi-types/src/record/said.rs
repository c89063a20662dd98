//! What was said on a call.

use serde_json::Value;

use super::places::{Places, text};
use crate::ServerMessage;

/// The lists of messages, the form with more in it first.
const LISTS: [&str; 3] = ["messages", "messagesOpenAIFormatted", "conversation"];

/// The longest text that is told of what was said, or else the messages as lines.
pub(super) fn transcript(places: &Places<'_>, message: &ServerMessage) -> Option<String> {
    // There the field of this name is one utterance.
    if matches!(message, ServerMessage::Transcript(_) | ServerMessage::FinalTranscript(_)) {
        return None;
    }
    if let Some(transcript) = places.longest("transcript") {
        return Some(transcript.to_owned());
    }
    let lists = LISTS.iter().flat_map(|name| places.values(name));
    lists
        .filter_map(|list| Some(lines(list.as_array()?)))
        .filter(|lines| !lines.is_empty())
        .reduce(|known, other| if other.len() > known.len() { other } else { known })
}

/// Messages as Vapi writes its own transcripts. Instructions and tools are left out.
fn lines(messages: &[Value]) -> String {
    let line = |message: &Value| {
        let speaker = match message.get("role")?.as_str()? {
            "user" => "User",
            "bot" | "assistant" => "AI",
            _ => return None,
        };
        let words =
            text(message.get("message")).map(str::to_owned).or_else(|| content(message.get("content")?));
        Some(format!("{speaker}: {}", words?.trim()))
    };
    messages.iter().filter_map(line).collect::<Vec<_>>().join("\n")
}

/// The words of a content: a text, or the texts of a list of parts.
fn content(content: &Value) -> Option<String> {
    if let Some(words) = text(Some(content)) {
        return Some(words.to_owned());
    }
    let parts: Vec<&str> = content.as_array()?.iter().filter_map(|part| text(part.get("text"))).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
