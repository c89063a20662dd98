//! How many codes were sent and tried, and for whom a call asked for one.

use std::time::Duration;

use super::{
    proof_counts::ProofCounts,
    proof_key::{Codes, ProofKey},
    proven_calls::CallKey,
    tried_values::{Noted, TriedValues},
};
use crate::{crm::RecordRef, journal::JournalError, outbox::store::Expected, telemetry};

/// How long a code that a call asked for may be read out on it; no call is longer.
const CALL: Duration = Duration::from_secs(24 * 3600);
/// How many codes a contact gets on calls from other numbers within [`OF_LATE`], and how many are checked there. A service
/// such as Twilio Verify takes five of each for a number, so that the others are left to the number on file.
const ELSEWHERE: u32 = 2;
/// How long a code is valid, and how long a service counts.
const OF_LATE: Duration = Duration::from_secs(600);
/// Stands for whom a code was asked where nobody fits. No name of a count is like it.
const NOBODY: &str = "nobody";

/// A code that was said and is counted, so that it may be checked.
pub(crate) struct CountedCode {
    tried: TriedValues,
    value: String,
}

/// Whether a code that was said may be checked.
pub(crate) enum CodeAdmission {
    /// It may, against the code of this contact.
    Check(CountedCode),
    /// No code was asked for on the call.
    NoneAsked,
    /// One was, but for somebody else, for nobody who is on record, or for somebody of whose codes enough were checked.
    OfSomebodyElse,
    /// Too many were tried on the call.
    Locked,
}

impl ProofCounts {
    /// Counts a code that a call asks for, whomever it is for; false when the call has asked for enough.
    pub(crate) async fn ask_for_code(&self, call: &CallKey) -> Result<bool, JournalError> {
        let key = ProofKey::call(&self.organisation, "codes", call);
        Ok(self.count(&key, self.limits.codes_per_call, CALL).await?.is_some())
    }

    /// Notes for whom a call asks for a code, and counts it for the contact; false when the contact got enough of them.
    pub(crate) async fn send_code(
        &self,
        call: &CallKey,
        contact: Option<&RecordRef>,
        to_own_number: bool,
    ) -> Result<bool, JournalError> {
        let whose = contact.map(|contact| ProofKey::contact(&self.organisation, contact));
        let whose = whose.as_ref().map_or(NOBODY, ProofKey::name);
        let asked = ProofKey::call(&self.organisation, "code-for", call);
        self.store.put(asked.as_str(), whose, Expected::Anything, CALL, self.now()).await?;
        let Some(contact) = contact else { return Ok(false) };
        if to_own_number {
            return self.count_code(Codes::ToOwnNumber, contact, self.limits.codes_to_own_number).await;
        }
        let of_late = self.count_code(Codes::ToAnotherOfLate, contact, (ELSEWHERE, OF_LATE)).await?;
        Ok(of_late && self.count_code(Codes::ToAnother, contact, self.limits.codes_to_another).await?)
    }

    async fn count_code(
        &self,
        what: Codes,
        contact: &RecordRef,
        (limit, lasts): (u32, Duration),
    ) -> Result<bool, JournalError> {
        let key = ProofKey::codes(&self.organisation, what, contact);
        Ok(self.count(&key, limit, lasts).await?.is_some())
    }

    /// Counts a code that was said, or says why it is not to be checked.
    pub(crate) async fn admit_code(
        &self,
        call: &CallKey,
        contact: Option<&RecordRef>,
        from_own_number: bool,
        digits: &str,
    ) -> Result<CodeAdmission, JournalError> {
        let asked = ProofKey::call(&self.organisation, "code-for", call);
        let Some(asked) = self.store.get(asked.as_str(), self.now()).await? else {
            return Ok(CodeAdmission::NoneAsked);
        };
        // A new code is a new thing to guess at, so that the same digits count again.
        let codes = ProofKey::call(&self.organisation, "codes", call);
        let codes = self.store.get(codes.as_str(), self.now()).await?;
        let tried = self.tried("code", call);
        let value = tried.digest(&[codes.as_ref().map_or("", |codes| &*codes.value), digits]);
        match tried.note(&value, true, self.limits.per_call, self.now()).await? {
            Noted::Full => return Ok(CodeAdmission::Locked),
            Noted::New(_) | Noted::Known { .. } => {}
        }
        let is_theirs =
            |contact: &&RecordRef| ProofKey::contact(&self.organisation, contact).name() == &*asked.value;
        let Some(contact) = contact.filter(is_theirs) else { return Ok(CodeAdmission::OfSomebodyElse) };
        if !from_own_number && !self.count_code(Codes::CheckedOfLate, contact, (ELSEWHERE, OF_LATE)).await? {
            return Ok(CodeAdmission::OfSomebodyElse);
        }
        Ok(CodeAdmission::Check(CountedCode { tried, value }))
    }

    /// Gives a code back that was right, or that could not be checked.
    pub(crate) async fn give_code_back(&self, counted: CountedCode) -> Result<(), JournalError> {
        counted.tried.forget(&counted.value, self.now()).await.map(|_| ())
    }

    /// Says that a code was wrong.
    pub(crate) fn code_failed() {
        telemetry::proof_failed();
    }
}
