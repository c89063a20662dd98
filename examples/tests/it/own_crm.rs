//! A CRM of one's own keeps the contract of the bridge, and one with a fault is found out.

use voice_crm_core::{
    conformance::{self, CrmUnderTest},
    crm::{
        Attempt, AttemptAnswer, CallerMatch, CaseRecord, CaseScope, ChangeKind, Crm, CrmError, FindCallers,
        FindCases, JobKey, ReadOptions, RecordRef, Urgency,
    },
    deadline::Deadline,
    outbox::async_trait,
    phone::PhoneNumber,
};

use crate::pinboard::Pinboard;

#[derive(Clone, Copy, Eq, PartialEq)]
enum Fault {
    None,
    /// A repeat makes a second record.
    Twice,
    /// The last write of several has no answer.
    Silent,
    /// Cases are told to whoever knows their number.
    Tells,
}

struct Faulty(Pinboard, Fault);

#[async_trait]
impl FindCallers for Faulty {
    async fn find_caller(&self, phone: &PhoneNumber, options: ReadOptions) -> Result<CallerMatch, CrmError> {
        self.0.find_caller(phone, options).await
    }
}

#[async_trait]
impl FindCases for Faulty {
    async fn find_case(
        &self,
        number: &str,
        scope: &CaseScope,
        options: ReadOptions,
    ) -> Result<Option<CaseRecord>, CrmError> {
        for person in 1..=2 {
            let mut everybodys = CaseScope::default();
            everybodys.contact = Some(RecordRef::new(format!("person-{person}")));
            let found = self.0.find_case(number, &everybodys, options).await?;
            if self.1 == Fault::Tells && found.is_some() {
                return Ok(found);
            }
        }
        self.0.find_case(number, scope, options).await
    }

    async fn open_cases(&self, scope: &CaseScope, options: ReadOptions) -> Result<Vec<CaseRecord>, CrmError> {
        self.0.open_cases(scope, options).await
    }
}

#[async_trait]
impl Crm for Faulty {
    fn cases(&self) -> Option<&dyn FindCases> {
        Some(self)
    }

    fn takes(&self, kind: ChangeKind) -> bool {
        self.0.takes(kind)
    }

    async fn apply(&self, mut writes: Vec<(Attempt, AttemptAnswer)>, urgency: Urgency, deadline: Deadline) {
        if self.1 == Fault::Silent && writes.len() > 1 {
            writes.pop();
        }
        for (attempt, _) in &mut writes {
            if self.1 == Fault::Twice && attempt.may_have_applied {
                attempt.write.key = JobKey::derive(["again"], 0);
            }
        }
        self.0.apply(writes, urgency, deadline).await;
    }
}

#[async_trait]
impl CrmUnderTest for Faulty {
    fn crm(&self) -> &dyn Crm {
        self
    }

    async fn add_person(&self, name: &str, number: &PhoneNumber) -> RecordRef {
        self.0.add_person(name, number)
    }

    async fn count(&self, kind: ChangeKind) -> usize {
        self.0.count(kind)
    }
}

async fn broken(fault: Fault) -> Option<&'static str> {
    let result = conformance::crm(|| async { Faulty(Pinboard::default(), fault) }).await;
    result.err().map(|violation| violation.rule())
}

#[tokio::test]
async fn a_crm_in_memory_keeps_the_contract() {
    assert_eq!(broken(Fault::None).await, None);
}

#[tokio::test]
async fn three_faults_are_found_out_each_by_its_rule() {
    let twice = "a_write_that_comes_again_is_made_once_and_has_the_same_record";
    assert_eq!(broken(Fault::Twice).await, Some(twice));
    assert_eq!(broken(Fault::Silent).await, Some("every_write_is_answered"));
    assert_eq!(broken(Fault::Tells).await, Some("a_case_is_told_to_its_caller_and_to_nobody_else"));
}
