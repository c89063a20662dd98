//! Doing what a warm transfer asks for.

use std::time::Duration;

use url::Url;

use super::{AGENT, Action};
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind, Result};
use crate::sid::ConferenceSid;
use crate::word::StatusCallbackEvent;

/// Where the agent is, whom the agent sees calling, and where Twilio says how that goes. `Debug` shows none of it.
#[derive(Clone)]
pub struct AgentLine {
    agent: Endpoint,
    from: Endpoint,
    webhook: Url,
    ring_for: Duration,
}

impl AgentLine {
    /// A line to this agent. Status callbacks about it go to `webhook`; [`WarmTransfer::read_agent`](super::WarmTransfer::read_agent) reads them.
    pub fn new(agent: impl Into<Endpoint>, from: impl Into<Endpoint>, webhook: Url) -> Self {
        Self { agent: agent.into(), from: from.into(), webhook, ring_for: Duration::from_secs(25) }
    }

    /// How long to let it ring, in whole seconds; 25 s unless set.
    #[must_use]
    pub fn ring_for(mut self, time: Duration) -> Self {
        self.ring_for = time;
        self
    }
}

impl std::fmt::Debug for AgentLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AgentLine").field("ring_for", &self.ring_for).finish_non_exhaustive()
    }
}

/// What became of an action.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Performed {
    /// It was done.
    Done,
    /// Whom it was about had gone before. The event that says so is on its way.
    TooLate,
}

impl Action {
    /// Does it, in this conference.
    ///
    /// # Errors
    ///
    /// The kinds every request has. That somebody hung up is no error.
    pub async fn perform(
        &self,
        client: &Client,
        conference: &ConferenceSid,
        line: &AgentLine,
    ) -> Result<Performed> {
        let room = client.conference(conference);
        let done = match self {
            Self::Hold(call) => room.update(call).hold(true).await.map(drop),
            Self::Unhold(call) => room.update(call).hold(false).await.map(drop),
            Self::CallAgent => room
                .add(line.agent.clone(), line.from.clone())
                .label(AGENT)
                .end_conference_on_exit(false)
                .ring_for(line.ring_for)
                .status_callback(&line.webhook)
                .status_callback_events(&[StatusCallbackEvent::Completed])
                .await
                .map(drop),
            Self::Coach { coach, heard_by } => {
                room.update(coach).coaching(true).call_to_coach(heard_by).await.map(drop)
            }
            Self::Mute(call) => room.update(call).muted(true).await.map(drop),
            Self::Remove(call) => room.remove(call).await,
            Self::End => room.end().await.map(drop),
        };
        match done {
            Ok(()) => Ok(Performed::Done),
            Err(error) if is_too_late(&error) => Ok(Performed::TooLate),
            Err(error) => Err(error),
        }
    }
}

/// A conference that is over, and a side that left it, are not found any more.
fn is_too_late(error: &Error) -> bool {
    error.kind() == ErrorKind::Gone || error.kind() == ErrorKind::NotFound
}
