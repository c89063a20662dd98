//! Doing what a callback asks for.

use std::time::Duration;

use url::Url;

use super::leg::{Leg, Side};
use super::machine::Action;
use super::{CallbackPlan, OnMachine};
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind, Result};
use crate::request::Operation;
use crate::resource::calls::{Call, HungUp, Instruction, MachineDetection, NewInstruction};
use crate::sid::CallSid;
use crate::twiml::{Conference, Dial, Hangup, Pause, Say, VoiceResponse};
use crate::word::{CallbackMethod, StatusCallbackEvent};

/// The two ends of a callback, and what is heard on the way. `Debug` shows neither.
#[derive(Clone)]
pub struct CallbackLine {
    customer: Endpoint,
    agent: Endpoint,
    from: Endpoint,
    room: String,
    webhook: Url,
    ring_for: Duration,
    greeting: String,
    apology: String,
    message: String,
}

/// What became of an action.
#[derive(Debug)]
#[non_exhaustive]
pub enum Performed {
    /// The leg was placed; tell it as [`Event::Ringing`](super::Event::Ringing).
    Called(Box<Call>),
    /// Twilio refused to place the leg; tell it as [`Event::Ended`](super::Event::Ended).
    Refused(Error),
    /// Nobody knows whether the leg was placed. Its webhooks will say so, or the patience runs out.
    Unclear,
    /// It was done.
    Done,
    /// Whom it was about had hung up before. The event that says so is on its way.
    TooLate,
}

impl CallbackLine {
    /// A line from `from` to both; webhooks about the legs go to `webhook`, with the leg in the query. `room` is
    /// the name of the conference they meet in, which no other callback may have.
    pub fn new(
        customer: impl Into<Endpoint>,
        agent: impl Into<Endpoint>,
        from: impl Into<Endpoint>,
        room: impl Into<String>,
        webhook: Url,
    ) -> Self {
        Self {
            customer: customer.into(),
            agent: agent.into(),
            from: from.into(),
            room: room.into(),
            webhook,
            ring_for: Duration::from_secs(25),
            greeting: "One moment, you are being connected.".to_owned(),
            apology: "We are sorry, nobody is free right now. We will call again.".to_owned(),
            message: "You asked us to call you back. Please call again when it suits you.".to_owned(),
        }
    }

    /// How long to let each leg ring, in whole seconds; 25 s unless set, less than most voicemail waits.
    #[must_use]
    pub fn ring_for(mut self, time: Duration) -> Self {
        self.ring_for = time;
        self
    }

    /// What each side hears when it answers.
    #[must_use]
    pub fn greeting(mut self, words: impl Into<String>) -> Self {
        self.greeting = words.into();
        self
    }

    /// What a customer hears who answered when no agent did.
    #[must_use]
    pub fn apology(mut self, words: impl Into<String>) -> Self {
        self.apology = words.into();
        self
    }

    /// What is left on the customer's voicemail.
    #[must_use]
    pub fn message(mut self, words: impl Into<String>) -> Self {
        self.message = words.into();
        self
    }

    async fn call(&self, client: &Client, plan: &CallbackPlan, leg: Leg) -> Result<Performed> {
        let to = if leg.side == Side::Customer { &self.customer } else { &self.agent };
        let webhook = leg.on(&self.webhook);
        let hold = VoiceResponse::new().with(Say::new(self.greeting.as_str())).with(Pause::seconds(120));
        let hold = twiml(&hold)?;
        let mut call = client
            .calls()
            .create(to.clone(), self.from.clone(), Instruction::New(hold))
            .ring_for(self.ring_for)
            .status_callback(&webhook, CallbackMethod::Post)
            .status_callback_events([
                StatusCallbackEvent::Initiated,
                StatusCallbackEvent::Answered,
                StatusCallbackEvent::Completed,
            ]);
        if leg.is_listened_to(plan) {
            let detection = match plan.on_machine {
                OnMachine::LeaveMessage => MachineDetection::until_message_end(),
                _ => MachineDetection::enable(),
            };
            call = call.machine_detection(&detection.in_background(&webhook, CallbackMethod::Post));
        }
        match call.await {
            Ok(call) => Ok(Performed::Called(Box::new(call))),
            Err(error) if error.kind() == ErrorKind::Ambiguous => Ok(Performed::Unclear),
            Err(error) if [ErrorKind::Refused, ErrorKind::Conflict].contains(&error.kind()) => {
                Ok(Performed::Refused(error))
            }
            Err(error) => Err(error),
        }
    }

    /// Whoever leaves the room closes it.
    fn join(&self) -> Result<NewInstruction> {
        let room = Conference::new(self.room.as_str()).end_conference_on_exit(true);
        twiml(&VoiceResponse::new().with(Dial::new().with(room)))
    }
}

impl Action {
    /// Does it.
    ///
    /// # Errors
    ///
    /// The kinds every request has but [`Ambiguous`](ErrorKind::Ambiguous) and [`Refused`](ErrorKind::Refused) for
    /// a leg. That somebody hung up is no error.
    pub async fn perform(
        &self,
        client: &Client,
        plan: &CallbackPlan,
        line: &CallbackLine,
    ) -> Result<Performed> {
        match self {
            Self::Call(leg) => line.call(client, plan, *leg).await,
            Self::Join { first, second } => match redirect(client, first, line.join()?).await? {
                Performed::TooLate => Ok(Performed::TooLate),
                _ => redirect(client, second, line.join()?).await,
            },
            Self::LeaveMessage(call) => redirect(client, call, last_words(&line.message)?).await,
            Self::Apologise(call) => redirect(client, call, last_words(&line.apology)?).await,
            Self::HangUp(call) => match client.calls().hang_up(call).await? {
                HungUp::WasOver => Ok(Performed::TooLate),
                HungUp::Now(_) => Ok(Performed::Done),
            },
        }
    }
}

async fn redirect(client: &Client, call: &CallSid, to: NewInstruction) -> Result<Performed> {
    match client.calls().redirect(call, to).await {
        Ok(_) => Ok(Performed::Done),
        Err(error) if error.kind() == ErrorKind::Gone => Ok(Performed::TooLate),
        Err(error) => Err(error),
    }
}

fn last_words(words: &str) -> Result<NewInstruction> {
    twiml(&VoiceResponse::new().with(Say::new(words)).with(Hangup::new()))
}

fn twiml(response: &VoiceResponse) -> Result<NewInstruction> {
    let wrong =
        |_| Error::configuration(CALLS, "the words of a callback have a character that XML cannot carry");
    response.to_xml().map(NewInstruction::twiml).map_err(wrong)
}

const CALLS: Operation = Operation { verb: "POST", template: "/2010-04-01/Accounts/{AccountSid}/Calls.json" };

impl std::fmt::Debug for CallbackLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallbackLine").field("ring_for", &self.ring_for).finish_non_exhaustive()
    }
}
