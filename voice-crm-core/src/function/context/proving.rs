//! How a function notes that the caller has proved who they are, or failed to.

use super::CallContext;
use crate::{
    caller::{Admission, CallKey, Counted, ProofCounts, Trial},
    crm::{CallerRecord, RecordRef},
    function::{FunctionError, FunctionErrorKind},
    journal::JournalError,
    phrase::{self, Phrase},
};

impl CallContext {
    /// Counts an attempt of the caller to prove that they are this contact, before anything is judged; `None` where
    /// what they said of themselves fits nobody.
    ///
    /// `said` is what they gave as proof, in one form: the same again on the same call is no further attempt. Judge
    /// only after this has returned, and tell the outcome by [`ProofAttempt::right`] or [`ProofAttempt::wrong`]. One
    /// that is dropped counts as wrong.
    ///
    /// # Errors
    /// [`FunctionErrorKind::NotAllowed`] when too many attempts have failed, for the contact, on the call or from its
    /// number; see [`ProofLimits`](crate::caller::ProofLimits). [`FunctionErrorKind::Unavailable`] when it cannot be
    /// counted, so that it must not be judged.
    pub async fn try_proof(
        &self,
        contact: Option<&RecordRef>,
        said: &str,
    ) -> Result<ProofAttempt<'_>, FunctionError> {
        match self.admit_proof(contact, said).await? {
            Ok(attempt) => Ok(attempt),
            Err(_) => Err(FunctionError::new(FunctionErrorKind::NotAllowed, phrase::LOCKED)),
        }
    }

    /// The same, with the limit that is used up.
    pub(crate) async fn admit_proof(
        &self,
        contact: Option<&RecordRef>,
        said: &str,
    ) -> Result<Result<ProofAttempt<'_>, crate::caller::LockScope>, FunctionError> {
        let call = &self.call_key();
        let trial = Trial { call, number: self.number(), contact, said };
        let admitted = self.proof_counts().admit(trial).await;
        Ok(match admitted.map_err(|error| uncounted(&error, phrase::VERIFY_UNAVAILABLE))? {
            Admission::Judge(counted) => Ok(ProofAttempt { cx: self, counted }),
            Admission::Refused(scope) => Err(scope),
        })
    }

    pub(crate) fn proof_counts(&self) -> &ProofCounts {
        &self.services.proof_counts
    }

    /// Notes a proof: from now on the call is theirs.
    pub(crate) fn prove(&self, caller: CallerRecord) {
        self.services.proven.note(self.call_key(), caller);
    }

    /// Who has proved on this call that they are calling; `None` as long as nobody has.
    pub fn proven_caller(&self) -> Option<CallerRecord> {
        self.services.proven.get(&self.call_key())
    }

    pub(crate) fn call_key(&self) -> CallKey {
        (self.channel, self.call.id().clone())
    }
}

/// An attempt to prove who is calling, which is counted already.
#[must_use = "an attempt that is dropped counts as wrong"]
pub struct ProofAttempt<'c> {
    cx: &'c CallContext,
    counted: Counted,
}

impl ProofAttempt<'_> {
    /// It was right: from now on the call is this contact's, and the attempt does not count.
    pub async fn right(self, caller: CallerRecord) {
        self.cx.prove(caller);
        if let Err(error) = self.cx.proof_counts().give_back(self.counted).await {
            tracing::error!(%error, "a right proof could not be given back and counts as a wrong one");
        }
    }

    /// It was wrong. Gives how many more there may be on the call.
    pub fn wrong(self) -> u32 {
        self.cx.proof_counts().failed(&self.counted)
    }
}

impl std::fmt::Debug for ProofAttempt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProofAttempt").finish_non_exhaustive()
    }
}

/// What cannot be counted is not judged. The caller hears what cannot be done, and nothing of records.
pub(crate) fn uncounted(error: &JournalError, say: Phrase) -> FunctionError {
    tracing::error!(%error, "a proof could not be counted, so it was not judged");
    FunctionError::new(FunctionErrorKind::Unavailable, say)
}
