//! What a function gets to know, to read from, and to write through.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{
    call::{Call, ToolCallId},
    caller::Assurance,
    clock::Clock,
    crm::{AccountRecord, CachedReads, CallerMatch, CaseRecord, CaseScope, Change, Write, WriteKey},
    deadline::Deadline,
    function::{Effect, FunctionError, FunctionErrorKind},
    journal::{Digest, Entry, Lane},
    phone::Region,
    phrase::{self, Language, Phrasebook},
    writer::{WriteError, Writer, Written},
};

/// How long a further write of a function may take to become durable when its deadline has passed.
const BEHIND_DEADLINE: Duration = Duration::from_secs(5);

/// What all function calls share.
pub(crate) struct Services {
    pub(crate) organisation: String,
    pub(crate) home: Region,
    pub(crate) phrasebook: Phrasebook,
    pub(crate) language: Language,
    pub(crate) reads: CachedReads,
    pub(crate) writer: Arc<Writer>,
    pub(crate) clock: Arc<dyn Clock>,
    /// How long before its deadline an answer must be ready to go out.
    pub(crate) margin: Duration,
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
    pub(crate) call: Arc<Call>,
    pub(crate) tool_call: ToolCallId,
    pub(crate) function: &'static str,
    pub(crate) arguments: Bytes,
    pub(crate) deadline: Deadline,
    pub(crate) writes: AtomicU32,
    /// Whether something was made durable, so that it may be promised.
    pub(crate) durable: Arc<AtomicBool>,
    pub(crate) effect: Effect,
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
        if self.effect != Effect::Write {
            tracing::error!(
                function = self.function,
                "a function that is declared to read only wrote; nothing was done"
            );
            return Err(FunctionError::new(FunctionErrorKind::Broken, phrase::BROKEN));
        }
        let services = &self.services;
        let index = self.writes.fetch_add(1, Ordering::Relaxed);
        let key = self.key(index);
        let entry = Entry {
            lane: lane(self.channel, &self.call),
            write: Arc::new(Write { key, change }),
            digest: self.digest(),
            caller: self.call.caller.number().cloned(),
        };
        let answer_by = self.deadline.minus(services.margin);
        // Once something is durable the caller is told that it is being saved, so the rest must follow; before
        // that, what is not durable in time must not become so behind the caller's back.
        let promised = self.durable.load(Ordering::Relaxed);
        let accept_by = if promised { answer_by.max(Deadline::after(BEHIND_DEADLINE)) } else { answer_by };
        match services.writer.write(entry, accept_by, answer_by).await {
            Ok(written) => {
                self.durable.store(true, Ordering::Relaxed);
                Ok(written)
            }
            Err(WriteError::Conflict) => {
                Err(FunctionError::new(FunctionErrorKind::Conflict, phrase::CONFLICT))
            }
            Err(WriteError::NotAccepted(_)) => {
                // Tried again by the function, it is the same write and not a second one.
                let _ = self.writes.compare_exchange(index + 1, index, Ordering::Relaxed, Ordering::Relaxed);
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
    pub(crate) fn digest(&self) -> Digest {
        let mut hash = Sha256::new();
        hash.update(self.function.as_bytes());
        hash.update([0]);
        match serde_json::from_slice::<Value>(&self.arguments) {
            Ok(arguments) => digest_value(&arguments, &mut hash),
            Err(_) => hash.update(&self.arguments),
        }
        let mut digest = [0; 16];
        digest.copy_from_slice(&hash.finalize()[..16]);
        Digest::from_bytes(digest)
    }
}

/// Feeds a value into a hash in one form only, whatever the order of its fields.
fn digest_value(value: &Value, hash: &mut Sha256) {
    match value {
        Value::Object(fields) => {
            let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
            hash.update(b"{");
            for (name, value) in sorted {
                hash.update(Value::String(name.clone()).to_string().as_bytes());
                digest_value(value, hash);
            }
            hash.update(b"}");
        }
        Value::Array(items) => {
            hash.update(b"[");
            for item in items {
                digest_value(item, hash);
            }
            hash.update(b"]");
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            hash.update(value.to_string().as_bytes());
            hash.update(b",");
        }
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
