//! What a function gets to know, to read from, and to write through.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU32},
    },
    time::Duration,
};

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::OnceCell;

use crate::{
    audit::{AuditRecord, AuditedWrite},
    call::{Call, ToolCallId},
    caller::{Assurance, Attestation, ProofCounts, ProvenCalls},
    clock::Clock,
    crm::{CachedReads, CallTag, CallerMatch, Crm, ReadOptions, typed},
    deadline::Deadline,
    function::{Effect, FunctionError, FunctionErrorKind, Need, Outcome, Served},
    outbox::{Digest, Outbox},
    phone::{PhoneNumber, Region},
    phrase::{self, Language, Phrasebook},
    write_limits::WriteQuota,
};

mod confirmed;
mod look_ups;
mod proving;
mod reads;
mod repeats;
mod writes;

pub(crate) use confirmed::{Confirmation, Confirmed};
pub use proving::ProofAttempt;
pub(crate) use proving::uncounted;
use repeats::FirstRequest;

/// What all function calls share.
pub(crate) struct Services {
    pub(crate) organisation: String,
    pub(crate) home: Region,
    pub(crate) phrasebook: Phrasebook,
    pub(crate) language: Language,
    pub(crate) reads: CachedReads,
    /// What the CRM and the services beside it take and look up.
    pub(crate) served: Served,
    pub(crate) outbox: Arc<Outbox>,
    /// Who has proved who they are on which call.
    pub(crate) proven: ProvenCalls,
    /// How often proofs have failed.
    pub(crate) proof_counts: ProofCounts,
    /// How much calls and numbers have written.
    pub(crate) write_quota: WriteQuota,
    pub(crate) clock: Arc<dyn Clock>,
    /// What the user's own functions share, by type.
    pub(crate) states: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
    /// How long before its deadline an answer must be ready to go out.
    pub(crate) margin: Duration,
    /// How long one look-up may take.
    pub(crate) read_timeout: Duration,
    /// How long the same request on the same call is the same write.
    pub(crate) repeat_window: Duration,
}

impl Services {
    /// The language of a call, or else of the house.
    pub(crate) fn language_of(&self, call: &Call) -> Language {
        call.language.unwrap_or(self.language)
    }
}

/// One function call, as the function sees it.
pub struct CallContext {
    pub(crate) services: Arc<Services>,
    pub(crate) channel: &'static str,
    pub(crate) call: Call,
    pub(crate) tool_call: ToolCallId,
    pub(crate) function: &'static str,
    pub(crate) arguments: Bytes,
    /// The confirmation that it came with, which acts once however often the model passes it on.
    pub(crate) confirmation: Confirmation,
    pub(crate) digest: OnceLock<Digest>,
    /// Which function call was the first to ask for this.
    pub(crate) first: OnceCell<FirstRequest>,
    /// Whether a write of it was made by the first.
    pub(crate) was_known: AtomicBool,
    pub(crate) deadline: Deadline,
    pub(crate) writes: AtomicU32,
    /// Whether something was made durable, so that it may be promised.
    pub(crate) durable: AtomicBool,
    pub(crate) effect: Effect,
    /// What was written, for the audit.
    pub(crate) written: Mutex<Vec<AuditedWrite>>,
}

impl CallContext {
    /// The call on which the function is called.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// The platform's id of this function call.
    pub fn tool_call(&self) -> &ToolCallId {
        &self.tool_call
    }

    /// By when the answer must be there.
    pub fn deadline(&self) -> Deadline {
        self.deadline
    }

    /// By when a look-up that begins now must be there, and for which call it is: the sooner of the call's deadline and
    /// of what a caller waits for one look-up.
    ///
    /// Whatever a function asks of its CRM by itself takes them along, so that it keeps to the patience of the caller and
    /// to the call's share of requests.
    pub fn read_options(&self) -> ReadOptions {
        ReadOptions::by(self.deadline.sooner(Deadline::after(self.services.read_timeout)))
            .for_call(CallTag::new(self.channel, self.call.id().as_str()))
    }

    /// The CRM by its own type, for what it can do beyond the traits.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Broken`] when the bridge has a CRM of another type.
    pub fn crm<C: Crm>(&self) -> Result<&C, FunctionError> {
        typed(self.services.reads.crm().as_ref()).ok_or_else(|| {
            tracing::error!(
                function = self.function,
                wanted = std::any::type_name::<C>(),
                "a function asks for a CRM of another type than the bridge has"
            );
            FunctionError::new(FunctionErrorKind::Broken, phrase::BROKEN)
        })
    }

    /// Whether this look-up or change is served, so that it is worth asking for.
    pub fn serves(&self, need: impl Into<Need>) -> bool {
        self.services.served.has(need.into())
    }

    /// The failure of a function that uses what is not served. It is the operator who can do something about it.
    fn not_served(&self, need: impl Into<Need>) -> FunctionError {
        let need = need.into();
        tracing::error!(
            function = self.function,
            missing = %need,
            "a function uses what the CRM does not serve; state the need in its Spec, so that it is not offered"
        );
        FunctionError::new(FunctionErrorKind::Unavailable, phrase::NOT_POSSIBLE)
    }

    /// The time of day.
    pub fn now(&self) -> Timestamp {
        self.services.clock.now()
    }

    /// The country whose dialling habits spoken numbers follow.
    pub fn home(&self) -> Region {
        self.services.home
    }

    /// The language that is spoken on the call.
    pub fn language(&self) -> Language {
        self.services.language_of(&self.call)
    }

    /// What the bridge was given by [`BridgeBuilder::state`](crate::bridge::BridgeBuilder::state) of this type.
    pub fn state<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.services.states.get(&TypeId::of::<T>())?.downcast_ref()
    }

    /// Who calls: whoever has proved it on this call, or else by the number of the call, of which the CRM is
    /// asked once for a call.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Unavailable`](super::FunctionErrorKind::Unavailable) when the CRM cannot be asked.
    pub async fn caller(&self) -> Result<CallerMatch, FunctionError> {
        if let Some(proven) = self.proven_caller() {
            return Ok(CallerMatch::One(proven));
        }
        match self.number() {
            Some(number) => Ok(self.services.reads.find_caller(number, self.read_options()).await?),
            None => Ok(CallerMatch::Nobody),
        }
    }

    /// Who calls, as far as that is known without asking the CRM.
    pub async fn known_caller(&self) -> CallerMatch {
        if let Some(proven) = self.proven_caller() {
            return CallerMatch::One(proven);
        }
        match self.number() {
            Some(number) => self.services.reads.known_caller(number).await.unwrap_or_default(),
            None => CallerMatch::Nobody,
        }
    }

    /// Whether nobody has asked the CRM yet who has the number that calls.
    pub async fn caller_is_open(&self) -> bool {
        match self.number() {
            Some(number) => {
                self.proven_caller().is_none() && self.services.reads.known_caller(number).await.is_none()
            }
            None => false,
        }
    }

    /// How sure we are of the caller.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Unavailable`](super::FunctionErrorKind::Unavailable) when the CRM cannot be asked.
    pub async fn assurance(&self) -> Result<Assurance, FunctionError> {
        if self.proven_caller().is_some() {
            return Ok(Assurance::Verified);
        }
        Ok(match self.caller().await?.one() {
            Some(_) => Assurance::of_number(self.call.attestation),
            None => Assurance::Unknown,
        })
    }

    /// The number that calls, unless the network says that it is not theirs.
    fn number(&self) -> Option<&PhoneNumber> {
        self.call.caller.number().filter(|_| self.call.attestation != Attestation::Failed)
    }

    /// What is kept of this function call.
    pub(crate) async fn audited(&self, outcome: &Outcome) -> AuditRecord {
        let caller = self.known_caller().await.one().and_then(|caller| caller.contact.clone());
        AuditRecord {
            at: self.services.clock.now(),
            channel: self.channel,
            call: self.call.id().as_str().to_owned(),
            tool_call: self.tool_call.as_str().to_owned(),
            function: self.function,
            effect: self.effect.as_str(),
            arguments: self.digest(),
            caller,
            proven: self.proven_caller().is_some(),
            outcome: outcome.as_str(),
            writes: std::mem::take(&mut *self.written.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }
}

/// The lane of a call's writes: that of the telephone leg, where one carries the call for several platforms.
pub(crate) fn lane(channel: &str, call: &Call) -> String {
    match call.identity.telephone_leg() {
        Some(leg) => format!("leg:{leg}"),
        None => format!("{channel}:{}", call.id()),
    }
}

impl fmt::Debug for CallContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallContext")
            .field("call", &self.call)
            .field("tool_call", &self.tool_call)
            .field("function", &self.function)
            .finish_non_exhaustive()
    }
}
