//! The callback: we ring the customer back, at a time that suits, and bring the customer and an agent together.
//!
//! ```text
//! Waiting ──due, in hours──▶ CallingFirst ──a person──▶ CallingSecond ──a person──▶ Joined ──▶ Done
//!    ▲                            │ nobody, or a machine      │ nobody, or a machine
//!    └───────── attempts left ────┴───────────────────────────┘        no attempts left: Done
//!                                   a machine that takes messages: LeavingMessage ──▶ Done
//! ```
//!
//! [`CallBack`] is one callback, [`CallbackBook`] all of a service, which refuses a second one for a number that
//! has one already. Both only say what is to be done; [`Action::perform`] does it. After each event look at
//! [`CallBack::due`] and come back with [`Event::Due`] at that time.
//!
//! A webhook that is lost holds nothing up for longer than the plan's patience. A call of which nobody knows
//! whether it was placed ([`Ambiguous`](crate::error::ErrorKind::Ambiguous)) needs nothing done: either its webhooks
//! come, for they name the leg, or the patience runs out.

mod book;
mod hours;
mod leg;
mod machine;
mod perform;

use std::time::Duration;

pub use self::book::{CallbackBook, Duplicate};
pub use self::hours::{CallingHours, InvalidHours};
pub use self::leg::{Leg, Side};
pub use self::machine::{Action, CallBack, Event, Outcome, Stage};
pub use self::perform::{CallbackLine, Performed};

/// How all callbacks of a service are made.
///
/// ```
/// use jiff::civil::{Weekday, time};
/// use jiff::tz::TimeZone;
/// use twilio_client::recipe::callback::{CallingHours, CallbackPlan, OnMachine, Side};
///
/// let workdays = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
/// let hours = CallingHours::new(TimeZone::UTC, time(9, 0, 0, 0), time(18, 0, 0, 0), &workdays)?;
/// let plan = CallbackPlan::new(hours).attempts(3).first(Side::Customer).on_machine(OnMachine::LeaveMessage);
/// # let _ = plan;
/// # Ok::<(), twilio_client::recipe::callback::InvalidHours>(())
/// ```
#[derive(Clone, Debug)]
pub struct CallbackPlan {
    hours: CallingHours,
    attempts: u32,
    pause: Duration,
    patience: Duration,
    first: Side,
    on_machine: OnMachine,
}

/// What to do when the customer's voicemail answers.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum OnMachine {
    /// Do not look: whoever answers is spoken to.
    NotDetected,
    /// Hang up, and try again later.
    #[default]
    HangUp,
    /// Leave a message after the beep, and do not call again.
    LeaveMessage,
}

impl CallbackPlan {
    /// Rings in these hours, up to three times, half an hour apart; the agent first, and no messages are left.
    pub fn new(hours: CallingHours) -> Self {
        Self {
            hours,
            attempts: 3,
            pause: Duration::from_secs(1800),
            patience: Duration::from_secs(180),
            first: Side::Agent,
            on_machine: OnMachine::default(),
        }
    }

    /// How often to try; once at least.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// How long to wait before another attempt.
    #[must_use]
    pub fn pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// How long to wait for news of a leg before it is given up: longer than it may ring, and than a message may
    /// take.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Whom to call first. With the agent first the customer never waits for one; with the customer first no
    /// agent waits while nobody answers.
    #[must_use]
    pub fn first(mut self, side: Side) -> Self {
        self.first = side;
        self
    }

    /// What to do when the customer's voicemail answers.
    #[must_use]
    pub fn on_machine(mut self, what: OnMachine) -> Self {
        self.on_machine = what;
        self
    }

    fn second(&self) -> Side {
        self.first.other()
    }
}
