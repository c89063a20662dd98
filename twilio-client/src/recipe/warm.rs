//! The warm transfer: the assistant calls an agent into the conference, briefs the agent while the caller is held,
//! and brings the two together.
//!
//! ```text
//! Ringing ──agent joins──▶ Briefing ──connect──▶ Connected ──▶ Over
//!    │                        │                      caller leaves, from anywhere: Over
//!    └── agent fails or leaves ──▶ Returned: caller and assistant go on
//! ```

mod perform;

use crate::callback::{CallStatusCallback, ConferenceCallback};
use crate::sid::CallSid;
use crate::word::CallStatus;

pub use self::perform::{AgentLine, Performed};

/// A warm transfer that goes on.
#[derive(Clone, Debug)]
pub struct WarmTransfer {
    caller: CallSid,
    assistant: CallSid,
    agent: Option<CallSid>,
    role: AssistantRole,
    stage: Stage,
}

/// What the assistant does once caller and agent speak.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum AssistantRole {
    /// Leaves.
    #[default]
    Leaves,
    /// Stays, and only the agent hears it.
    Coaches,
    /// Stays, and nobody hears it.
    Listens,
}

/// How far a transfer has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Stage {
    /// The agent is called, the caller is held.
    Ringing,
    /// Assistant and agent speak, the caller is held.
    Briefing,
    /// Caller and agent speak.
    Connected,
    /// The agent could not be had; caller and assistant speak.
    Returned,
    /// The conference is over.
    Over,
}

/// Something that happened.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The agent is in the conference, as this call.
    AgentJoined(CallSid),
    /// The agent did not answer, was busy, or could not be called.
    AgentFailed,
    /// Somebody left the conference.
    Left(CallSid),
    /// The assistant has said what there is to say.
    Briefed,
    /// The conference ended.
    Ended,
}

/// Something to be done.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// Let this side hear music.
    Hold(CallSid),
    /// Let this side hear the others again.
    Unhold(CallSid),
    /// Call the agent into the conference, under the label [`AGENT`].
    CallAgent,
    /// Let `coach` be heard by `heard_by` alone.
    Coach {
        /// Who speaks.
        coach: CallSid,
        /// Who hears.
        heard_by: CallSid,
    },
    /// Let nobody hear this side.
    Mute(CallSid),
    /// Take this side out.
    Remove(CallSid),
    /// End the conference.
    End,
}

/// The label of the agent's side.
pub const AGENT: &str = "agent";

impl WarmTransfer {
    /// Begins a transfer in the conference of these two: what is to be done first comes with it.
    pub fn begin(caller: CallSid, assistant: CallSid, role: AssistantRole) -> (Self, Vec<Action>) {
        let actions = vec![Action::Hold(caller.clone()), Action::CallAgent];
        (Self { caller, assistant, agent: None, role, stage: Stage::Ringing }, actions)
    }

    /// How far it has come.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Takes note of an event, and says what is to be done.
    pub fn on(&mut self, event: &Event) -> Vec<Action> {
        match (self.stage, event) {
            (Stage::Over, _) => Vec::new(),
            (_, Event::Ended) => {
                self.stage = Stage::Over;
                Vec::new()
            }
            (_, Event::Left(who)) if *who == self.caller => {
                self.stage = Stage::Over;
                vec![Action::End]
            }
            (Stage::Ringing, Event::AgentJoined(agent)) => {
                self.agent = Some(agent.clone());
                self.stage = Stage::Briefing;
                Vec::new()
            }
            (Stage::Ringing, Event::AgentFailed) => self.go_back(),
            (Stage::Briefing, Event::Briefed) => self.connect(),
            (Stage::Ringing | Stage::Briefing, Event::Left(who)) if *who == self.assistant => {
                self.without_assistant()
            }
            (Stage::Briefing, Event::Left(who)) if Some(who) == self.agent.as_ref() => self.go_back(),
            // Whom the agent leaves alone with a silent assistant is not left waiting.
            (Stage::Connected, Event::Left(who)) if Some(who) == self.agent.as_ref() => {
                self.stage = Stage::Over;
                vec![Action::End]
            }
            // An agent who answers after all finds a caller who was told otherwise.
            (Stage::Returned, Event::AgentJoined(agent)) => vec![Action::Remove(agent.clone())],
            (Stage::Returned, Event::Left(who)) if *who == self.assistant => {
                self.stage = Stage::Over;
                vec![Action::End]
            }
            _ => Vec::new(),
        }
    }

    /// What a conference callback says that matters to this transfer.
    pub fn read(callback: &ConferenceCallback) -> Option<Event> {
        let call = callback.call_sid();
        match callback.event()?.as_str() {
            "participant-join" if callback.label().as_deref() == Some(AGENT) => call.map(Event::AgentJoined),
            "participant-leave" => call.map(Event::Left),
            "conference-end" => Some(Event::Ended),
            _ => None,
        }
    }

    /// What a status callback about the agent's leg says that matters to this transfer: nobody came, or the agent is
    /// gone again.
    pub fn read_agent(callback: &CallStatusCallback) -> Option<Event> {
        match callback.call_status()? {
            CallStatus::Busy | CallStatus::NoAnswer | CallStatus::Failed | CallStatus::Canceled => {
                Some(Event::AgentFailed)
            }
            CallStatus::Completed => callback.call_sid().map(Event::Left),
            _ => None,
        }
    }

    fn connect(&mut self) -> Vec<Action> {
        let Some(agent) = self.agent.clone() else { return Vec::new() };
        self.stage = Stage::Connected;
        // The assistant first: what it says must not reach the caller any more.
        let assistant = match self.role {
            AssistantRole::Leaves => Action::Remove(self.assistant.clone()),
            AssistantRole::Coaches => Action::Coach { coach: self.assistant.clone(), heard_by: agent },
            AssistantRole::Listens => Action::Mute(self.assistant.clone()),
        };
        vec![assistant, Action::Unhold(self.caller.clone())]
    }

    fn go_back(&mut self) -> Vec<Action> {
        self.stage = Stage::Returned;
        self.agent = None;
        vec![Action::Unhold(self.caller.clone())]
    }

    /// An assistant that breaks down leaves the caller to the agent, if there is one.
    fn without_assistant(&mut self) -> Vec<Action> {
        if self.agent.is_some() {
            self.stage = Stage::Connected;
            vec![Action::Unhold(self.caller.clone())]
        } else {
            self.stage = Stage::Over;
            vec![Action::End]
        }
    }
}
