//! The sinks of the bridge, and which change goes to which: text messages to the messenger, recordings to whoever keeps
//! them, all others to the CRM.

use voice_crm_outbox::{Digest, Job, JobKey, Lane, SinkName, Subject};

use crate::{
    crm::{Change, Write},
    phone::PhoneNumber,
};

/// The CRM.
pub const CRM: SinkName = SinkName::from_static("crm");
/// The gateway of text messages.
pub const TEXTS: SinkName = SinkName::from_static("texts");
/// The store of recordings.
pub const RECORDINGS: SinkName = SinkName::from_static("recordings");

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
    let (kind, write) = (change.kind(), Write { key, change });
    let body = serde_json::to_string(&write)?;
    let subject = caller.map(|caller| Subject::new(caller.as_e164()));
    Ok(Job::new(key, Lane::new(&sink, lane), kind, body).digest(digest).subject(subject))
}
