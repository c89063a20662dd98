//! A whole CRM in memory: people, cases, comments and tasks.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use voice_crm_core::{
    crm::{
        Attempt, AttemptAnswer, CallerMatch, CallerRecord, CaseRecord, CaseScope, Change, ChangeKind, Crm,
        CrmError, CrmErrorKind, FindCallers, FindCases, JobKey, ReadOptions, Receipt, RecordRef, Urgency,
    },
    deadline::Deadline,
    outbox::async_trait,
    phone::PhoneNumber,
};

/// The CRM; clones are the same one.
#[derive(Clone, Default)]
pub(crate) struct Pinboard(Arc<Mutex<Notes>>);

#[derive(Default)]
struct Notes {
    people: Vec<(RecordRef, String, PhoneNumber)>,
    cases: Vec<Case>,
    /// What each write has made, by its key: a write that comes again makes nothing more.
    made: HashMap<JobKey, (ChangeKind, Receipt)>,
}

struct Case {
    id: RecordRef,
    number: String,
    subject: String,
    contact: Option<RecordRef>,
    phone: Option<PhoneNumber>,
}

impl Pinboard {
    /// Puts up a person.
    pub(crate) fn add_person(&self, name: &str, number: &PhoneNumber) -> RecordRef {
        let mut notes = self.notes();
        let id = RecordRef::new(format!("person-{}", notes.people.len() + 1));
        notes.people.push((id.clone(), name.to_owned(), number.clone()));
        id
    }

    /// How many records of a kind there are.
    pub(crate) fn count(&self, kind: ChangeKind) -> usize {
        self.notes().made.values().filter(|(made, _)| *made == kind).count()
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl FindCallers for Pinboard {
    async fn find_caller(&self, phone: &PhoneNumber, _: ReadOptions) -> Result<CallerMatch, CrmError> {
        let notes = self.notes();
        let people = notes.people.iter().filter(|(.., number)| number == phone);
        let records = people.map(|(id, name, _)| CallerRecord::new(id.clone(), name.as_str(), None));
        Ok(CallerMatch::from(records.collect::<Vec<_>>()))
    }
}

#[async_trait]
impl FindCases for Pinboard {
    async fn find_case(
        &self,
        number: &str,
        scope: &CaseScope,
        _: ReadOptions,
    ) -> Result<Option<CaseRecord>, CrmError> {
        // This CRM's numbers look like T1; a caller may say `t 1`.
        let said: String = number.chars().filter(|sign| sign.is_alphanumeric()).collect();
        let notes = self.notes();
        let mut of_number = notes.cases.iter().filter(|case| case.number.eq_ignore_ascii_case(&said));
        Ok(of_number.find(|case| case.is_in(scope)).map(Case::record))
    }

    async fn open_cases(&self, scope: &CaseScope, _: ReadOptions) -> Result<Vec<CaseRecord>, CrmError> {
        let notes = self.notes();
        let newest_first = notes.cases.iter().rev().filter(|case| case.is_in(scope));
        Ok(newest_first.take(20).map(Case::record).collect())
    }
}

impl Case {
    fn is_in(&self, scope: &CaseScope) -> bool {
        let is_same = |one: &Option<RecordRef>, other: &Option<RecordRef>| one.is_some() && one == other;
        is_same(&self.contact, &scope.contact) || (self.phone.is_some() && self.phone == scope.phone)
    }

    fn record(&self) -> CaseRecord {
        CaseRecord::new(self.id.clone(), self.number.as_str(), "New", self.subject.as_str(), false)
    }
}

#[async_trait]
impl Crm for Pinboard {
    fn cases(&self) -> Option<&dyn FindCases> {
        Some(self)
    }

    fn takes(&self, kind: ChangeKind) -> bool {
        matches!(kind, ChangeKind::CreateCase | ChangeKind::AddComment | ChangeKind::CreateTask)
    }

    async fn apply(&self, writes: Vec<(Attempt, AttemptAnswer)>, _: Urgency, _: Deadline) {
        for (attempt, answer) in writes {
            answer.give(self.notes().make(&attempt));
        }
    }
}

impl Notes {
    fn make(&mut self, attempt: &Attempt) -> Result<Receipt, CrmError> {
        if let Some((_, receipt)) = self.made.get(&attempt.write.key) {
            return Ok(receipt.clone());
        }
        let refused = |detail, code: &str| CrmError::new(CrmErrorKind::Refused, detail).with_code(code);
        let (object, number) = match &attempt.write.change {
            Change::CreateCase(_) => ("Case", Some(format!("T{}", self.cases.len() + 1))),
            Change::AddComment(comment) => {
                let case = comment.case.find(&attempt.earlier);
                let is_here = self.cases.iter().any(|known| Some(&known.id) == case.as_ref());
                if !is_here {
                    return Err(refused("the case of the comment was never made", "NO_CASE"));
                }
                ("Comment", None)
            }
            Change::CreateTask(_) => ("Task", None),
            _ => return Err(refused("a pinboard has no room for this", "NOT_TAKEN")),
        };
        let id = RecordRef::new(format!("{object}-{}", self.made.len() + 1));
        if let (Change::CreateCase(new), Some(number)) = (&attempt.write.change, &number) {
            self.cases.push(Case {
                id: id.clone(),
                number: number.clone(),
                subject: new.subject.clone(),
                contact: new.contact.clone(),
                phone: new.phone.clone(),
            });
        }
        let receipt = Receipt {
            record: Some(id),
            object: Some(object.to_owned()),
            number: number.map(Into::into),
            ..Receipt::default()
        };
        self.made.insert(attempt.write.key, (ChangeKind::of(&attempt.write.change), receipt.clone()));
        Ok(receipt)
    }
}
