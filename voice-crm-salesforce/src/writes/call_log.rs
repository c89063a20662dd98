//! The log of a call: a task and what belongs to it, made when the call is over and completed when more is told.
//!
//! Each event of a call is a write of its own in the lane of the call. A memo in the lane keeps what they told, so every
//! later one can put all of it together. An event before the end asks nothing of the org; the one that brings the
//! end makes everything in one composite request; a later one changes what it has to add.

use std::time::Duration;

use moka::sync::Cache;
use voice_crm_core::{
    call::CallFacts,
    crm::{Attempt, CallLog, CallMemo, CallerMatch, CrmError, CrmErrorKind, JobKey, Receipt, RecordRef},
    phone::PhoneNumber,
};

use super::conversation::{Answers, Ask, Org, Record, Rows, Ticket};
use crate::{
    after_call::{AfterCall, UnknownCaller},
    reads::{Lookup, caller_lookup::Party},
};
use parts::Present;
use task::About;

mod description;
mod message;
mod parts;
mod task;
#[cfg(test)]
mod tests;

/// Whose numbers they are, for as long as a log may have to be tried again.
pub(crate) type KnownCallers = Cache<PhoneNumber, CallerMatch>;

/// How long that is remembered, and of how many numbers.
const REMEMBERED: (Duration, u64) = (Duration::from_secs(60), 10_000);

/// A memory of callers.
pub(crate) fn known_callers() -> KnownCallers {
    Cache::builder().time_to_live(REMEMBERED.0).max_capacity(REMEMBERED.1).build()
}

/// What the logs of all calls share.
#[derive(Clone, Copy)]
pub(crate) struct CallLogs<'a> {
    pub(crate) lookup: Lookup,
    pub(crate) known: &'a KnownCallers,
    pub(crate) rules: &'a AfterCall,
}

/// Keeps what an event of a call told.
pub(super) async fn keep(
    org: &Org<'_>,
    attempt: &Attempt,
    told: &CallLog,
    shared: CallLogs<'_>,
) -> Result<Receipt, CrmError> {
    let mut log = Log::of(org, attempt, told, shared);
    if !log.facts.over {
        return Ok(log.receipt(None, None, Vec::new()));
    }
    let grows = log.completes && description::grows(&log.facts, &log.before);
    if attempt.may_have_applied || grows || log.wanted_caller().is_some() {
        let look = if attempt.may_have_applied {
            Look::All
        } else if grows {
            Look::Task
        } else {
            Look::Caller
        };
        log.look(look).await?;
    }
    loop {
        if let Some(result) = log.make().await {
            return result;
        }
        tracing::warn!(key = %log.key, "the org takes nobody made for an unknown number");
        // The task hung on it and was not made, other parts may have been.
        (log.stranger, log.asked) = (false, true);
        log.look(Look::All).await?;
    }
}

/// What is looked for before anything is written, beside whose number it was.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Look {
    /// Nothing.
    Caller,
    /// The task, whose description grows.
    Task,
    /// All that an earlier attempt may have made.
    All,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and all can be true or not")]
struct Log<'a> {
    org: &'a Org<'a>,
    key: JobKey,
    told: &'a CallLog,
    shared: CallLogs<'a>,
    /// What all events up to this one told, and what those before it did.
    facts: CallFacts,
    before: CallFacts,
    /// An earlier event wrote the number into the record; the memo no longer has it.
    has_number: bool,
    /// The contact and the case that an earlier event wrote into the org's own record of the call.
    written_about: Vec<RecordRef>,
    about: About,
    /// What of it is in the org.
    present: Present,
    /// The number is nobody's, and the rules have somebody made for it.
    stranger: bool,
    /// An earlier event made the record: this one adds to it.
    completes: bool,
    /// Whose number it was is not asked again: it is known, or the org takes nobody made for it.
    asked: bool,
}

/// The question whose number it was. Where somebody would be made for it, also who was made before, and leads.
struct CallerQuestion {
    phone: PhoneNumber,
    contacts: Ticket<Rows>,
    strangers: Option<(Ticket<Record>, Ticket<Rows>)>,
}

impl<'a> Log<'a> {
    fn of(org: &'a Org<'a>, attempt: &Attempt, told: &'a CallLog, shared: CallLogs<'a>) -> Self {
        let (mut about, mut present) = (About::default(), Present::default());
        let memo = attempt.memo.clone().unwrap_or_default();
        let CallMemo { facts: before, record, has_number, person, written_about } = memo;
        present.task = record;
        let cases = attempt.earlier.iter().filter(|receipt| receipt.object.as_deref() == Some("Case"));
        about.case = cases.filter_map(|receipt| receipt.record.clone()).next_back();
        let facts = before.clone().merge(description::trimmed(told.facts.clone()));
        about.person = told.person.clone().or(person);
        let completes = facts.over && present.task.is_some();
        let (key, stranger, asked) = (attempt.write.key, false, false);
        let mut log = Self {
            org,
            key,
            told,
            shared,
            facts,
            before,
            has_number,
            written_about,
            about,
            present,
            stranger,
            completes,
            asked,
        };
        log.take_known_caller();
        log
    }

    /// Reuses the answer to an earlier look-up of the number, by an attempt of this log or of another call.
    fn take_known_caller(&mut self) {
        let Some(phone) = &self.facts.phone else { return };
        match self.shared.known.get(phone) {
            Some(CallerMatch::One(caller)) if self.about.person.is_none() => {
                self.about.person = caller.person().cloned();
            }
            // Somebody is to be made for a number that is nobody's, which is asked for anew each time.
            Some(CallerMatch::Nobody) if self.shared.rules.unknown_caller != UnknownCaller::Nothing => {}
            Some(_) => self.asked = true,
            None => {}
        }
    }

    /// The number, where it has to be asked whose it is. What is added to other records needs nobody.
    fn wanted_caller(&self) -> Option<&PhoneNumber> {
        let phone = self.facts.phone.as_ref().filter(|_| self.about.person.is_none() && !self.asked)?;
        let names_somebody =
            self.present.task.is_none() || self.follow_up().is_some() || self.message().is_some();
        names_somebody.then_some(phone)
    }

    /// Looks what an earlier attempt has made, if there may be any of it, and in the same round whose number it was.
    async fn look(&mut self, look: Look) -> Result<(), CrmError> {
        // Nothing was written by this attempt; an earlier one may have done so all the same.
        let unasked =
            |error: CrmError| if look == Look::All { error.that_may_have_applied(true) } else { error };
        let mut ask = self.org.ask();
        let parts = match look {
            Look::Caller => None,
            Look::Task => Some(self.ask_for_task(&mut ask)),
            Look::All => Some(self.ask_for_parts(&mut ask)),
        };
        let caller = self.wanted_caller().map(|phone| self.ask_for_caller(phone, &mut ask));
        let mut answers = ask.send().await;
        if let Some(parts) = parts {
            self.note_parts(parts, &mut answers).map_err(unasked)?;
        }
        // With all that is present nobody may be wanted any more.
        if let Some(caller) = caller.filter(|_| self.wanted_caller().is_some()) {
            self.note_caller(caller, &mut answers).map_err(unasked)?;
        }
        Ok(())
    }

    fn ask_for_caller(&self, phone: &PhoneNumber, ask: &mut Ask) -> CallerQuestion {
        let lookup = self.shared.lookup;
        let contacts = ask.people(lookup, Party::Contacts, phone);
        let strangers = self.stranger_object().map(|object| {
            let made_before = ask.read(object, caller_key(phone), &["Id"]);
            (made_before, ask.people(lookup, Party::Leads, phone))
        });
        CallerQuestion { phone: phone.clone(), contacts, strangers }
    }

    fn note_caller(&mut self, question: CallerQuestion, answers: &mut Answers) -> Result<(), CrmError> {
        let CallerQuestion { phone, contacts, strangers } = question;
        // A log without a contact is better than none.
        let Some(Rows(contacts)) = unless_refused(answers.take(contacts))? else { return Ok(()) };
        let mut leads = Vec::new();
        if let Some((made_before, found)) = strangers {
            if let Ok(made_before) = answers.take(made_before) {
                self.about.person = made_before.id();
            }
            // They may be closed to us.
            leads = unless_refused(answers.take(found))?.map_or(Vec::new(), |Rows(leads)| leads);
        }
        let caller = self.shared.lookup.people_among(&phone, &contacts, &leads);
        match &caller {
            CallerMatch::One(caller) => self.about.person = caller.person().cloned(),
            CallerMatch::Nobody => {
                let is_made = self.completes || self.about.person.is_some();
                self.stranger = self.stranger_object().is_some() && !is_made;
            }
            _ => {}
        }
        self.shared.known.insert(phone, caller);
        Ok(())
    }

    /// What somebody becomes who is made for an unknown number, if the rules have it.
    fn stranger_object(&self) -> Option<&'static str> {
        match self.shared.rules.unknown_caller {
            UnknownCaller::Nothing => None,
            UnknownCaller::CreateContact => Some("Contact"),
            UnknownCaller::CreateLead => Some("Lead"),
        }
    }

    /// What is known now, for the next event; `made` is whoever was made for the number, and `about` what stands by now in
    /// the org's own record of the call.
    fn receipt(&self, task: Option<RecordRef>, made: Option<RecordRef>, about: Vec<RecordRef>) -> Receipt {
        let object = task.is_some().then(|| "Task".to_owned());
        let has_number = self.has_number || (task.is_some() && self.facts.phone.is_some());
        let facts = self.facts.clone();
        // Once the call is on record nothing of what was said is kept here.
        let facts = if task.is_some() { facts.without_content() } else { facts };
        let person = self.about.person.clone().or(made).filter(|_| task.is_some());
        let memo = CallMemo { facts, record: task.clone(), has_number, person, written_about: about };
        Receipt { record: task, object, memo: Some(Box::new(memo)), ..Receipt::default() }
    }
}

/// What the org found, or nothing where it refuses to look.
fn unless_refused<T>(found: Result<T, CrmError>) -> Result<Option<T>, CrmError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == CrmErrorKind::Refused => Ok(None),
        Err(error) => Err(error),
    }
}

/// The key of whoever is made for a number: the same on every call, so that it happens once.
fn caller_key(phone: &PhoneNumber) -> JobKey {
    JobKey::derive(["", "caller", phone.as_e164(), "unknown"], 0)
}
