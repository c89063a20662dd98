//! How often proofs have failed: counted in the store that replicas share, before anything is judged.
//!
//! The order makes the limits hold: an attempt is counted, then it is judged, and a right one is given back. So
//! attempts at the same moment cannot exceed a limit, and a process that is killed in between has counted one too many
//! and never one too few.

use std::{fmt, sync::Arc, time::Duration};

use super::{
    ProofLimits,
    proof_key::ProofKey,
    proven_calls::CallKey,
    tried_values::{Known, Noted, TriedValues},
};
use crate::{
    clock::Clock,
    crm::RecordRef,
    journal::JournalError,
    outbox::store::{Expected, Store},
    phone::PhoneNumber,
    telemetry,
};

/// How long what was tried on a call is kept; no call is longer.
const CALL: Duration = Duration::from_secs(24 * 3600);

/// Which limit is used up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum LockScope {
    /// That of the contact, until an operator unlocks it.
    Contact,
    /// That of the call.
    Call,
    /// That of the number that calls, for a while.
    Number,
}

impl LockScope {
    /// One word for a counter and for the log.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Call => "call",
            Self::Number => "number",
        }
    }
}

/// Who tries to prove what.
#[derive(Clone, Copy)]
pub(crate) struct Trial<'a> {
    pub(crate) call: &'a CallKey,
    pub(crate) number: Option<&'a PhoneNumber>,
    /// Whom the attempt is about; nobody where what was said fits no record.
    pub(crate) contact: Option<&'a RecordRef>,
    /// What was said, in one form. The same on the same call is no further attempt.
    pub(crate) said: &'a str,
}

/// An attempt that is counted, so that it may be judged.
pub(crate) struct Counted {
    tried: TriedValues,
    value: String,
    number: Option<ProofKey>,
    contact: Option<ProofKey>,
    /// How many different attempts there were on the call, this one included.
    on_call: u32,
    /// What this attempt brought to its limit, should it be wrong.
    reached: Vec<(LockScope, ProofKey)>,
}

/// Whether an attempt may be judged.
pub(crate) enum Admission {
    Judge(Counted),
    Refused(LockScope),
}

/// The counts, in the store.
pub(crate) struct ProofCounts {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) limits: ProofLimits,
    pub(super) organisation: String,
}

impl ProofCounts {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        limits: ProofLimits,
        organisation: String,
    ) -> Self {
        Self { store, clock, limits, organisation }
    }

    /// Counts an attempt, or says which limit is used up.
    ///
    /// A contact whose limit is used up takes an attempt of the call and of the number all the same: from outside it
    /// looks like a wrong answer.
    pub(crate) async fn admit(&self, trial: Trial<'_>) -> Result<Admission, JournalError> {
        let tried = self.tried("call", trial.call);
        let number = trial.number.map(|number| ProofKey::number(&self.organisation, number));
        let contact = trial.contact.map(|contact| ProofKey::contact(&self.organisation, contact));
        let value = tried.digest(&[contact.as_ref().map_or("", ProofKey::as_str), trial.said]);
        let before = tried.read(self.now()).await?;
        let (state, on_call) = (before.state(&value), before.count());
        let mut counted = Counted { tried, value, number, contact, on_call, reached: Vec::new() };
        match state {
            Known::New => self.admit_new(counted).await,
            Known::Unjudged => {
                if !self.count_contact(&mut counted).await? {
                    return Ok(Admission::Refused(LockScope::Contact));
                }
                counted.tried.judge(&counted.value, self.now()).await?;
                Ok(Admission::Judge(counted))
            }
            Known::Judged => Ok(Admission::Judge(counted)),
        }
    }

    async fn admit_new(&self, mut counted: Counted) -> Result<Admission, JournalError> {
        let room = self.limits.per_call;
        if counted.on_call >= room {
            return Ok(Admission::Refused(LockScope::Call));
        }
        if !self.count_number(&mut counted).await? {
            return Ok(Admission::Refused(LockScope::Number));
        }
        let may_be_judged = self.count_contact(&mut counted).await?;
        match counted.tried.note(&counted.value, may_be_judged, room, self.now()).await? {
            Noted::New(on_call) => {
                counted.on_call = on_call;
                if on_call == room {
                    counted.reached.push((LockScope::Call, counted.tried.key().clone()));
                }
            }
            // The same came at the same moment, perhaps to another replica.
            Noted::Known { is_judged: false } if may_be_judged => {
                self.uncount([counted.number.as_ref(), None]).await?;
                counted.tried.judge(&counted.value, self.now()).await?;
            }
            Noted::Known { .. } => {
                counted.reached.clear();
                self.uncount([counted.number.as_ref(), counted.contact.as_ref().filter(|_| may_be_judged)])
                    .await?;
            }
            // Others filled the call at the same moment.
            Noted::Full => {
                self.uncount([counted.number.as_ref(), counted.contact.as_ref().filter(|_| may_be_judged)])
                    .await?;
                return Ok(Admission::Refused(LockScope::Call));
            }
        }
        Ok(if may_be_judged { Admission::Judge(counted) } else { Admission::Refused(LockScope::Contact) })
    }

    /// Counts one for the number that calls; false when it has no more.
    async fn count_number(&self, counted: &mut Counted) -> Result<bool, JournalError> {
        let Some(key) = &counted.number else { return Ok(true) };
        let (limit, lasts) = (self.limits.per_number, self.limits.number_lasts);
        let Some(sum) = self.count(key, limit, lasts).await? else { return Ok(false) };
        if sum == limit {
            counted.reached.push((LockScope::Number, key.clone()));
        }
        Ok(true)
    }

    /// Counts one for the contact; false when it has no more.
    async fn count_contact(&self, counted: &mut Counted) -> Result<bool, JournalError> {
        let Some(key) = &counted.contact else { return Ok(true) };
        let (limit, lasts) = (self.limits.per_contact, self.limits.contact_lasts);
        let Some(sum) = self.count(key, limit, lasts).await? else { return Ok(false) };
        if sum == limit {
            counted.reached.push((LockScope::Contact, key.clone()));
        }
        Ok(true)
    }

    /// Gives an attempt back that was right.
    pub(crate) async fn give_back(&self, counted: Counted) -> Result<(), JournalError> {
        // Whoever takes it off the list of the call gives it back, so that it is given back once.
        if counted.tried.forget(&counted.value, self.now()).await? {
            self.uncount([counted.number.as_ref(), counted.contact.as_ref()]).await?;
        }
        Ok(())
    }

    /// Says that an attempt was wrong, and gives how many more there may be on the call.
    pub(crate) fn failed(&self, counted: &Counted) -> u32 {
        telemetry::proof_failed();
        for (scope, key) in &counted.reached {
            telemetry::proof_locked(*scope, key);
        }
        self.limits.per_call.saturating_sub(counted.on_call)
    }

    /// What was tried on a call.
    pub(super) fn tried(&self, what: &str, call: &CallKey) -> TriedValues {
        TriedValues::new(self.store.clone(), ProofKey::call(&self.organisation, what, call), CALL)
    }

    /// Counts one, unless that is beyond the limit; gives the sum.
    pub(super) async fn count(
        &self,
        key: &ProofKey,
        limit: u32,
        lasts: Duration,
    ) -> Result<Option<u32>, JournalError> {
        let sum = self.store.add(key.as_str(), 1, lasts, self.now()).await?;
        if sum > i64::from(limit) {
            self.uncount([Some(key), None]).await?;
            return Ok(None);
        }
        Ok(Some(u32::try_from(sum).unwrap_or(0)))
    }

    async fn uncount(&self, keys: [Option<&ProofKey>; 2]) -> Result<(), JournalError> {
        for key in keys.into_iter().flatten() {
            let sum = self.store.add(key.as_str(), -1, CALL, self.now()).await?;
            // The count had ended in between, and nothing is left to give back.
            if sum < 0 {
                self.store.remove(key.as_str(), Expected::Anything, self.now()).await?;
            }
        }
        Ok(())
    }

    pub(super) fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }
}

impl fmt::Debug for ProofCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProofCounts").field("limits", &self.limits).finish_non_exhaustive()
    }
}
