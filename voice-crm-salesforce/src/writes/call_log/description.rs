//! The description of a call's task: what was told, in paragraphs, and the transcript last.

use std::{iter, ops::Range};

use voice_crm_core::call::{CallFacts, Longest, Tracks};

use super::task::clipped;

/// What an org takes as the description of a task, in UTF-16 units.
const LIMIT: usize = 32_000;
/// How much of it is left for what is told later.
const LATER: usize = 1_000;
/// What stands before the transcript.
const TRANSCRIPT: &str = "Transcript:\n";
/// What stands in its place.
const IN_A_FILE: &str = "The transcript is in the attached file.";
/// What stands before the number of holds.
const HOLDS: &str = "Put on hold: ";
/// What stands between paragraphs.
const BREAK: &str = "\n\n";

/// The whole description.
pub(super) fn whole(facts: &CallFacts) -> String {
    let transcript = transcript(facts).map(|transcript| {
        if fits(facts) { format!("{TRANSCRIPT}{transcript}") } else { IN_A_FILE.to_owned() }
    });
    joined(head(facts), transcript)
}

/// Whether the whole transcript has room in a new task.
pub(super) fn fits(facts: &CallFacts) -> bool {
    let transcript = transcript(facts).map_or(0, |transcript| units(transcript) + units(TRANSCRIPT) + 2);
    units(&head(facts)) + transcript <= LIMIT - LATER
}

/// Whether facts add anything to the description that those before them made.
pub(super) fn grows(facts: &CallFacts, before: &CallFacts) -> bool {
    newer_transcript(facts, before).is_some() || !new_paragraphs(facts, before).is_empty()
}

/// What a description becomes.
pub(super) struct Grown {
    pub(super) text: String,
    /// The newer transcript has no room in it.
    pub(super) in_a_file: bool,
}

/// A description as it is in the org, with what facts add to it; `None` when that is nothing.
///
/// What a person wrote there stays.
pub(super) fn grown(current: &str, facts: &CallFacts, before: &CallFacts) -> Option<Grown> {
    let (new, newer) = (new_paragraphs(facts, before), newer_transcript(facts, before));
    if new.is_empty() && newer.is_none() {
        return None;
    }
    let (mut head, mut old) = split(current);
    // An older transcript makes room for a newer one; one that a person changed stays.
    let is_ours = |old: &str| {
        let known = before.transcript.as_ref().is_some_and(|known| known.is(old));
        known || newer.is_some_and(|newer| newer == old)
    };
    if newer.is_some()
        && old.and_then(|old| old.strip_prefix(TRANSCRIPT)).is_some_and(|old| !is_ours(old.trim()))
    {
        (head, old) = (current, None);
    }
    let head = new.iter().fold(head.to_owned(), |head, paragraph| paragraph.put(head));
    let newer = newer.map(|newer| format!("{TRANSCRIPT}{newer}"));
    // What really stands there is measured: of what was told before, the facts have no texts any more.
    let in_a_file = newer.as_ref().is_some_and(|newer| units(&head) + 2 + units(newer) > LIMIT - LATER);
    let transcript = if in_a_file {
        (!head.contains(IN_A_FILE)).then(|| IN_A_FILE.to_owned())
    } else {
        newer.or_else(|| old.map(str::to_owned))
    };
    Some(Grown { text: joined(head, transcript), in_a_file })
}

/// The paragraphs before the transcript, and the transcript with its title or what stands in its place.
fn split(description: &str) -> (&str, Option<&str>) {
    if description.starts_with(TRANSCRIPT) || description == IN_A_FILE {
        return ("", Some(description));
    }
    let titled = description.rfind(&format!("{BREAK}{TRANSCRIPT}"));
    let place = description.strip_suffix(IN_A_FILE).and_then(|head| head.strip_suffix(BREAK)).map(str::len);
    match titled.or(place) {
        Some(at) => (&description[..at], Some(&description[at + BREAK.len()..])),
        None => (description, None),
    }
}

/// Paragraphs and a transcript, cut to what the org takes: of the transcript first.
fn joined(head: String, transcript: Option<String>) -> String {
    let parts: Vec<String> =
        Some(head).filter(|head| !head.is_empty()).into_iter().chain(transcript).collect();
    clipped(&parts.join(BREAK), LIMIT)
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

/// Facts with their texts as an org keeps them: it trims white space, and what comes back must be known again.
pub(super) fn trimmed(mut facts: CallFacts) -> CallFacts {
    let trim = |known: Longest| match known.text() {
        Some(text) => Longest::new(text.trim()),
        None => Some(known),
    };
    facts.transcript = facts.transcript.and_then(trim);
    facts.summary = facts.summary.and_then(trim);
    facts.sentiment = facts.sentiment.and_then(trim);
    facts.success = facts.success.and_then(trim);
    facts.notes = facts.notes.into_iter().filter_map(|(name, note)| Some((name, trim(note)?))).collect();
    facts
}

/// One paragraph of the description.
struct Paragraph {
    title: &'static str,
    body: String,
    /// What those before had in its place.
    older: Option<Longest>,
}

impl Paragraph {
    /// Puts it into a text: in the place of the older one, where that stands there unchanged, or else at the end.
    fn put(&self, mut head: String) -> String {
        let text = self.text();
        if stands_in(&head, &text) {
            return head;
        }
        if let Some(older) = self.older_in(&head) {
            head.replace_range(older, &text);
            return head;
        }
        if head.is_empty() { text } else { format!("{head}{BREAK}{text}") }
    }

    /// Where the older one stands; it may have breaks of its own.
    fn older_in(&self, head: &str) -> Option<Range<usize>> {
        let older = self.older.as_ref()?;
        let breaks: Vec<usize> = head.match_indices(BREAK).map(|(at, _)| at).collect();
        let starts = iter::once(0).chain(breaks.iter().map(|at| at + BREAK.len()));
        let titled = starts.filter(|start| head[*start..].starts_with(self.title));
        titled.into_iter().find_map(|start| {
            let body = start + self.title.len();
            let mut ends = breaks.iter().copied().chain([head.len()]).filter(|end| *end >= body);
            let end = ends.find(|end| older.is(&head[body..*end]))?;
            Some(start..end)
        })
    }

    fn text(&self) -> String {
        format!("{}{}", self.title, self.body)
    }
}

/// Whether a text is one or more whole paragraphs of another.
fn stands_in(head: &str, text: &str) -> bool {
    head.match_indices(text).any(|(at, _)| {
        let (before, after) = (&head[..at], &head[at + text.len()..]);
        (before.is_empty() || before.ends_with(BREAK)) && (after.is_empty() || after.starts_with(BREAK))
    })
}

fn head(facts: &CallFacts) -> String {
    let paragraphs = new_paragraphs(facts, &CallFacts::default());
    paragraphs.iter().map(Paragraph::text).collect::<Vec<_>>().join(BREAK)
}

/// The paragraphs that facts add to those before them, in their order.
fn new_paragraphs(facts: &CallFacts, before: &CallFacts) -> Vec<Paragraph> {
    let told = |title, now: Option<&Longest>, older: Option<&Longest>| {
        let body = now?.text()?.to_owned();
        let is_known = older.is_some_and(|older| older.is(&body));
        (!is_known).then(|| Paragraph { title, body, older: older.cloned() })
    };
    let mut paragraphs = Vec::new();
    paragraphs.extend(told("", facts.summary.as_ref(), before.summary.as_ref()));
    paragraphs.extend(told("Sentiment: ", facts.sentiment.as_ref(), before.sentiment.as_ref()));
    let notes = facts.notes.iter();
    paragraphs.extend(notes.filter_map(|(name, note)| told("Note: ", Some(note), before.notes.get(name))));
    let known = events(before);
    let events = events(facts).into_iter().filter(|event| !known.contains(event));
    paragraphs.extend(events.map(|(title, body)| {
        // Of the holds only the number is told, so a higher one takes the place of the lower.
        let older = known.iter().find(|(known, _)| title == HOLDS && *known == HOLDS);
        Paragraph { title, body, older: older.and_then(|(_, body)| Longest::new(body)) }
    }));
    paragraphs
}

/// What happened on the call, by titles.
fn events(facts: &CallFacts) -> Vec<(&'static str, String)> {
    let mut events = Vec::new();
    events
        .extend(facts.faults.iter().map(|fault| ("Fault: ", format!("{} ({})", fault.category, fault.code))));
    events.extend(facts.transfers.iter().map(|(_, to)| ("Transferred to ", to.describe())));
    events.extend((!facts.holds.is_empty()).then(|| (HOLDS, facts.holds.len().to_string())));
    events.extend(facts.recordings.iter().map(|(url, known)| (recording(known.tracks), url.clone())));
    events
}

/// What stands before the address of a recording.
fn recording(tracks: Tracks) -> &'static str {
    match tracks {
        Tracks::TwoChannels => "Recording, each side on a channel: ",
        Tracks::Caller => "Recording of the caller: ",
        Tracks::Agent => "Recording of the voice agent: ",
        Tracks::Video => "Video: ",
        _ => "Recording: ",
    }
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
        assert_eq!(grown.text, "A summary.\n\nRecording: https://r\n\nTranscript:\nUser: hello");
    }

    #[test]
    fn a_longer_transcript_takes_the_place_of_ours_and_not_of_what_a_person_wrote() {
        let before = ended("User: hello", "A summary.");
        let current = whole(&before);
        let before = before.without_content();
        let facts = before.clone().merge(ended("User: hello, Ada here", "A summary."));
        let ours = grown(&current, &facts, &before).unwrap().text;
        assert_eq!(ours, "A summary.\n\nTranscript:\nUser: hello, Ada here");
        let edited = format!("{current} (she is the mother)");
        let kept = grown(&edited, &facts, &before).unwrap().text;
        assert!(kept.starts_with(&edited) && kept.ends_with("User: hello, Ada here"), "{kept}");
    }

    #[test]
    fn a_transcript_without_room_beside_what_stands_in_the_task_goes_to_a_file_and_is_not_cut() {
        let (summary, transcript) = ("s".repeat(3_000), "t".repeat(30_500));
        let first = ended("", &summary);
        let before = first.clone().without_content();
        let facts = before.clone().merge(ended(&transcript, ""));
        let grown = grown(&whole(&first), &facts, &before).unwrap();
        assert_eq!((grown.text, grown.in_a_file), (format!("{summary}\n\n{IN_A_FILE}"), true));
    }

    #[test]
    fn a_second_transcript_for_a_file_says_so_once_and_one_that_fits_takes_the_place() {
        let first = ended(&"t".repeat(32_000), "A summary.");
        let (current, before) = (whole(&first), first.without_content());
        let facts = before.clone().merge(ended(&"t".repeat(33_000), "A summary."));
        for current in [current.clone(), format!("{current} So it is.")] {
            let grown = grown(&current, &facts, &before).unwrap();
            assert_eq!((&grown.text, grown.in_a_file), (&current, true));
        }
        let short = before.clone().merge(recorded("https://r"));
        let text = grown(&current, &short, &before).unwrap().text;
        assert_eq!(text, format!("A summary.\n\nRecording: https://r\n\n{IN_A_FILE}"));
    }

    #[test]
    fn a_transcript_that_an_earlier_attempt_put_there_is_not_put_there_again() {
        let first = ended("User: hello", "A summary.");
        let before = first.clone().without_content();
        let facts = before.clone().merge(ended("User: hello, Ada here", ""));
        for current in [whole(&first), format!("{} (edited)", whole(&first))] {
            let once = grown(&current, &facts, &before).unwrap().text;
            assert_eq!(grown(&once, &facts, &before).unwrap().text, once);
        }
    }

    #[test]
    fn a_transcript_is_ours_although_the_org_trimmed_it() {
        let first = trimmed(ended("User: hello \n", "A summary.\n"));
        let current = whole(&first).trim().to_owned();
        let before = first.without_content();
        let facts = before.clone().merge(trimmed(ended("User: hello, Ada here\n", "A summary.\n")));
        let text = grown(&format!("{current}\n"), &facts, &before).unwrap().text;
        assert_eq!(text, "A summary.\n\nTranscript:\nUser: hello, Ada here");
    }

    #[test]
    fn a_newer_paragraph_takes_the_place_of_the_older_one_unless_a_person_changed_that() {
        let held = |seconds: i64| {
            let mut event = CallEvent::new(call(), Happening::Held);
            event.at = jiff::Timestamp::from_second(seconds).ok();
            CallFacts::from(&event)
        };
        let first = ended("User: hello", "Short.\n\nIn two.").merge(held(1));
        let (current, before) = (whole(&first), first.without_content());
        let facts = before.clone().merge(ended("", "A longer summary, in one.")).merge(held(2));
        let text = grown(&current, &facts, &before).unwrap().text;
        assert_eq!(text, "A longer summary, in one.\n\nPut on hold: 2\n\nTranscript:\nUser: hello");
        let edited = current.replace("Short.", "Short!");
        let kept = grown(&edited, &facts, &before).unwrap().text;
        assert_eq!(
            kept,
            "Short!\n\nIn two.\n\nPut on hold: 2\n\nA longer summary, in one.\n\nTranscript:\nUser: hello"
        );
    }

    #[test]
    fn a_paragraph_whose_words_stand_within_another_one_is_told_all_the_same() {
        let noted = |name: &str, note: &str| {
            let mut facts = ended("", "");
            facts.notes.extend(Longest::new(note).map(|note| (name.to_owned(), note)));
            facts
        };
        let first = noted("a", "call back");
        let (current, before) = (whole(&first), first.without_content());
        let facts = before.clone().merge(noted("b", "call"));
        let text = grown(&current, &facts, &before).unwrap().text;
        assert_eq!(text, "Note: call back\n\nNote: call");
    }

    #[test]
    fn what_is_told_once_more_adds_nothing() {
        let before = ended("User: hello", "A summary.").merge(recorded("https://r"));
        let gone = before.clone().without_content();
        assert!(!grows(&gone.clone().merge(before), &gone));
    }
}
