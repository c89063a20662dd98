//! Doing what a warm transfer asks for.

use super::{AGENT, Action};
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind, Result};
use crate::sid::ConferenceSid;

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
    /// Does it, in this conference; the agent is at `agent` and sees `from` calling.
    ///
    /// # Errors
    ///
    /// The kinds every request has. That somebody hung up is no error.
    pub async fn perform(
        &self,
        client: &Client,
        conference: &ConferenceSid,
        agent: &Endpoint,
        from: &Endpoint,
    ) -> Result<Performed> {
        let room = client.conference(conference);
        let done = match self {
            Self::Hold(call) => room.update(call).hold(true).await.map(drop),
            Self::Unhold(call) => room.update(call).hold(false).await.map(drop),
            Self::CallAgent => room
                .add(agent.clone(), from.clone())
                .label(AGENT)
                .end_conference_on_exit(false)
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
    error.is_call_over() || error.kind() == ErrorKind::NotFound
}
