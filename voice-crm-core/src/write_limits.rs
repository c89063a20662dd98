//! How much one call, and one number, may have written: a stranger must not be able to fill a CRM by telephone.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use tokio::join;

use crate::{clock::Clock, outbox::store::Store, phone::PhoneNumber};
use counter::{Counter, Place};

mod counter;

/// No call is longer.
const CALL: Duration = Duration::from_secs(4 * 3600);
/// How many calls and numbers are kept in mind. What is forgotten is read again.
const ROOM: u64 = 100_000;

/// How many writes functions may make on one call, and for one number that calls.
///
/// What is delivered again is no further write, and what the bridge notes of a call by itself counts for nothing.
///
/// ```
/// use std::time::Duration;
/// use voice_crm_core::WriteLimits;
///
/// let limits = WriteLimits::new().per_call(10).per_number(30, Duration::from_secs(3600));
/// # let _ = limits;
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct WriteLimits {
    per_call: u32,
    per_number: u32,
    window: Duration,
}

impl WriteLimits {
    /// 20 on a call and 60 an hour for a number.
    ///
    /// A caller with a real concern makes two or three records, and a long call about several of them hardly ten. An
    /// hour of one number is that of a whole office behind it: three people who talk without a pause.
    pub fn new() -> Self {
        Self { per_call: 20, per_number: 60, window: Duration::from_secs(3600) }
    }

    /// No limit: for a bridge whose callers are all known, and for load tests.
    pub fn unlimited() -> Self {
        Self { per_call: u32::MAX, per_number: u32::MAX, ..Self::new() }
    }

    /// How many there may be on one call. 20 unless said.
    pub fn per_call(mut self, writes: u32) -> Self {
        self.per_call = writes;
        self
    }

    /// How many there may be for one number within a span that begins with the first of them. 60 an hour unless said.
    ///
    /// The number is the one that the network gives and does not deny. Callers who keep it back have the limit of their
    /// calls alone.
    pub fn per_number(mut self, writes: u32, span: Duration) -> Self {
        (self.per_number, self.window) = (writes, span);
        self
    }
}

impl Default for WriteLimits {
    fn default() -> Self {
        Self::new()
    }
}

/// Which limit is reached.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Limit {
    Call,
    Number,
}

impl Limit {
    /// One word for a counter and a log.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Number => "number",
        }
    }
}

/// The writes of calls and numbers, counted.
///
/// This process counts in memory, and adds what was written to the store beside the journal while nobody waits for it.
/// The store is read when a call or number is seen for the first time, and again when its limit seems to be reached, so
/// that a restart or another replica forgets nothing for longer than it takes to write a number down.
pub(crate) struct WriteQuota {
    limits: WriteLimits,
    organisation: String,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    calls: Cache<String, Arc<Counter>>,
    numbers: Cache<PhoneNumber, Arc<Counter>>,
}

/// A place for one write, which is free again unless the write was made.
pub(crate) struct Permit(Option<[Option<Place>; 2]>);

impl Permit {
    /// The write was made: it counts from now on.
    pub(crate) fn used(self) {
        for place in self.0.into_iter().flatten().flatten() {
            place.take();
        }
    }
}

impl WriteQuota {
    pub(crate) fn new(
        limits: WriteLimits,
        organisation: &str,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            limits,
            organisation: organisation.to_owned(),
            store,
            clock,
            calls: Cache::builder().max_capacity(ROOM).time_to_live(CALL).build(),
            numbers: Cache::builder().max_capacity(ROOM).time_to_live(limits.window).build(),
        }
    }

    /// A place for a write on the call with this lane, from this number.
    ///
    /// # Errors
    /// The limit that is reached.
    pub(crate) async fn permit(&self, lane: &str, number: Option<&PhoneNumber>) -> Result<Permit, Limit> {
        let WriteLimits { per_call, per_number, window } = self.limits;
        if per_call == u32::MAX && per_number == u32::MAX {
            return Ok(Permit(None));
        }
        let call = self.calls.get_with_by_ref(lane, || self.counter("call", lane, per_call, CALL));
        let number = number.map(|number| {
            self.numbers
                .get_with_by_ref(number, || self.counter("number", number.as_e164(), per_number, window))
        });
        let of_number = async {
            match &number {
                Some(number) => number.reserve().await.map(Some),
                None => Some(None),
            }
        };
        match join!(call.reserve(), of_number) {
            (None, _) => Err(Limit::Call),
            (_, None) => Err(Limit::Number),
            (call, Some(number)) => Ok(Permit(Some([call, number]))),
        }
    }

    fn counter(&self, kind: &str, name: &str, limit: u32, lasts: Duration) -> Arc<Counter> {
        let key = counter::key(kind, &self.organisation, name);
        Arc::new(Counter::new(key, limit, lasts, self.store.clone(), self.clock.clone()))
    }
}
