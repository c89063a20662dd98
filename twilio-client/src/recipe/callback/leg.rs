//! One call of a callback: whom it goes to, and which attempt it belongs to.

use std::fmt;

use url::Url;

use super::machine::Event;
use super::{CallbackPlan, OnMachine};
use crate::callback::{AmdCallback, CallStatusCallback};
use crate::word::{AnsweredBy, CallStatus};

/// Whom a leg goes to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Side {
    /// Who asked to be called back.
    Customer,
    /// Who calls back.
    Agent,
}

impl Side {
    /// Whom it is to be brought together with.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Customer => Self::Agent,
            Self::Agent => Self::Customer,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Agent => "agent",
        }
    }
}

/// One call of a callback. The addresses of its webhooks name it, so that a late one is known as such.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Leg {
    /// Whom it goes to.
    pub side: Side,
    /// Which attempt it belongs to, from 1.
    pub attempt: u32,
}

impl Leg {
    /// The address for a webhook about this leg: `leg=agent.2` stands in its query.
    pub fn on(self, url: &Url) -> Url {
        let mut url = url.clone();
        url.query_pairs_mut().append_pair("leg", &self.to_string());
        url
    }

    /// The leg that the query of a webhook's address names. Verify the webhook first.
    pub fn of_query(query: &str) -> Option<Self> {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        let (_, text) = pairs.find(|(name, _)| name == "leg")?;
        let (side, attempt) = text.split_once('.')?;
        let side = [Side::Customer, Side::Agent].into_iter().find(|known| known.as_str() == side)?;
        Some(Self { side, attempt: attempt.parse().ok()? })
    }

    /// What a status callback about this leg says that matters to the callback.
    ///
    /// Where machines are looked for, an answer at the customer's side says nothing yet: the verdict does.
    pub fn read(self, plan: &CallbackPlan, callback: &CallStatusCallback) -> Option<Event> {
        let call = || callback.call_sid();
        match callback.call_status()? {
            CallStatus::InProgress if !self.is_listened_to(plan) => {
                Some(Event::Answered(self, call()?, AnsweredBy::Human))
            }
            CallStatus::Completed
            | CallStatus::Busy
            | CallStatus::NoAnswer
            | CallStatus::Failed
            | CallStatus::Canceled => Some(Event::Ended(self)),
            // On its way, in one of several words.
            _ => Some(Event::Ringing(self, call()?)),
        }
    }

    /// What machine detection says of this leg.
    pub fn read_detection(self, callback: &AmdCallback) -> Option<Event> {
        Some(Event::Answered(self, callback.call_sid()?, callback.answered_by()?))
    }

    /// Whether machine detection decides who answered this leg.
    pub(super) fn is_listened_to(self, plan: &CallbackPlan) -> bool {
        self.side == Side::Customer && plan.on_machine != OnMachine::NotDetected
    }
}

impl fmt::Display for Leg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.side.as_str(), self.attempt)
    }
}
