//! The org's clock, which runs as the machine's does and can be moved.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Refused;

/// How far the org's time is from the machine's, in milliseconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock(Arc<AtomicI64>);

/// Where the clock is to be moved.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) enum ClockOrder {
    /// To this instant.
    At(Timestamp),
    /// By so many seconds.
    AdvanceSeconds(i64),
}

impl Clock {
    pub(crate) fn now(&self) -> Timestamp {
        let machine = Timestamp::now();
        let shift = SignedDuration::from_millis(self.0.load(Ordering::Relaxed));
        machine.checked_add(shift).unwrap_or(machine)
    }

    pub(super) fn shown(&self) -> Value {
        json!({ "now": self.now().to_string() })
    }

    pub(super) fn reset(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    pub(super) fn set(&self, order: ClockOrder) -> Result<(), Refused> {
        let machine = Timestamp::now();
        let wanted = match order {
            ClockOrder::At(at) => Some(at),
            ClockOrder::AdvanceSeconds(seconds) => {
                self.now().checked_add(SignedDuration::from_secs(seconds)).ok()
            }
        };
        let wanted = wanted.ok_or_else(|| Refused::bad("The clock cannot be moved so far."))?;
        self.0.store(wanted.as_millisecond() - machine.as_millisecond(), Ordering::Relaxed);
        Ok(())
    }
}
