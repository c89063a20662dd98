//! A suite that holds a CRM of your own to the contract of [`Crm`].
//!
//! Each rule is checked on a fresh CRM, and a broken one names itself and what was seen. What the CRM does not take or
//! serve is not asked of it. The example `own_crm` is a CRM that keeps all of them.

use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use voice_crm_outbox::deadline::Deadline;

use crate::{
    crm::{
        Attempt, CallTag, CallerMatch, CaseScope, Change, ChangeKind, Crm, CrmError, CrmErrorKind, JobKey,
        NewCase, NewComment, NewTask, ReadOptions, Receipt, RecordHandle, RecordRef, Urgency, Write,
        apply_all,
    },
    phone::{PhoneNumber, Region},
};

/// A CRM of your own, and a way to look behind it.
#[async_trait]
pub trait CrmUnderTest: Send + Sync {
    /// The CRM.
    fn crm(&self) -> &dyn Crm;

    /// Puts a person into it who has this number.
    async fn add_person(&self, name: &str, number: &PhoneNumber) -> RecordRef;

    /// How many records it holds that writes of this kind have made.
    async fn count(&self, kind: ChangeKind) -> usize;
}

/// A rule that was broken, and what was seen.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the rule `{rule}` is broken: {seen}")]
pub struct Violation {
    rule: &'static str,
    seen: String,
}

impl Violation {
    /// The name of the rule.
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// What was seen.
    pub fn seen(&self) -> &str {
        &self.seen
    }
}

type Check = Result<(), String>;
type Rule = (&'static str, for<'a> fn(&'a dyn CrmUnderTest) -> BoxFuture<'a, Check>);

macro_rules! rules {
    ($($name:ident),* $(,)?) => { &[$((stringify!($name), |subject| Box::pin($name(subject)))),*] };
}

const RULES: &[Rule] = rules![
    a_number_that_nobody_has_is_no_failure_and_nobody,
    who_has_a_number_is_found_and_two_are_not_told_apart_by_chance,
    several_numbers_have_an_answer_each_in_their_order,
    every_write_is_answered,
    what_is_not_taken_is_refused_and_changes_nothing,
    a_write_that_comes_again_is_made_once_and_has_the_same_record,
    a_receipt_names_the_record_and_its_object,
    a_write_that_is_refused_spoils_no_other,
    a_comment_finds_the_case_that_its_call_has_made,
    a_case_is_told_to_its_caller_and_to_nobody_else,
    what_is_no_case_number_is_no_failure,
];

/// Checks every rule, each on a CRM that `make` makes.
///
/// # Errors
/// The first [`Violation`].
pub async fn crm<C, M, F>(make: M) -> Result<(), Violation>
where
    C: CrmUnderTest,
    M: Fn() -> F,
    F: Future<Output = C>,
{
    for (rule, check) in RULES {
        check(&make().await).await.map_err(|seen| Violation { rule, seen })?;
    }
    Ok(())
}

/// The names of all rules.
pub fn rules() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|(name, _)| *name)
}

fn options() -> ReadOptions {
    ReadOptions::by(Deadline::after(Duration::from_secs(10))).for_call(CallTag::new("conformance", "call"))
}

fn number(last: u16) -> Result<PhoneNumber, String> {
    PhoneNumber::parse(&format!("+1415555{last:04}"), Region::US).map_err(|error| error.to_string())
}

fn holds(what: &str, holds: bool) -> Check {
    if holds { Ok(()) } else { Err(format!("it does not hold that {what}")) }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands the error over")]
fn failed(error: CrmError) -> String {
    format!("an error of the kind {:?}: {error}", error.kind())
}

fn attempt(number: u8, change: impl Into<Change>) -> Attempt {
    Attempt::first(Write { key: JobKey::from_bytes([number; 16]), change: change.into() })
}

fn case(words: &str) -> NewCase {
    NewCase { subject: words.to_owned(), description: words.to_owned(), ..NewCase::default() }
}

fn task(words: &str) -> NewTask {
    NewTask { subject: words.to_owned(), description: words.to_owned(), ..NewTask::default() }
}

/// New records of the two kinds that the suite can make, as far as they are taken.
fn taken(crm: &dyn Crm) -> Vec<(ChangeKind, Change)> {
    let all =
        [(ChangeKind::CreateCase, case("It smokes.").into()), (ChangeKind::CreateTask, task("Call").into())];
    all.into_iter().filter(|(kind, _)| crm.takes(*kind)).collect()
}

async fn apply(crm: &dyn Crm, attempts: Vec<Attempt>) -> Vec<Result<Receipt, CrmError>> {
    apply_all(crm, attempts, Urgency::Background, Deadline::after(Duration::from_secs(10))).await
}

async fn apply_one(crm: &dyn Crm, attempt: Attempt) -> Result<Receipt, CrmError> {
    let unanswered = || Err(CrmError::new(CrmErrorKind::Late, "it has no answer"));
    apply(crm, vec![attempt]).await.pop().unwrap_or_else(unanswered)
}

async fn a_number_that_nobody_has_is_no_failure_and_nobody(subject: &dyn CrmUnderTest) -> Check {
    let found = subject.crm().find_caller(&number(100)?, options()).await.map_err(failed)?;
    holds("nobody has the number", matches!(found, CallerMatch::Nobody))
}

async fn who_has_a_number_is_found_and_two_are_not_told_apart_by_chance(subject: &dyn CrmUnderTest) -> Check {
    let ada = subject.add_person("Ada Lovelace", &number(100)?).await;
    subject.add_person("Bob Babbage", &number(101)?).await;
    let found = subject.crm().find_caller(&number(100)?, options()).await.map_err(failed)?;
    let one = found.one().and_then(|one| one.record().cloned());
    holds("the one person with the number is found", one == Some(ada))?;
    subject.add_person("Charles Babbage", &number(101)?).await;
    let found = subject.crm().find_caller(&number(101)?, options()).await.map_err(failed)?;
    holds("of two with one number neither is taken for the caller", found.one().is_none())?;
    holds("two with one number are several", matches!(found, CallerMatch::Several(_)))
}

async fn several_numbers_have_an_answer_each_in_their_order(subject: &dyn CrmUnderTest) -> Check {
    let ada = subject.add_person("Ada Lovelace", &number(100)?).await;
    let numbers = [number(102)?, number(100)?, number(103)?];
    let found = subject.crm().find_callers(&numbers, options()).await;
    holds("there is an answer for each number", found.len() == numbers.len())?;
    for (place, found) in found.into_iter().enumerate() {
        let one = found.map_err(failed)?.one().and_then(|one| one.record().cloned());
        let expected = (place == 1).then(|| ada.clone());
        holds(&format!("the answer at place {place} is that of its number"), one == expected)?;
    }
    Ok(())
}

async fn every_write_is_answered(subject: &dyn CrmUnderTest) -> Check {
    let crm = subject.crm();
    let changes = (0..20u8).flat_map(|round| taken(crm).into_iter().map(move |(_, change)| (round, change)));
    let attempts: Vec<_> =
        changes.enumerate().map(|(place, (_, change))| attempt(place.to_le_bytes()[0], change)).collect();
    for (place, result) in apply(crm, attempts).await.into_iter().enumerate() {
        result.map_err(|error| format!("the write at place {place} has {}", failed(error)))?;
    }
    Ok(())
}

async fn what_is_not_taken_is_refused_and_changes_nothing(subject: &dyn CrmUnderTest) -> Check {
    let crm = subject.crm();
    let all: [(ChangeKind, Change); 2] =
        [(ChangeKind::CreateCase, case("c").into()), (ChangeKind::CreateTask, task("t").into())];
    for (kind, change) in all.into_iter().filter(|(kind, _)| !crm.takes(*kind)) {
        let result = apply_one(crm, attempt(1, change)).await;
        let is_refused = result.is_err_and(|error| error.kind() == CrmErrorKind::Refused);
        holds(&format!("{kind}, which is not taken, is refused"), is_refused)?;
        holds(&format!("nothing of {kind} is there"), subject.count(kind).await == 0)?;
    }
    Ok(())
}

async fn a_write_that_comes_again_is_made_once_and_has_the_same_record(subject: &dyn CrmUnderTest) -> Check {
    let crm = subject.crm();
    for (number, (kind, change)) in (1..).zip(taken(crm)) {
        let first = attempt(number, change);
        let made = apply_one(crm, first.clone()).await.map_err(failed)?;
        for may_have_applied in [true, false] {
            let again = Attempt { may_have_applied, ..first.clone() };
            let again = apply_one(crm, again).await.map_err(failed)?;
            holds(&format!("{kind} again has the same record"), again.record == made.record)?;
            holds(&format!("{kind} again has the same number"), again.number == made.number)?;
            holds(&format!("{kind} is made once"), subject.count(kind).await == 1)?;
        }
    }
    Ok(())
}

async fn a_receipt_names_the_record_and_its_object(subject: &dyn CrmUnderTest) -> Check {
    for (number, (kind, change)) in (1..).zip(taken(subject.crm())) {
        let made = apply_one(subject.crm(), attempt(number, change)).await.map_err(failed)?;
        holds(&format!("the receipt of {kind} has the record"), made.record.is_some())?;
        holds(&format!("the receipt of {kind} has the word for its object"), made.object.is_some())?;
    }
    Ok(())
}

async fn a_write_that_is_refused_spoils_no_other(subject: &dyn CrmUnderTest) -> Check {
    let crm = subject.crm();
    if !crm.takes(ChangeKind::AddComment) || !crm.takes(ChangeKind::CreateCase) {
        return Ok(());
    }
    let orphan = NewComment {
        case: RecordHandle::MadeBy(JobKey::from_bytes([99; 16])),
        body: "b".to_owned(),
        published: false,
    };
    let attempts = vec![attempt(1, case("one")), attempt(2, orphan), attempt(3, case("two"))];
    let results = apply(crm, attempts).await;
    let is_refused = |result: &Result<Receipt, CrmError>| {
        result.as_ref().is_err_and(|error| error.kind() == CrmErrorKind::Refused)
    };
    holds("a comment on a case that was never made is refused", results.get(1).is_some_and(is_refused))?;
    let others = [results.first(), results.get(2)].into_iter().flatten().filter(|other| other.is_ok());
    holds("the writes beside it are made", others.count() == 2)
}

async fn a_comment_finds_the_case_that_its_call_has_made(subject: &dyn CrmUnderTest) -> Check {
    let crm = subject.crm();
    if !crm.takes(ChangeKind::AddComment) || !crm.takes(ChangeKind::CreateCase) {
        return Ok(());
    }
    let opened = attempt(1, case("It smokes."));
    let key = opened.write.key;
    let made = apply_one(crm, opened).await.map_err(failed)?;
    let object = made.object.clone().unwrap_or_default();
    let earlier = vec![Receipt { key: Some(key), ..made }];
    for (number, case) in [(2, RecordHandle::MadeBy(key)), (3, RecordHandle::LastOnCall(object))] {
        let comment = NewComment { case, body: "It still smokes.".to_owned(), published: false };
        let comment = Attempt { earlier: earlier.clone(), ..attempt(number, comment) };
        apply_one(crm, comment).await.map_err(failed)?;
    }
    holds("both comments are there", subject.count(ChangeKind::AddComment).await == 2)
}

async fn a_case_is_told_to_its_caller_and_to_nobody_else(subject: &dyn CrmUnderTest) -> Check {
    let crm = subject.crm();
    let Some(cases) = crm.cases().filter(|_| crm.takes(ChangeKind::CreateCase)) else { return Ok(()) };
    let ada = subject.add_person("Ada Lovelace", &number(100)?).await;
    let other = subject.add_person("Bob Babbage", &number(101)?).await;
    let opened = NewCase { contact: Some(ada.clone()), ..case("It smokes.") };
    let made = apply_one(crm, attempt(1, opened)).await.map_err(failed)?;
    let known = made.number.as_ref().map(|number| number.as_stored().to_owned());
    let known = known.ok_or("the receipt of a case has no number, but cases are found by it")?;
    let scope = |contact: &RecordRef| CaseScope { contact: Some(contact.clone()), ..CaseScope::default() };
    let own = cases.find_case(&known, &scope(&ada), options()).await.map_err(failed)?;
    holds("a caller hears of their own case", own.is_some_and(|own| Some(own.case) == made.record))?;
    let foreign = cases.find_case(&known, &scope(&other), options()).await.map_err(failed)?;
    holds("nobody hears of the case of another by its number", foreign.is_none())?;
    let open = cases.open_cases(&scope(&ada), options()).await.map_err(failed)?;
    holds("it is among the open cases of its caller", open.len() == 1)?;
    let open = cases.open_cases(&scope(&other), options()).await.map_err(failed)?;
    holds("it is not among those of another", open.is_empty())?;
    let open = cases.open_cases(&CaseScope::default(), options()).await.map_err(failed)?;
    holds("an empty scope has no cases", open.is_empty())
}

async fn what_is_no_case_number_is_no_failure(subject: &dyn CrmUnderTest) -> Check {
    let Some(cases) = subject.crm().cases() else { return Ok(()) };
    let ada = subject.add_person("Ada Lovelace", &number(100)?).await;
    let scope = CaseScope { contact: Some(ada), ..CaseScope::default() };
    for said in ["", "none", "'; --", "\u{0}", &"9".repeat(500)] {
        let found = cases.find_case(said, &scope, options()).await.map_err(failed)?;
        holds("what is no number is no case", found.is_none())?;
    }
    Ok(())
}
