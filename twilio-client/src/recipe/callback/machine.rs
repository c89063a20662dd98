//! One callback, as a machine.

use jiff::Timestamp;

use super::leg::{Leg, Side};
use super::{CallbackPlan, OnMachine};
use crate::sid::CallSid;
use crate::word::AnsweredBy;

/// A callback that goes on.
#[derive(Clone, Debug)]
pub struct CallBack {
    stage: Stage,
    attempt: u32,
    due: Option<Timestamp>,
    /// The legs of this attempt, as far as their names are known.
    first: Option<CallSid>,
    second: Option<CallSid>,
    /// Legs that are over or were told to end.
    gone: Vec<CallSid>,
}

/// How far a callback has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Stage {
    /// For its time.
    Waiting,
    /// The first side is called.
    CallingFirst,
    /// The first side waits on the line, the second is called.
    CallingSecond,
    /// They speak.
    Joined,
    /// The customer's voicemail hears a message.
    LeavingMessage,
    /// Nothing more will be done.
    Done(Outcome),
}

/// How a callback ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// Customer and agent spoke.
    Spoke,
    /// A message was left.
    MessageLeft,
    /// All attempts are used up.
    Unreached,
    /// It was not wanted any more.
    Cancelled,
}

/// Something that happened.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The time that [`CallBack::due`] named has come.
    Due,
    /// Twilio took the leg, and this is its call.
    Ringing(Leg, CallSid),
    /// Somebody or something answered.
    Answered(Leg, CallSid, AnsweredBy),
    /// The leg is over, however it ended, or could not be placed.
    Ended(Leg),
    /// The customer called again, or does not want to be called any more.
    Cancelled,
}

/// Something to be done.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// Place this leg.
    Call(Leg),
    /// Bring the two together.
    Join {
        /// Who has waited on the line.
        first: CallSid,
        /// Who has just answered.
        second: CallSid,
    },
    /// Leave the message on the customer's voicemail.
    LeaveMessage(CallSid),
    /// Tell the customer, who waits on the line, that nobody could be had.
    Apologise(CallSid),
    /// End this call.
    HangUp(CallSid),
}

impl CallBack {
    /// A callback for this time, or the next after it that is in the plan's hours.
    pub fn at(plan: &CallbackPlan, time: Timestamp) -> Self {
        let mut callback = Self {
            stage: Stage::Waiting,
            attempt: 0,
            due: None,
            first: None,
            second: None,
            gone: Vec::new(),
        };
        callback.wait(plan, time);
        callback
    }

    /// How far it has come.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// How many attempts were made.
    pub fn attempts(&self) -> u32 {
        self.attempt
    }

    /// When [`Event::Due`] is to be told; a later answer takes the place of an earlier one.
    pub fn due(&self) -> Option<Timestamp> {
        self.due
    }

    /// Takes note of an event, and says what is to be done, in order. Events may come twice, late, or not at all.
    pub fn on(&mut self, plan: &CallbackPlan, event: &Event, now: Timestamp) -> Vec<Action> {
        match event {
            Event::Due if self.due.is_some_and(|due| due <= now) => self.fall_due(plan, now),
            Event::Ringing(leg, call) => self.learn(plan, *leg, call),
            Event::Answered(leg, call, by) => {
                let unwanted = self.learn(plan, *leg, call);
                if unwanted.is_empty() && self.is_current(plan, *leg) && !self.gone.contains(call) {
                    self.answered(plan, *leg, call, by, now)
                } else {
                    unwanted
                }
            }
            Event::Ended(leg) if self.is_current(plan, *leg) => self.ended(plan, *leg, now),
            Event::Due | Event::Ended(_) => Vec::new(),
            Event::Cancelled => match self.stage {
                Stage::Joined | Stage::Done(_) => Vec::new(),
                _ => self.finish(Outcome::Cancelled),
            },
        }
    }

    fn fall_due(&mut self, plan: &CallbackPlan, now: Timestamp) -> Vec<Action> {
        match self.stage {
            // Whoever waits for us to come back may have slept over the end of the hours.
            Stage::Waiting if plan.hours.contain(now) => {
                self.attempt += 1;
                (self.first, self.second) = (None, None);
                self.stage = Stage::CallingFirst;
                self.be_patient(plan, now);
                vec![self.call(plan.first)]
            }
            Stage::Waiting => {
                self.wait(plan, now);
                Vec::new()
            }
            Stage::CallingFirst | Stage::CallingSecond => self.give_up(plan, now),
            Stage::LeavingMessage => self.finish(Outcome::MessageLeft),
            Stage::Joined | Stage::Done(_) => Vec::new(),
        }
    }

    /// Notes the name of a leg. One that nobody waits for any more is ended, once.
    fn learn(&mut self, plan: &CallbackPlan, leg: Leg, call: &CallSid) -> Vec<Action> {
        if !self.is_current(plan, leg) {
            return self.hang_up(Some(call.clone()));
        }
        let slot = if leg.side == plan.first { &mut self.first } else { &mut self.second };
        // A leg of two calls was placed twice; the one that is known goes on.
        if slot.get_or_insert_with(|| call.clone()) == call {
            Vec::new()
        } else {
            self.hang_up(Some(call.clone()))
        }
    }

    fn answered(
        &mut self,
        plan: &CallbackPlan,
        leg: Leg,
        call: &CallSid,
        by: &AnsweredBy,
        now: Timestamp,
    ) -> Vec<Action> {
        let is_first = leg.side == plan.first;
        match self.stage {
            Stage::CallingFirst | Stage::CallingSecond if is_first != (self.stage == Stage::CallingFirst) => {
                Vec::new()
            }
            Stage::CallingFirst | Stage::CallingSecond if is_machine(by) => {
                self.machine(plan, leg, call, by, now)
            }
            Stage::CallingFirst => {
                self.stage = Stage::CallingSecond;
                self.be_patient(plan, now);
                vec![self.call(plan.second())]
            }
            Stage::CallingSecond => match self.first.clone() {
                Some(first) => {
                    (self.stage, self.due) = (Stage::Joined, None);
                    vec![Action::Join { first, second: call.clone() }]
                }
                None => self.give_up(plan, now),
            },
            _ => Vec::new(),
        }
    }

    fn machine(
        &mut self,
        plan: &CallbackPlan,
        leg: Leg,
        call: &CallSid,
        by: &AnsweredBy,
        now: Timestamp,
    ) -> Vec<Action> {
        let listens = !matches!(by, AnsweredBy::MachineStart | AnsweredBy::Fax);
        match (leg.side, by) {
            // A fax will not become a person.
            (Side::Customer, AnsweredBy::Fax) => self.finish(Outcome::Unreached),
            (Side::Customer, _) if listens && plan.on_machine == OnMachine::LeaveMessage => {
                self.stage = Stage::LeavingMessage;
                self.be_patient(plan, now);
                let agent = if plan.first == Side::Agent { self.first.take() } else { self.second.take() };
                let mut actions = vec![Action::LeaveMessage(call.clone())];
                actions.extend(self.hang_up(agent));
                actions
            }
            _ => self.give_up(plan, now),
        }
    }

    fn ended(&mut self, plan: &CallbackPlan, leg: Leg, now: Timestamp) -> Vec<Action> {
        let over = if leg.side == plan.first { self.first.take() } else { self.second.take() };
        self.gone.extend(over);
        match self.stage {
            Stage::Joined => self.finish(Outcome::Spoke),
            Stage::LeavingMessage => self.finish(Outcome::MessageLeft),
            _ => self.give_up(plan, now),
        }
    }

    /// Ends this attempt; a customer on the line is not just cut off.
    fn give_up(&mut self, plan: &CallbackPlan, now: Timestamp) -> Vec<Action> {
        let (first, second) = (self.first.take(), self.second.take());
        let waits = self.stage == Stage::CallingSecond && plan.first == Side::Customer;
        let mut actions = match first {
            Some(call) if waits => {
                self.gone.push(call.clone());
                vec![Action::Apologise(call)]
            }
            first => self.hang_up(first),
        };
        actions.extend(self.hang_up(second));
        if self.attempt < plan.attempts {
            self.stage = Stage::Waiting;
            self.wait(plan, now.saturating_add(plan.pause).unwrap_or(Timestamp::MAX));
        } else {
            (self.stage, self.due) = (Stage::Done(Outcome::Unreached), None);
        }
        actions
    }

    /// Ends everything.
    fn finish(&mut self, outcome: Outcome) -> Vec<Action> {
        (self.stage, self.due) = (Stage::Done(outcome), None);
        let (first, second) = (self.first.take(), self.second.take());
        let mut actions = self.hang_up(first);
        actions.extend(self.hang_up(second));
        actions
    }

    fn wait(&mut self, plan: &CallbackPlan, until: Timestamp) {
        self.due = plan.hours.next(until);
        // The end of time comes first.
        if self.due.is_none() {
            self.stage = Stage::Done(Outcome::Unreached);
        }
    }

    fn be_patient(&mut self, plan: &CallbackPlan, now: Timestamp) {
        self.due = now.saturating_add(plan.patience).ok();
    }

    fn call(&self, side: Side) -> Action {
        Action::Call(Leg { side, attempt: self.attempt })
    }

    fn hang_up(&mut self, call: Option<CallSid>) -> Vec<Action> {
        let call = call.filter(|call| !self.gone.contains(call));
        self.gone.extend(call.clone());
        call.map(Action::HangUp).into_iter().collect()
    }

    /// Whether news of this leg still matters.
    fn is_current(&self, plan: &CallbackPlan, leg: Leg) -> bool {
        let wanted = match self.stage {
            Stage::CallingFirst => leg.side == plan.first,
            Stage::CallingSecond | Stage::Joined => true,
            Stage::LeavingMessage => leg.side == Side::Customer,
            Stage::Waiting | Stage::Done(_) => false,
        };
        wanted && leg.attempt == self.attempt
    }
}

/// Where it is not known who answers, a person is not hung up on.
fn is_machine(by: &AnsweredBy) -> bool {
    !matches!(by, AnsweredBy::Human | AnsweredBy::Unknown(_))
}
