//! What the bridge writes into an org: each kind of write as straight code that asks the org in rounds.

use voice_crm_core::crm::{Attempt, Change, CrmError, CrmErrorKind, Receipt};

use conversation::Org;

use crate::org_words::explained;

mod call_log;
mod case;
mod comment;
mod contact;
mod conversation;
mod freshness;
mod keyed;
mod own_record;
mod recording;
mod rounds;

pub(crate) use call_log::{CallLogs, KnownCallers, known_callers};
pub(crate) use recording::keep as keep_recording;
pub(crate) use rounds::Rounds;

/// Whether a write shares its requests with others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Shared {
    /// It has requests of its own.
    No,
    /// With those of other people who wait.
    WhilePeopleWait,
    /// With whatever else waits, and nobody waits for it.
    InTheBackground,
}

/// Makes one write. A refusal says what the org says of it.
pub(crate) async fn make(
    org: Org<'_>,
    attempt: &Attempt,
    logs: CallLogs<'_>,
    shared: Shared,
) -> Result<Receipt, CrmError> {
    let made = attempted(org, attempt, logs, shared).await;
    made.map_err(|error| explained(error, &attempt.write.change))
}

async fn attempted(
    org: Org<'_>,
    attempt: &Attempt,
    logs: CallLogs<'_>,
    shared: Shared,
) -> Result<Receipt, CrmError> {
    match &attempt.write.change {
        Change::CreateCase(new) => case::create(&org, attempt, new, logs, shared).await,
        Change::UpdateContact(update) => contact::update(&org, attempt, update).await,
        Change::AddComment(comment) => comment::add(&org, attempt, comment).await,
        Change::CreateTask(task) => keyed::create_task(&org, attempt, task).await,
        Change::LogCall(log) => call_log::keep(&org, attempt, log, logs).await,
        Change::OwnRecord(record) => own_record::save(&org, attempt, record).await,
        // An org neither sends text messages nor fetches recordings.
        Change::SendText(_) => Err(refused("NO_MESSENGER", "no messenger is set up to send text messages")),
        Change::KeepRecording(_) => {
            Err(refused("NO_RECORDING_SOURCE", "no source is set up to fetch recordings from"))
        }
        _ => Err(refused("UNKNOWN_CHANGE", "an org is not written to in this way")),
    }
}

fn refused(code: &str, detail: &'static str) -> CrmError {
    CrmError::new(CrmErrorKind::Refused, detail).with_code(code)
}
