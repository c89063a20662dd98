//! Where the time of day comes from, so that a test can say what time it is.

use std::sync::Arc;

use jiff::Timestamp;

/// Tells the time of day.
///
/// Policies compare instants that they are given; only the edges of the bridge ask a clock.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

macro_rules! forward {
    ($($pointer:ident),+) => { $(
        impl<T: Clock + ?Sized> Clock for $pointer<T> {
            fn now(&self) -> Timestamp {
                (**self).now()
            }
        }
    )+ };
}

forward!(Arc, Box);

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
