//! From the parts of a bridge to one that runs.

use std::{sync::Arc, time::Duration};

use super::{
    Bridge, BridgeBuilder, BuildError, Inner, SetupProblem, after_reply::AfterReply, body_room::BodyRoom,
    checks, mounts,
};
use crate::{
    caller::{ProofCounts, ProvenCalls},
    crm::{CachedReads, ChangeKind},
    function::{Served, Services},
    live::LiveFeed,
    outbox::Outbox,
    sinks::Sinks,
    write_limits::WriteQuota,
};

/// How long a caller look-up is remembered: about as long as a call.
const CALLER_MEMORY: Duration = Duration::from_secs(600);
/// How long before its deadline an answer is made ready to go out.
pub(super) const MARGIN: Duration = Duration::from_millis(250);
/// How long a caller waits for one look-up: silence is long on the phone, and an org at work answers sooner.
const READ_TIMEOUT: Duration = Duration::from_millis(2_500);

impl BridgeBuilder {
    /// Checks everything, and starts the task that brings writes into the CRM.
    ///
    /// # Errors
    /// [`BuildError`] names all that is missing or cannot work, each with what to do.
    pub fn start(self) -> Result<Bridge, BuildError> {
        let mut problems = checks::settings(&self);
        problems.extend(self.phrasebook.problems().into_iter().map(SetupProblem::Phrase));
        let channels = mounts::by_path(self.channels, &mut problems);
        for (part, is_there) in [("a CRM", self.crm.is_some()), ("a journal", self.journal.is_some())] {
            if !is_there {
                problems.push(SetupProblem::Missing(part));
            }
        }
        let keeps_recordings = self.crm.as_ref().is_some_and(|crm| crm.recordings().is_some());
        if self.recordings.is_some() && !keeps_recordings {
            tracing::warn!("recordings stay links: the CRM does not serve KeepRecordings");
        }
        let recordings = self.recordings.filter(|_| keeps_recordings);
        let served = self.crm.as_ref().map(|crm| {
            Served::by(crm.as_ref())
                .and(ChangeKind::SendText, self.messenger.is_some())
                .and(ChangeKind::KeepRecording, recordings.is_some())
        });
        let live = self.live.map_or_else(LiveFeed::off, |bounds| LiveFeed::on(bounds, self.clock.now()));
        let dispatcher = match served.clone() {
            Some(served) => self.dispatcher.serving(served),
            None => self.dispatcher,
        };
        let dispatcher = match dispatcher.live(live.clone()).build_or_all_errors() {
            Ok(dispatcher) => Some(dispatcher),
            Err(errors) => {
                problems.extend(errors.into_iter().map(SetupProblem::Function));
                None
            }
        };
        let (Some(crm), Some(journal), Some(dispatcher), Some(served), []) =
            (self.crm, self.journal, dispatcher, served, problems.as_slice())
        else {
            return Err(problems.into());
        };
        if !crm.takes(ChangeKind::LogCall) {
            tracing::info!("calls are not logged: the CRM does not take log_call");
        }
        let mut outbox = Outbox::builder(journal).clock(self.clock.clone());
        if let Some(span) = self.retention {
            outbox = outbox.retention(span);
        }
        let sinks = Sinks {
            crm: crm.clone(),
            messenger: self.messenger,
            recordings: recordings.clone(),
            policy: self.delivery,
        };
        let outbox = sinks.start(outbox).map_err(SetupProblem::Outbox)?;
        let reads = CachedReads::new(crm, CALLER_MEMORY);
        let (organisation, limits) = (self.organisation.clone(), self.proof_limits);
        let proof_counts =
            ProofCounts::new(outbox.journal().clone(), self.clock.clone(), limits, organisation);
        let write_quota = WriteQuota::new(
            self.write_limits,
            &self.organisation,
            outbox.journal().clone(),
            self.clock.clone(),
        );
        let services = Services {
            organisation: self.organisation,
            home: self.home,
            phrasebook: self.phrasebook,
            language: self.language,
            reads,
            served,
            outbox,
            proven: ProvenCalls::default(),
            proof_counts,
            write_quota,
            states: self.states,
            clock: self.clock.clone(),
            margin: MARGIN,
            read_timeout: self.read_timeout.unwrap_or(READ_TIMEOUT),
            repeat_window: self.repeat_window,
        };
        Ok(Bridge {
            inner: Arc::new(Inner {
                channels,
                dispatcher,
                services: Arc::new(services),
                clock: self.clock,
                tool_deadline: self.tool_deadline,
                event_deadline: self.event_deadline,
                arrival_deadline: self.arrival_deadline,
                rules: self.rules,
                recordings,
                body_limit: self.body_limit,
                body_room: BodyRoom::new(self.body_limit),
                after_reply: AfterReply::default(),
                live,
            }),
        })
    }
}
