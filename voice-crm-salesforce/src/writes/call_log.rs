//! The log of a call: a task and what belongs to it, made when the call is over and completed when more is told.
//!
//! Each event of a call is a write of its own in the lane of the call. Its receipt keeps what it told, so every
//! later one can put all of it together. An event before the end asks nothing of the org; the one that brings the
//! end makes everything in one composite request; a later one changes what it has to add.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use parts::{Part, Present};
use serde_json::{Map, Value};
use task::About;
use voice_crm_core::{
    call::CallFacts,
    crm::{Attempt, CallLog, CallerMatch, Change, CrmError, CrmErrorKind, Receipt, RecordRef, Write},
    phone::PhoneNumber,
};

use crate::{
    after_call::{AfterCall, UnknownCaller},
    exchange::operation::Operation,
    reads::caller_lookup::Lookup,
    writes::step::{Answers, Next, Step, is_absent, take},
};

mod message;
mod parts;
mod task;

/// Whose numbers they are, for as long as a log may have to be tried again.
pub(crate) type KnownCallers = Cache<PhoneNumber, CallerMatch>;

/// How long that is remembered, and of how many numbers.
const REMEMBERED: (Duration, u64) = (Duration::from_secs(60), 10_000);

/// A memory of callers.
pub(crate) fn known_callers() -> KnownCallers {
    Cache::builder().time_to_live(REMEMBERED.0).max_capacity(REMEMBERED.1).build()
}

/// Where the log stands.
#[derive(Clone)]
enum Stage {
    /// The call is not over: there is nothing to ask of the org.
    Keep,
    /// An earlier try may have made some of it: look what is there, and in the same breath whose number it was.
    Look,
    /// Find out whose number it was.
    FindCaller,
    /// Make what is missing.
    Make,
    /// An earlier event made the record: add what this one tells.
    Complete,
}

pub(crate) struct LogStep {
    write: Arc<Write>,
    lookup: Lookup,
    known: KnownCallers,
    rules: Arc<AfterCall>,
    /// What all events up to this one told, and what those before it did.
    facts: CallFacts,
    before: CallFacts,
    about: About,
    /// What of it is in the org.
    present: Present,
    /// The number is nobody's, and the rules have somebody made for it.
    stranger: bool,
    /// An earlier event made the record: this one adds to it.
    completes: bool,
    /// Whose number it was is not asked again: it is known, or the org takes nobody made for it.
    asked: bool,
    stage: Stage,
}

impl LogStep {
    pub(crate) fn first(
        attempt: &Attempt,
        lookup: Lookup,
        known: &KnownCallers,
        rules: &Arc<AfterCall>,
    ) -> Self {
        let mut step = Self {
            write: attempt.write.clone(),
            lookup,
            known: known.clone(),
            rules: rules.clone(),
            facts: CallFacts::default(),
            before: CallFacts::default(),
            about: About::default(),
            present: Present::default(),
            stranger: false,
            completes: false,
            asked: false,
            stage: Stage::Keep,
        };
        for receipt in &attempt.earlier {
            match (receipt.object.as_deref(), &receipt.facts) {
                (Some("Case"), _) => step.about.case = receipt.record.clone().or(step.about.case),
                (_, Some(facts)) => {
                    step.before = step.before.merge((**facts).clone());
                    step.present.task = receipt.record.clone().or(step.present.task);
                }
                _ => {}
            }
        }
        step.facts = step.before.clone();
        if let Change::LogCall(log) = &attempt.write.change {
            step.facts = step.facts.merge(log.facts.clone());
            step.about.person.clone_from(&log.person);
        }
        step.completes = step.facts.over && step.present.task.is_some();
        step.take_known_caller();
        step.stage = match (step.facts.over, &step.present.task) {
            (false, _) => Stage::Keep,
            // A record of its own wants to know whose it is; what is added to others needs nobody.
            (true, Some(_))
                if step.is_somebodys()
                    && step.about.person.is_none()
                    && step.facts.phone.is_some()
                    && !step.asked =>
            {
                Stage::FindCaller
            }
            // An earlier try may have added it: a comment has no key, and a person may have changed the rest.
            (true, _) if attempt.may_exist => Stage::Look,
            (true, Some(_)) => Stage::Complete,
            (true, None) => step.first_stage(),
        };
        step
    }

    fn log(&self) -> Option<&CallLog> {
        match &self.write.change {
            Change::LogCall(log) => Some(log),
            _ => None,
        }
    }

    /// Takes what an earlier try of this log, or that of another call, was told of the number.
    fn take_known_caller(&mut self) {
        let Some(phone) = &self.facts.phone else { return };
        match self.known.get(phone) {
            Some(CallerMatch::One(caller)) if self.about.person.is_none() => {
                self.about.person = caller.person().cloned();
            }
            // Somebody is to be made for a number that is nobody's, which is asked for anew each time.
            Some(CallerMatch::Nobody) if self.rules.unknown_caller != UnknownCaller::Nothing => {}
            Some(_) => self.asked = true,
            None => {}
        }
    }

    /// Making it, or first finding out whose number it was.
    fn first_stage(&self) -> Stage {
        if self.caller_is_wanted() { Stage::FindCaller } else { Stage::Make }
    }

    fn caller_is_wanted(&self) -> bool {
        let unknown = self.about.person.is_none() && self.facts.phone.is_some();
        unknown && self.present.task.is_none() && !self.asked
    }

    fn making(self) -> Next {
        let stage = if self.completes { Stage::Complete } else { Stage::Make };
        self.at(stage)
    }

    fn at(mut self, stage: Stage) -> Next {
        self.stage = stage;
        Next::Go(Box::new(self))
    }

    fn receipt(&self, task: Option<RecordRef>) -> Receipt {
        let facts = self.log().map(|log| Box::new(log.facts.clone()));
        let object = task.is_some().then(|| "Task".to_owned());
        Receipt { record: task, object, facts, ..Receipt::default() }
    }

    /// What the caller look-up brought.
    fn found_caller(mut self, answers: Answers) -> Next {
        let mut answers = answers.into_iter();
        let contacts = match take(&mut answers) {
            Ok(found) => found,
            // A log without a contact is better than none.
            Err(error) if error.kind() == CrmErrorKind::Refused => return self.making(),
            Err(error) => return Next::Done(Err(self.unasked(error))),
        };
        let Some(phone) = self.facts.phone.clone() else { return self.making() };
        let leads = if self.rules.unknown_caller == UnknownCaller::Nothing {
            Vec::new()
        } else {
            let made_before = take(&mut answers);
            if let Ok(found) = &made_before {
                self.about.person = found.id();
            }
            match take(&mut answers) {
                Ok(found) => found.rows().to_vec(),
                // They may be closed to us.
                Err(error) if error.kind() == CrmErrorKind::Refused => Vec::new(),
                Err(error) => return Next::Done(Err(self.unasked(error))),
            }
        };
        let caller = self.lookup.people_among(&phone, contacts.rows(), &leads);
        self.known.insert(phone, caller.clone());
        match &caller {
            CallerMatch::One(caller) => self.about.person = caller.person().cloned(),
            CallerMatch::Nobody => {
                let rules = self.rules.unknown_caller;
                let made = self.completes || self.about.person.is_some();
                self.stranger = rules != UnknownCaller::Nothing && !made;
            }
            _ => {}
        }
        self.making()
    }

    /// Nothing was written by this try; an earlier one may have done so all the same.
    fn unasked(&self, error: CrmError) -> CrmError {
        if matches!(self.stage, Stage::Look) { error.that_may_have_applied(true) } else { error }
    }

    /// What became of the parts, in the order in which they were asked for.
    fn made(mut self, answers: Answers) -> Next {
        let refused = |answer: &Result<_, CrmError>| {
            answer.as_ref().is_err_and(|error| error.kind() == CrmErrorKind::Refused)
        };
        if self.stranger && answers.first().is_some_and(refused) {
            // The task hung on it and was not made, other parts may have been.
            tracing::warn!(key = %self.write.key, "the org takes nobody made for an unknown number");
            (self.stranger, self.asked) = (false, true);
            return self.at(Stage::Look);
        }
        let mut task = self.present.task.clone();
        let mut trouble: Option<CrmError> = None;
        for (part, answer) in self.parts().into_iter().zip(answers) {
            match answer {
                Ok(found) if matches!(part, Part::Task(_)) => task = found.id().or(task),
                Ok(_) => {}
                // Its key is unique, so it is refused where it is already there.
                Err(error) if part.is_keyed() && error.code() == Some("DUPLICATE_VALUE") => {}
                Err(error) => {
                    tracing::warn!(key = %self.write.key, part = part.name(), %error, "a part of a call's log is missing");
                    // What may pass comes first: it is tried again, and then what is refused is told.
                    if trouble.as_ref().is_none_or(|known| known.kind() == CrmErrorKind::Refused) {
                        trouble = Some(error);
                    }
                }
            }
        }
        match trouble {
            // Some of it stands by now; the next try has to look.
            Some(error) => Next::Done(Err(error.that_may_have_applied(true))),
            None => Next::Done(Ok(self.receipt(task))),
        }
    }

    /// What is in the org of it, and whose number it was where that was asked as well.
    fn looked(mut self, mut answers: Answers) -> Next {
        let sought = self.parts_to_look_for();
        let caller = answers.split_off(sought.len().min(answers.len()));
        for (part, answer) in sought.into_iter().zip(answers) {
            match answer {
                Ok(found) => self.present.note(part, &found, &self.mark()),
                Err(error) if is_absent(&error) => {}
                Err(error) => return Next::Done(Err(error.that_may_have_applied(true))),
            }
        }
        if self.caller_is_wanted() { self.found_caller(caller) } else { self.making() }
    }
}

impl Step for LogStep {
    fn operations(&self, key_field: &str) -> Vec<Operation> {
        match &self.stage {
            Stage::Keep => Vec::new(),
            Stage::Look if self.caller_is_wanted() => {
                self.looks().into_iter().chain(self.caller_queries()).collect()
            }
            Stage::Look => self.looks(),
            Stage::FindCaller => self.caller_queries(),
            Stage::Make | Stage::Complete => {
                self.parts().into_iter().map(|part| self.operation(part, key_field)).collect()
            }
        }
    }

    fn next(self: Box<Self>, answers: Answers) -> Next {
        match self.stage {
            Stage::Keep => Next::Done(Ok(self.receipt(None))),
            Stage::Look => self.looked(answers),
            Stage::FindCaller => self.found_caller(answers),
            Stage::Make | Stage::Complete => self.made(answers),
        }
    }
}

/// The fields of one map that another has not, or has with other values.
fn beyond(fields: Map<String, Value>, known: &Map<String, Value>) -> Map<String, Value> {
    fields.into_iter().filter(|(name, value)| known.get(name) != Some(value)).collect()
}
