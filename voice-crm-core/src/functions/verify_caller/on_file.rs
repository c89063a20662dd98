//! Callers from the number on file: one answer is enough, and what stands in the way is told.

use super::{Tries, Way, digits, refused, telephone};
use crate::{
    caller::{CodeAdmission, LockScope, ProofCounts},
    code_sender::{CodeCheck, CodeSender},
    crm::{CallerRecord, Proofs, RecordRef},
    function::{Answer, FunctionError, FunctionErrorKind, uncounted},
    functions::knowledge::{self, Answers},
    phone::PhoneNumber,
    phrase::{self, Speech},
    service_error::{ServiceError, ServiceErrorKind},
};

impl Tries<'_> {
    /// The caller calls from the number of this contact.
    pub(super) async fn on_file(&self, person: CallerRecord) -> Result<Answer, FunctionError> {
        let proofs = match &person.contact {
            Some(contact) => self.cx.proofs(contact).await?.map(|proofs| (contact.clone(), proofs)),
            None => None,
        };
        let Some((contact, proofs)) = proofs else { return Ok(Answer::say(phrase::VERIFY_IMPOSSIBLE)) };
        let to = telephone(&proofs, self.cx);
        match self.way() {
            Way::Knowledge => self.answered(person, &contact, &proofs, to.is_some()).await,
            Way::Code(sender, code) => match to {
                Some(to) => self.code_said(sender, (&to, &digits(code)?), &contact, person).await,
                None => Ok(Answer::say(phrase::VERIFY_IMPOSSIBLE)),
            },
            Way::NewCode(sender) => match to {
                Some(to) => self.send_code(sender, &to, &contact).await,
                None => Ok(Answer::say(phrase::VERIFY_IMPOSSIBLE)),
            },
        }
    }

    async fn answered(
        &self,
        person: CallerRecord,
        contact: &RecordRef,
        proofs: &Proofs,
        has_telephone: bool,
    ) -> Result<Answer, FunctionError> {
        let by_code = has_telephone && self.sender.is_some();
        // A whole account number ends as its end does.
        let ending = self.args.account_ending.as_deref().filter(|ending| !ending.trim().is_empty());
        let ending = ending.or(self.args.account_number.as_deref());
        let Ok(answers) = Answers::read(self.args.postal_code.as_deref(), ending) else {
            return Ok(Answer::say(phrase::VERIFY_SAY_AGAIN));
        };
        if answers.count() == 0 {
            return Ok(Answer::say(match knowledge::on_file(proofs) {
                0 if by_code => phrase::VERIFY_BY_CODE,
                0 => phrase::VERIFY_IMPOSSIBLE,
                _ => phrase::VERIFY_ONE,
            }));
        }
        let attempt = match self.cx.admit_proof(Some(contact), &answers.as_said()).await? {
            Ok(attempt) => attempt,
            Err(scope) => return Err(refused(used_up(scope, by_code))),
        };
        if answers.are_right(proofs) {
            attempt.right(person).await;
            return Ok(Answer::say(phrase::VERIFIED));
        }
        Err(refused(match attempt.wrong() {
            0 => used_up(LockScope::Call, by_code),
            _ => phrase::VERIFY_WRONG.into(),
        }))
    }

    async fn send_code(
        &self,
        sender: &dyn CodeSender,
        to: &PhoneNumber,
        contact: &RecordRef,
    ) -> Result<Answer, FunctionError> {
        let (counts, call) = (self.cx.proof_counts(), self.cx.call_key());
        let unavailable = |error| uncounted(&error, phrase::CODE_UNAVAILABLE);
        let asked = counts.ask_for_code(&call).await.map_err(unavailable)?;
        let may_send = asked && counts.send_code(&call, Some(contact), true).await.map_err(unavailable)?;
        if !may_send {
            return Err(refused(phrase::CODE_LOCKED));
        }
        sender.send(to, self.cx.deadline()).await?;
        Ok(Answer::say(phrase::CODE_SENT))
    }

    async fn code_said(
        &self,
        sender: &dyn CodeSender,
        (to, digits): (&PhoneNumber, &str),
        contact: &RecordRef,
        person: CallerRecord,
    ) -> Result<Answer, FunctionError> {
        let (counts, call) = (self.cx.proof_counts(), self.cx.call_key());
        let admitted = counts.admit_code(&call, Some(contact), true, digits).await;
        let counted = match admitted.map_err(|error| uncounted(&error, phrase::CODE_UNCHECKED))? {
            CodeAdmission::Check(counted) => counted,
            CodeAdmission::NoneAsked | CodeAdmission::OfSomebodyElse => {
                return Ok(Answer::say(phrase::CODE_EXPIRED));
            }
            CodeAdmission::Locked => return Err(refused(phrase::CODE_LOCKED)),
        };
        match sender.check(to, digits, self.cx.deadline()).await {
            Ok(CodeCheck::Right) => {
                self.code_was_right(counted, person).await;
                Ok(Answer::say(phrase::VERIFIED))
            }
            Ok(CodeCheck::Wrong) => {
                ProofCounts::code_failed();
                Err(refused(phrase::VERIFY_WRONG))
            }
            Err(error) if error.kind() == ServiceErrorKind::Expired => Ok(Answer::say(phrase::CODE_EXPIRED)),
            Err(error) => Err(unchecked(error)),
        }
    }
}

/// That a limit is used up, and what is left to the caller: a code, which guessing cannot spend, or a person.
pub(super) fn used_up(scope: LockScope, by_code: bool) -> Speech {
    match (scope, by_code) {
        (_, true) => Speech::from(phrase::PROOFS_USED_UP).and(phrase::VERIFY_BY_CODE),
        (LockScope::Contact | LockScope::Number, false) => {
            Speech::from(phrase::PROOFS_USED_UP).and(phrase::LOCKED)
        }
        (LockScope::Call, false) => phrase::LOCKED.into(),
    }
}

/// A code that could not be checked. It was sent before, so that the sentence is another one.
fn unchecked(error: ServiceError) -> FunctionError {
    let failure = FunctionError::from(error);
    match failure.kind() {
        FunctionErrorKind::NotAllowed => failure,
        kind => FunctionError::new(kind, phrase::CODE_UNCHECKED),
    }
}
