//! Callers who say who they are: two answers or a code, and not a word of whether what they said fits a record.
//!
//! Every sentence here is chosen by what was said and by what was tried on the call, and by nothing that is on record.
//! So whoever tries values learns nothing before all of them are right at once.

use super::{Tries, Way, digits, on_file::used_up, refused, telephone};
use crate::{
    caller::{CodeAdmission, CountedCode, LockScope, ProofCounts},
    code_sender::{CodeCheck, CodeSender},
    crm::{CallerRecord, Proofs, RecordRef},
    function::{Answer, FunctionError, uncounted},
    functions::{identity::Claim, knowledge::Answers},
    phrase::{self, Instruction, Speech},
};

/// How many answers prove somebody who does not call from the number on file.
const NEEDED: usize = 2;

/// For the model: what tells people of one name apart.
const TELL_APART: &str =
    "If several people may have this name, ask for the town and the company as well, and pass them on.";
/// For the model: why one answer is not enough.
const NOT_BY_ACCOUNT: &str = "The end of an account number proves nothing of somebody who is found by that number: pass on the name in its place.";

/// A record that the claim fits.
struct Found {
    person: CallerRecord,
    contact: RecordRef,
    proofs: Proofs,
}

impl Tries<'_> {
    /// The caller calls from some other number, and says who they are.
    pub(super) async fn claimed(&self, claim: &Claim) -> Result<Answer, FunctionError> {
        match self.way() {
            Way::Knowledge => self.claim_answered(claim).await,
            Way::Code(sender, code) => self.claim_code_said(claim, sender, &digits(code)?).await,
            Way::NewCode(sender) => self.claim_code(claim, sender).await,
        }
    }

    async fn claim_answered(&self, claim: &Claim) -> Result<Answer, FunctionError> {
        // Whoever gave the whole account number to be found has nothing to show with the end of it.
        let by_account = claim.account_number.is_some();
        let ending = self.args.account_ending.as_deref().filter(|_| !by_account);
        let Ok(answers) = Answers::read(self.args.postal_code.as_deref(), ending) else {
            return Ok(Answer::say(phrase::VERIFY_SAY_AGAIN));
        };
        // Too few are not judged: one by one they would be guessed far sooner than together.
        if answers.count() < NEEDED {
            let question = Answer::say(self.or_by_code(match answers.given() {
                [true, false] => phrase::VERIFY_MORE_ENDING,
                [false, true] => phrase::VERIFY_MORE_POSTAL_CODE,
                _ => phrase::VERIFY_MORE,
            }));
            return Ok(if by_account {
                question.instruct(Instruction::new(NOT_BY_ACCOUNT))
            } else {
                question
            });
        }
        let found = self.found(claim).await?;
        let said = format!("{}\n{}", claim.as_said(), answers.as_said());
        let contact = found.as_ref().map(|found| &found.contact);
        let attempt = match self.cx.admit_proof(contact, &said).await? {
            Ok(attempt) => attempt,
            Err(LockScope::Contact) => return Err(self.not_proven()),
            Err(scope) => return Err(refused(used_up(scope, self.sender.is_some()))),
        };
        if let Some(Found { person, proofs, .. }) = found
            && answers.are_right(&proofs)
        {
            attempt.right(person).await;
            return Ok(Answer::say(phrase::VERIFIED));
        }
        attempt.wrong();
        Err(self.not_proven())
    }

    async fn claim_code(&self, claim: &Claim, sender: &dyn CodeSender) -> Result<Answer, FunctionError> {
        let (counts, call) = (self.cx.proof_counts(), self.cx.call_key());
        let unavailable = |error| uncounted(&error, phrase::CODE_UNAVAILABLE);
        if !counts.ask_for_code(&call).await.map_err(unavailable)? {
            return Err(refused(phrase::CODE_LOCKED));
        }
        let found = self.found(claim).await?;
        let to = found.as_ref().and_then(|found| telephone(&found.proofs, self.cx));
        let contact = found.as_ref().filter(|_| to.is_some()).map(|found| &found.contact);
        let may_send = counts.send_code(&call, contact, false).await.map_err(unavailable)?;
        if let Some(to) = to.filter(|_| may_send)
            && let Err(error) = sender.send(&to, self.cx.deadline()).await
        {
            // For the log: that it failed would say that there was somebody to send it to.
            drop(FunctionError::from(error));
        }
        Ok(Answer::say(phrase::CODE_REQUESTED))
    }

    async fn claim_code_said(
        &self,
        claim: &Claim,
        sender: &dyn CodeSender,
        digits: &str,
    ) -> Result<Answer, FunctionError> {
        let found = self.found(claim).await?;
        let contact = found.as_ref().map(|found| &found.contact);
        let admitted = self.cx.proof_counts().admit_code(&self.cx.call_key(), contact, false, digits).await;
        match admitted.map_err(|error| uncounted(&error, phrase::CODE_UNCHECKED))? {
            CodeAdmission::NoneAsked => return Ok(Answer::say(phrase::CODE_EXPIRED)),
            CodeAdmission::Locked => return Err(refused(phrase::CODE_LOCKED)),
            CodeAdmission::OfSomebodyElse => {}
            CodeAdmission::Check(counted) => {
                if let Some(Found { person, proofs, .. }) = found
                    && self.is_right(sender, &proofs, digits).await
                {
                    self.code_was_right(counted, person).await;
                    return Ok(Answer::say(phrase::VERIFIED));
                }
            }
        }
        ProofCounts::code_failed();
        Err(refused(phrase::CODE_NOT_CONFIRMED))
    }

    async fn is_right(&self, sender: &dyn CodeSender, proofs: &Proofs, digits: &str) -> bool {
        let Some(to) = telephone(proofs, self.cx) else { return false };
        match sender.check(&to, digits, self.cx.deadline()).await {
            Ok(check) => check == CodeCheck::Right,
            Err(error) => {
                drop(FunctionError::from(error));
                false
            }
        }
    }

    pub(super) async fn code_was_right(&self, counted: CountedCode, person: CallerRecord) {
        self.cx.prove(person);
        if let Err(error) = self.cx.proof_counts().give_code_back(counted).await {
            tracing::error!(%error, "a right code could not be given back and counts as a wrong one");
        }
    }

    async fn found(&self, claim: &Claim) -> Result<Option<Found>, FunctionError> {
        let Some(person) = claim.one(self.cx).await? else { return Ok(None) };
        let Some(contact) = person.contact.clone() else { return Ok(None) };
        let proofs = self.cx.proofs(&contact).await?;
        Ok(proofs.map(|proofs| Found { person, contact, proofs }))
    }

    fn not_proven(&self) -> FunctionError {
        refused(self.or_by_code(phrase::VERIFY_NOT_PROVEN)).instruct(Instruction::new(TELL_APART))
    }

    /// Whether there is a number to send a code to is not told either: it is offered wherever codes are sent at all.
    fn or_by_code(&self, speech: impl Into<Speech>) -> Speech {
        let speech = speech.into();
        if self.sender.is_some() { speech.and(phrase::VERIFY_BY_CODE) } else { speech }
    }
}
