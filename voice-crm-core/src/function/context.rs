//! What a function gets to know, to read from, and to write through.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{
    call::{Call, ToolCallId},
    caller::Assurance,
    crm::{AccountRecord, CachedReads, CallerMatch, CaseRecord, CaseScope, Change, Write, WriteKey},
    deadline::Deadline,
    function::{FunctionError, FunctionErrorKind},
    journal::{Digest, Entry, Lane},
    phone::Region,
    phrase,
    writer::{WriteError, Writer, Written},
};

/// What all function calls share.
pub(crate) struct Services {
    pub(crate) organisation: String,
    pub(crate) home: Region,
    pub(crate) reads: CachedReads,
    pub(crate) writer: Arc<Writer>,
    /// How long before its deadline an answer must be ready to go out.
    pub(crate) margin: Duration,
}

/// One function call, as the function sees it.
pub struct CallContext {
    pub(crate) services: Arc<Services>,
    pub(crate) channel: &'static str,
    pub(crate) call: Arc<Call>,
    pub(crate) tool_call: ToolCallId,
    pub(crate) function: &'static str,
    pub(crate) arguments: Bytes,
    pub(crate) deadline: Deadline,
    pub(crate) writes: AtomicU32,
    /// Whether something was made durable, so that it may be promised.
    pub(crate) durable: AtomicBool,
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

    /// The country whose dialling habits spoken numbers follow.
    pub fn home(&self) -> Region {
        self.services.home
    }

    /// Who calls, by the number of the call. Asked of the CRM once for a call.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Unavailable`] when the CRM cannot be asked.
    pub async fn caller(&self) -> Result<CallerMatch, FunctionError> {
        match self.call.caller.number() {
            Some(number) => Ok(self.services.reads.find_caller(number, self.deadline).await?),
            None => Ok(CallerMatch::Nobody),
        }
    }

    /// Who calls, as far as that is known without asking the CRM.
    pub async fn known_caller(&self) -> CallerMatch {
        match self.call.caller.number() {
            Some(number) => self.services.reads.known_caller(number).await.unwrap_or_default(),
            None => CallerMatch::Nobody,
        }
    }

    /// The accounts with this account number.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Unavailable`] when the CRM cannot be asked.
    pub async fn find_account(&self, number: &str) -> Result<Vec<AccountRecord>, FunctionError> {
        Ok(self.services.reads.crm().find_account(number, self.deadline).await?)
    }

    /// A case by its number, if it is the caller's: whatever number the model asks for, the scope is the
    /// caller's own.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Unavailable`] when the CRM cannot be asked.
    pub async fn find_case(&self, number: &str) -> Result<Option<CaseRecord>, FunctionError> {
        let caller = self.caller().await?;
        let scope = CaseScope::of(self.call.caller.number(), caller.one());
        if scope.is_empty() {
            return Ok(None);
        }
        Ok(self.services.reads.crm().find_case(number, &scope, self.deadline).await?)
    }

    /// Makes a change durable and, when its turn is now, brings it into the CRM while the caller waits.
    ///
    /// The same function call, delivered again, gives the same write and never a second one.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Unavailable`] when it could not be made durable, so that nothing may be promised;
    /// [`FunctionErrorKind::Conflict`] when the same function call came before with other arguments.
    pub async fn write(&self, change: Change) -> Result<Written, FunctionError> {
        let services = &self.services;
        let key = self.key(self.writes.fetch_add(1, Ordering::Relaxed));
        let entry = Entry {
            lane: lane(self.channel, &self.call),
            write: Arc::new(Write { key, change }),
            digest: self.digest(),
        };
        match services.writer.write(entry, self.deadline.minus(services.margin)).await {
            Ok(written) => {
                self.durable.store(true, Ordering::Relaxed);
                Ok(written)
            }
            Err(WriteError::Conflict) => {
                Err(FunctionError::new(FunctionErrorKind::Conflict, phrase::CONFLICT))
            }
            Err(WriteError::NotAccepted(_)) => {
                Err(FunctionError::new(FunctionErrorKind::Unavailable, phrase::NOT_SAVED))
            }
        }
    }

    /// What this very function call came to when it was delivered before, if it was.
    ///
    /// For a function whose look-ups its own write may have changed.
    ///
    /// # Errors
    /// [`FunctionErrorKind::Conflict`] when it came before with other arguments;
    /// [`FunctionErrorKind::Unavailable`] when the journal cannot be asked.
    pub async fn earlier(&self) -> Result<Option<Written>, FunctionError> {
        let key = self.key(0);
        let known = self.services.writer.journal().standing(key).await.map_err(|error| {
            tracing::error!(%key, %error, "the journal could not be read");
            FunctionError::new(FunctionErrorKind::Unavailable, phrase::NOT_SAVED)
        })?;
        match known {
            None => Ok(None),
            Some((digest, standing)) if digest == self.digest() => Ok(Some(Written::of(standing, key))),
            Some(_) => Err(FunctionError::new(FunctionErrorKind::Conflict, phrase::CONFLICT)),
        }
    }

    fn key(&self, index: u32) -> WriteKey {
        let organisation = &self.services.organisation;
        WriteKey::new(organisation, self.channel, &self.call.id, self.tool_call.as_str(), index)
    }

    /// How sure we are of the caller.
    pub(crate) async fn assurance(&self) -> Result<Assurance, FunctionError> {
        Ok(match self.caller().await?.one() {
            Some(_) => Assurance::NumberMatches,
            None => Assurance::Unknown,
        })
    }

    /// A digest of what was asked for, which white space and the order of fields do not change.
    fn digest(&self) -> Digest {
        let mut hash = Sha256::new();
        hash.update(self.function.as_bytes());
        hash.update([0]);
        match serde_json::from_slice::<Value>(&self.arguments) {
            // The map of serde_json is sorted by key.
            Ok(arguments) => hash.update(arguments.to_string().as_bytes()),
            Err(_) => hash.update(&self.arguments),
        }
        let mut digest = [0; 16];
        digest.copy_from_slice(&hash.finalize()[..16]);
        Digest::from_bytes(digest)
    }
}

/// The lane of a call's writes.
pub(crate) fn lane(channel: &str, call: &Call) -> Lane {
    Lane::new(format!("{channel}:{}", call.id))
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
