//! The sinks of the bridge, and which change goes to which: text messages to the messenger, recordings to whoever keeps
//! them, all others to the CRM. What events tell of a call gathers before it goes there.

use std::sync::Arc;

use voice_crm_outbox::{
    Digest, Job, JobKey, Lane, Outbox, OutboxBuilder, SinkName, SinkPolicy, StartError, Subject,
};

use crate::{
    crm::{CallLog, Change, Crm, CrmSink, Write},
    messenger::{self, Messenger},
    phone::PhoneNumber,
    recording::{self, RecordingSource},
};

mod facts;

pub(crate) use facts::log_key;
use facts::{FactSink, Onward};

/// The CRM.
pub const CRM: SinkName = SinkName::from_static("crm");
/// The gateway of text messages.
pub const TEXTS: SinkName = SinkName::from_static("texts");
/// The store of recordings.
pub const RECORDINGS: SinkName = SinkName::from_static("recordings");
/// The facts of calls, until there is something to write.
pub const FACTS: SinkName = SinkName::from_static("facts");

/// The job that makes a change so, in the lane of this name before the change's sink.
///
/// `digest` is that of the request, which tells a repeat from a conflict; `caller` is whose call it is, so that what is
/// kept of this person can be found and erased.
pub(crate) fn job(
    key: JobKey,
    change: Change,
    lane: &str,
    digest: Digest,
    caller: Option<&PhoneNumber>,
) -> Result<Job, serde_json::Error> {
    let sink = match &change {
        Change::SendText(_) => TEXTS,
        Change::KeepRecording(_) => RECORDINGS,
        _ => CRM,
    };
    Ok(before(&sink, key, change, lane, caller)?.digest(digest))
}

/// The job that gathers what an event tells of its call, in the lane of this name before the facts.
pub(crate) fn event(
    key: JobKey,
    log: CallLog,
    lane: &str,
    caller: Option<&PhoneNumber>,
) -> Result<Job, serde_json::Error> {
    before(&FACTS, key, Change::LogCall(Box::new(log)), lane, caller)
}

fn before(
    sink: &SinkName,
    key: JobKey,
    change: Change,
    lane: &str,
    caller: Option<&PhoneNumber>,
) -> Result<Job, serde_json::Error> {
    let (kind, write) = (change.kind(), Write { key, change });
    let body = serde_json::to_string(&write)?;
    let subject = caller.map(|caller| Subject::new(caller.as_e164()));
    Ok(Job::new(key, Lane::new(sink, lane), kind, body).subject(subject))
}

/// What stands behind the sinks of a bridge.
pub(crate) struct Sinks {
    pub(crate) crm: Arc<dyn Crm>,
    pub(crate) messenger: Option<Arc<dyn Messenger>>,
    pub(crate) recordings: Option<Arc<dyn RecordingSource>>,
    /// How patiently the CRM is tried; the others have their own from it.
    pub(crate) policy: SinkPolicy,
}

impl Sinks {
    /// Starts an outbox with these sinks.
    ///
    /// # Errors
    /// [`StartError`] outside a tokio runtime.
    pub(crate) fn start(self, mut outbox: OutboxBuilder) -> Result<Arc<Outbox>, StartError> {
        let Self { crm, messenger, recordings, policy } = self;
        if let Some(messenger) = messenger {
            outbox =
                outbox.sink(TEXTS, messenger::sink::TextSink(messenger), messenger::sink::policy(&policy));
        }
        if let Some(source) = recordings {
            let sink = recording::sink::RecordingSink { crm: crm.clone(), source };
            outbox = outbox.sink(RECORDINGS, sink, recording::sink::policy(&policy));
        }
        let onward = Onward::default();
        let outbox = outbox
            .sink(FACTS, FactSink(onward.clone()), facts::policy(&policy))
            .sink(CRM, CrmSink(crm), policy)
            .start()?;
        let outbox = Arc::new(outbox);
        // It is set here alone.
        let _ = onward.set(Arc::downgrade(&outbox));
        Ok(outbox)
    }
}
