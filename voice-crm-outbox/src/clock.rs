//! Where the time of day comes from, so that a test can say what time it is.

use std::{ops::Deref, sync::Arc};

use jiff::Timestamp;

/// Tells the time of day.
///
/// Policies compare instants that they are given; only the edges of the program ask a clock.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

impl<T: ?Sized + Clock> Clock for Arc<T> {
    fn now(&self) -> Timestamp {
        self.deref().now()
    }
}

impl<T: ?Sized + Clock> Clock for Box<T> {
    fn now(&self) -> Timestamp {
        self.deref().now()
    }
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
