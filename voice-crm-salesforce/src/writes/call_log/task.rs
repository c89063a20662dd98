//! The task of a call, from what is known of it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use voice_crm_core::{
    call::{CallFacts, Longest},
    crm::RecordRef,
};

use super::{super::conversation::filled, description};
use crate::{
    after_call::{AfterCall, direction, outputs},
    reads::Row,
};

/// What an org takes in its short texts of a task.
const SHORT: usize = 255;
/// What an org takes as a comment of a case.
const COMMENT: usize = 4_000;

/// Who and what a call was about.
#[derive(Clone, Default)]
pub(super) struct About {
    /// The contact or lead.
    pub(super) person: Option<RecordRef>,
    /// The case that was opened on it.
    pub(super) case: Option<RecordRef>,
}

impl About {
    /// Whether the person is a lead, which cannot stand beside a case.
    fn is_lead(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.as_str().starts_with("00Q"))
    }

    /// The person as a contact.
    pub(super) fn contact(&self) -> Option<&RecordRef> {
        self.person.as_ref().filter(|_| !self.is_lead())
    }
}

/// What can change in the task when more becomes known, beside the description.
pub(super) fn changeable(facts: &CallFacts) -> Row {
    // The date in UTC, as the first ten characters of the timestamp.
    let date =
        facts.ended_at.or(facts.end_told_at).map(|at| at.to_string().chars().take(10).collect::<String>());
    filled([
        ("CallObject", clipped(facts.name(), SHORT).into()),
        ("CallDisposition", facts.outcome.as_ref().map(|outcome| clipped(&outcome.word, SHORT)).into()),
        ("CallDurationInSeconds", facts.seconds.into()),
        ("ActivityDate", date.into()),
    ])
}

/// The whole task.
pub(super) fn task(facts: &CallFacts, about: &About, rules: &AfterCall) -> Row {
    let direction = direction(facts);
    let mut fields = changeable(facts);
    fields.extend(filled([
        ("Description", description::whole(facts).into()),
        ("Subject", format!("{direction} call").into()),
        ("TaskSubtype", "Call".into()),
        ("Status", "Completed".into()),
        ("Priority", "Normal".into()),
        ("CallType", direction.into()),
        ("Type", rules.task_type.as_deref().into()),
    ]));
    fields.extend(outputs(&rules.task_outputs, facts));
    fields.extend(who_and_what(about));
    fields
}

/// A task for a person to make good what failed.
pub(super) fn follow_up(facts: &CallFacts, about: &About, rules: &AfterCall) -> Option<Row> {
    let categories = facts.faults.iter().map(|fault| fault.category);
    let failed = categories.filter(|category| rules.follow_up.contains(category)).min()?;
    let mut fields = filled([
        ("Subject", format!("Call the customer back: {failed}").into()),
        ("Status", "Not Started".into()),
        ("Priority", "High".into()),
        ("Description", format!("The call {} broke off.", facts.name()).into()),
    ]);
    fields.extend(who_and_what(about));
    Some(fields)
}

pub(super) fn who_and_what(about: &About) -> Row {
    // A lead stands alone: with it nothing else may be named, and the case says more.
    let person = about.person.as_ref().filter(|_| !about.is_lead() || about.case.is_none());
    let id = |record: Option<&RecordRef>| Value::from(record.map(RecordRef::as_str));
    filled([("WhatId", id(about.case.as_ref())), ("WhoId", id(person))])
}

/// The file of the transcript.
pub(super) fn file(facts: &CallFacts) -> Option<Row> {
    let transcript = facts.transcript.as_ref().and_then(Longest::text)?;
    let name = format!("Transcript of call {}", facts.name());
    Some(filled([
        ("Title", clipped(&name, SHORT).into()),
        ("PathOnClient", "transcript.txt".into()),
        ("VersionData", STANDARD.encode(transcript).into()),
    ]))
}

/// The comment of a case; `mark` is how a repeat knows it.
pub(super) fn comment(facts: &CallFacts, case: &RecordRef, mark: &str) -> Option<Row> {
    let summary = facts.summary.as_ref().and_then(Longest::text)?;
    let body = format!("{}\n[{mark}]", clipped(summary, COMMENT - mark.len() - 3));
    Some(filled([("ParentId", case.as_str().into()), ("CommentBody", body.into())]))
}

/// A text cut to a number of UTF-16 units, on a character's boundary.
pub(super) fn clipped(text: &str, limit: usize) -> String {
    let mut units = 0;
    text.chars()
        .take_while(|character| {
            units += character.len_utf16();
            units <= limit
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use voice_crm_core::{
        call::{Call, CallEvent, EndedCall, Happening, Platform},
        caller::Caller,
    };

    use super::*;

    fn facts(transcript: &str) -> CallFacts {
        let mut ended =
            EndedCall::new(Call::new(Platform::VAPI.call("c"), Caller::Unknown), "customer-ended-call");
        ended.transcript = Some(transcript.to_owned());
        ended.ended_at = "2026-11-20T23:30:00Z".parse().ok();
        CallFacts::from(&CallEvent::new(ended.call.clone(), Happening::Ended(Box::new(ended))))
    }

    #[test]
    fn a_short_transcript_stands_in_the_task() {
        let task = task(&facts("User: hello"), &About::default(), &AfterCall::new());
        assert_eq!(task["Description"], "Transcript:\nUser: hello");
        assert_eq!(task["ActivityDate"], "2026-11-20");
    }

    #[test]
    fn a_transcript_of_emoji_counts_twice_and_goes_to_a_file() {
        let long = facts(&"😀".repeat(16_000));
        assert!(file(&long).is_some() && !description::fits(&long));
        assert!(description::whole(&long).encode_utf16().count() <= 32_000);
        assert!(description::fits(&facts(&"😀".repeat(15_400))));
    }

    #[test]
    fn a_cut_never_splits_a_character() {
        assert_eq!(clipped("a😀b", 2), "a");
        assert_eq!(clipped("a😀b", 3), "a😀");
    }

    #[test]
    fn a_lead_is_not_named_beside_a_case() {
        let mut about = About { person: Some(RecordRef::new("00Q1")), case: None };
        assert_eq!(task(&facts(""), &about, &AfterCall::new())["WhoId"], "00Q1");
        about.case = Some(RecordRef::new("5001"));
        assert!(!task(&facts(""), &about, &AfterCall::new()).contains_key("WhoId"));
    }
}
