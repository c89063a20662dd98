//! The description of a call's task: what was told, in paragraphs, and the transcript last.

use std::collections::BTreeSet;

use voice_crm_core::call::{CallFacts, Longest};

use super::task::clipped;

/// What an org takes as the description of a task, in UTF-16 units.
const LIMIT: usize = 32_000;
/// How much of it is left for what is told later.
const LATER: usize = 1_000;
/// What stands before the transcript.
const TRANSCRIPT: &str = "Transcript:\n";
/// What stands in its place.
const IN_A_FILE: &str = "The transcript is in the attached file.";

/// The whole description.
pub(super) fn whole(facts: &CallFacts) -> String {
    let transcript = transcript(facts).map(|transcript| {
        if fits(facts) { format!("{TRANSCRIPT}{transcript}") } else { IN_A_FILE.to_owned() }
    });
    joined(&paragraphs(facts), transcript.as_deref())
}

/// Whether the whole transcript has room in the task.
pub(super) fn fits(facts: &CallFacts) -> bool {
    let transcript = transcript(facts).map_or(0, |transcript| units(transcript) + units(TRANSCRIPT) + 2);
    units(&paragraphs(facts).join("\n\n")) + transcript <= LIMIT - LATER
}

/// Whether facts add anything to the description that those before them made.
pub(super) fn grows(facts: &CallFacts, before: &CallFacts) -> bool {
    newer_transcript(facts, before).is_some() || !new_paragraphs(facts, before).is_empty()
}

/// A description as it is in the org, with what facts add to it; `None` when that is nothing.
///
/// What a person wrote there stays.
pub(super) fn grown(current: &str, facts: &CallFacts, before: &CallFacts) -> Option<String> {
    let mut new = new_paragraphs(facts, before);
    new.retain(|paragraph| !current.contains(paragraph));
    let newer = newer_transcript(facts, before);
    if new.is_empty() && newer.is_none() {
        return None;
    }
    let (mut head, mut transcript) = split(current);
    if let Some(newer) = newer {
        // One that was shorter makes room; one that a person changed stays.
        let is_ours = |old: &str| before.transcript.as_ref().is_some_and(|known| known.is(old));
        match transcript.and_then(|old| old.strip_prefix(TRANSCRIPT)) {
            Some(old) if !is_ours(old) => head = current,
            _ => {}
        }
        transcript = Some(if fits(facts) { newer } else { IN_A_FILE });
    }
    let with_title =
        newer.filter(|_| transcript != Some(IN_A_FILE)).map(|newer| format!("{TRANSCRIPT}{newer}"));
    let paragraphs: Vec<String> =
        Some(head).filter(|head| !head.is_empty()).map(str::to_owned).into_iter().chain(new).collect();
    Some(joined(&paragraphs, with_title.as_deref().or(transcript)))
}

/// The paragraphs before the transcript, and the transcript with its title.
fn split(description: &str) -> (&str, Option<&str>) {
    if description.starts_with(TRANSCRIPT) {
        return ("", Some(description));
    }
    match description.find(&format!("\n\n{TRANSCRIPT}")) {
        Some(at) => (&description[..at], Some(&description[at + 2..])),
        None => (description, None),
    }
}

/// Paragraphs and a transcript, cut to what the org takes: of the transcript first.
fn joined(paragraphs: &[String], transcript: Option<&str>) -> String {
    let all: Vec<&str> = paragraphs.iter().map(String::as_str).chain(transcript).collect();
    clipped(&all.join("\n\n"), LIMIT)
}

fn transcript(facts: &CallFacts) -> Option<&str> {
    facts.transcript.as_ref().and_then(Longest::text)
}

/// The transcript, if those before had none or a shorter one.
pub(super) fn newer_transcript<'a>(facts: &'a CallFacts, before: &CallFacts) -> Option<&'a str> {
    let text = transcript(facts)?;
    let is_known = before.transcript.as_ref().is_some_and(|known| known.is(text));
    (!is_known).then_some(text)
}

fn new_paragraphs(facts: &CallFacts, before: &CallFacts) -> Vec<String> {
    let known: BTreeSet<String> = paragraphs(before).into_iter().collect();
    let is_known_text = |paragraph: &String| {
        let texts = [before.summary.as_ref(), before.sentiment.as_ref()].into_iter().flatten();
        let bare =
            paragraph.strip_prefix("Sentiment: ").or(paragraph.strip_prefix("Note: ")).unwrap_or(paragraph);
        texts.chain(before.notes.values()).any(|known| known.is(bare))
    };
    let mut new = paragraphs(facts);
    new.retain(|paragraph| !known.contains(paragraph) && !is_known_text(paragraph));
    new
}

fn paragraphs(facts: &CallFacts) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let text = |known: &Option<Longest>| known.as_ref().and_then(Longest::text).map(str::to_owned);
    paragraphs.extend(text(&facts.summary));
    paragraphs.extend(text(&facts.sentiment).map(|mood| format!("Sentiment: {mood}")));
    let notes = facts.notes.values().filter_map(Longest::text);
    paragraphs.extend(notes.map(|note| format!("Note: {note}")));
    paragraphs.extend(facts.faults.iter().map(|fault| format!("Fault: {} ({})", fault.category, fault.code)));
    paragraphs.extend(facts.transfers.iter().map(|(_, to)| format!("Transferred to {}", to.describe())));
    paragraphs.extend((!facts.holds.is_empty()).then(|| format!("Put on hold: {}", facts.holds.len())));
    paragraphs.extend(facts.recordings.keys().map(|url| format!("Recording: {url}")));
    paragraphs
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use voice_crm_core::{
        call::{Call, CallEvent, EndedCall, Happening, Platform, Recording},
        caller::Caller,
    };

    use super::*;

    fn call() -> Call {
        Call::new(Platform::VAPI.call("c"), Caller::Unknown)
    }

    fn ended(transcript: &str, summary: &str) -> CallFacts {
        let mut ended = EndedCall::new(call(), "customer-ended-call");
        (ended.transcript, ended.summary) = (Some(transcript.to_owned()), Some(summary.to_owned()));
        CallFacts::from(&CallEvent::new(call(), Happening::Ended(Box::new(ended))))
    }

    fn recorded(url: &str) -> CallFacts {
        CallFacts::from(&CallEvent::new(call(), Happening::Recorded(Recording::at(url))))
    }

    #[test]
    fn a_later_recording_goes_before_the_transcript_and_nothing_else_changes() {
        let before = ended("User: hello", "A summary.");
        let current = whole(&before);
        let before = before.without_content();
        let grown = grown(&current, &before.clone().merge(recorded("https://r")), &before).unwrap();
        assert_eq!(grown, "A summary.\n\nRecording: https://r\n\nTranscript:\nUser: hello");
    }

    #[test]
    fn a_longer_transcript_takes_the_place_of_ours_and_not_of_what_a_person_wrote() {
        let before = ended("User: hello", "A summary.");
        let current = whole(&before);
        let before = before.without_content();
        let facts = before.clone().merge(ended("User: hello, Ada here", "A summary."));
        let ours = grown(&current, &facts, &before).unwrap();
        assert_eq!(ours, "A summary.\n\nTranscript:\nUser: hello, Ada here");
        let edited = format!("{current} (she is the mother)");
        let kept = grown(&edited, &facts, &before).unwrap();
        assert!(kept.starts_with(&edited) && kept.ends_with("User: hello, Ada here"), "{kept}");
    }

    #[test]
    fn what_is_told_once_more_adds_nothing() {
        let before = ended("User: hello", "A summary.").merge(recorded("https://r"));
        let gone = before.clone().without_content();
        assert!(!grows(&gone.clone().merge(before), &gone));
    }
}
