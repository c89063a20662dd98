//! One try of leased writes: what the CRM says of each, and what is to become of it.

use std::{collections::HashMap, panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt as _;
use jiff::Timestamp;
use tokio::time::timeout_at;

use super::{Writer, pace::Health};
use crate::{
    crm::{CrmError, CrmErrorKind, Receipt, Urgency},
    deadline::Deadline,
    journal::{Lease, Settlement},
    telemetry,
};

/// How long after its deadline a CRM may still tell what became of each write.
const GRACE: Duration = Duration::from_millis(500);

/// What came of a try.
pub(super) struct Trial {
    /// What is to become of each write.
    pub(super) settlements: Vec<(Lease, Settlement)>,
    /// What it says of the CRM.
    pub(super) health: Health,
}

impl Writer {
    /// Applies leased writes, and says what is to become of each.
    ///
    /// The CRM keeps to the deadline itself and tells of each write; the limit here is for one that does not.
    pub(super) async fn try_writes(&self, leases: Vec<Lease>, urgency: Urgency, deadline: Deadline) -> Trial {
        let attempts: Vec<_> = leases.iter().map(|lease| lease.attempt().clone()).collect();
        let limit = deadline.tokio() + GRACE;
        let applying = AssertUnwindSafe(self.crm.apply(&attempts, urgency, deadline)).catch_unwind();
        let mut results = match timeout_at(limit, applying).await {
            Ok(Ok(results)) => results,
            Ok(Err(_panic)) => attempts.iter().map(|_| Err(panicked())).collect(),
            Err(_) => attempts.iter().map(|_| Err(late())).collect(),
        };
        results.resize_with(leases.len(), || Err(late()));
        let health = Health::of(&results);
        let now = self.clock.now();
        let reasons = Reasons::of(&leases, &results, health);
        // What failed together comes back together, and shares the next request as well.
        let common = fastrand::f64();
        let settled = leases.into_iter().zip(results).map(|(lease, result)| {
            let shared = result.as_ref().err().and_then(|error| reasons.shared_attempts(error));
            let random = if shared.is_some() { common } else { fastrand::f64() };
            let counted = shared.unwrap_or_else(|| lease.attempts());
            let settlement = self.verdict(&lease, result, (counted, random), now);
            (lease, settlement)
        });
        Trial { settlements: settled.collect(), health }
    }

    fn verdict(
        &self,
        lease: &Lease,
        result: Result<Receipt, CrmError>,
        (counted, random): (u32, f64),
        now: Timestamp,
    ) -> Settlement {
        let kind = lease.attempt().write.change.kind();
        if let Err(error) = &result
            && error.kind() != CrmErrorKind::UnderWay
        {
            telemetry::write_failed(lease.attempt().write.key, kind, error);
        }
        let age = (lease.attempts(), lease.accepted_at());
        // Nobody has looked yet whether the try that went before this refusal has made it.
        let may_stand = result.as_ref().is_err_and(|error| {
            error.kind() == CrmErrorKind::Refused && error.may_have_applied() && !lease.attempt().may_exist
        });
        let settlement = if may_stand {
            Settlement::Retry { at: now, may_exist: true }
        } else {
            self.policy.verdict(result, age, counted, now, random)
        };
        telemetry::write_settled(kind, &settlement);
        settlement
    }
}

/// Writes that failed together this often have a failure of their own after all.
const OFTEN: u32 = 10;

/// How many writes of a try failed for each reason, and how often the one that was tried least had been.
struct Reasons {
    groups: HashMap<(CrmErrorKind, Option<String>), (usize, u32)>,
    health: Health,
}

impl Reasons {
    fn of(leases: &[Lease], results: &[Result<Receipt, CrmError>], health: Health) -> Self {
        let mut groups = HashMap::new();
        for (lease, result) in leases.iter().zip(results) {
            let Err(error) = result else { continue };
            let (times, least) = groups.entry(reason(error)).or_insert((0, u32::MAX));
            *times += 1;
            *least = lease.attempts().min(*least);
        }
        Self { groups, health }
    }

    /// By how many attempts the pause of a write is reckoned that failed together with others, so that they come back
    /// together; `None` for one that failed by itself, or waits for something of its own.
    fn shared_attempts(&self, error: &CrmError) -> Option<u32> {
        let (times, least) = *self.groups.get(&reason(error))?;
        let is_down = self.health == Health::Down;
        if error.kind() == CrmErrorKind::UnderWay || (times == 1 && !is_down) {
            return None;
        }
        // In an outage it is the whole background that pauses; the writes themselves shall be at hand after it.
        Some(if is_down { 0 } else { least.saturating_sub(OFTEN) })
    }
}

fn reason(error: &CrmError) -> (CrmErrorKind, Option<String>) {
    (error.kind(), error.code().map(str::to_owned))
}

/// Nothing was heard by the deadline, which says nothing about what happened.
fn late() -> CrmError {
    CrmError::new(CrmErrorKind::Late, "the CRM did not answer by the deadline").that_may_have_applied(true)
}

/// The adapter to the CRM is broken; nobody knows how far it came.
fn panicked() -> CrmError {
    tracing::error!("the adapter to the CRM panicked");
    CrmError::new(CrmErrorKind::Unavailable, "the adapter to the CRM panicked").that_may_have_applied(true)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        crm::{Attempt, Change, NewCase, Write, WriteKey},
        journal::Lane,
    };

    fn leases(attempts: &[u32]) -> Vec<Lease> {
        let lease = |(number, attempts): (u8, &u32)| {
            let write = Write {
                key: WriteKey::from_bytes([number; 16]),
                change: Change::CreateCase(NewCase::default()),
            };
            let attempt = Attempt { write: Arc::new(write), may_exist: false, earlier: Vec::new() };
            Lease::new(Lane::new("lane"), (i64::from(number), 1), attempt, *attempts, Timestamp::UNIX_EPOCH)
        };
        (0..).zip(attempts).map(lease).collect()
    }

    fn shared(attempts: &[u32], kind: CrmErrorKind, taken: usize) -> Option<u32> {
        let leases = leases(attempts);
        let failed = || CrmError::new(kind, "no");
        let results: Vec<_> = (0..leases.len())
            .map(|place| if place < taken { Ok(Receipt::default()) } else { Err(failed()) })
            .collect();
        let health = Health::of(&results);
        Reasons::of(&leases, &results, health).shared_attempts(&failed())
    }

    #[test]
    fn what_fails_together_is_reckoned_together_and_backs_off_when_it_is_for_ever_the_same_few() {
        use CrmErrorKind::{Unavailable, UnderWay};
        assert_eq!(shared(&[0, 5], Unavailable, 1), None, "one by itself");
        assert_eq!(shared(&[0, 5, 7], Unavailable, 1), Some(0), "two of them, for now");
        assert_eq!(shared(&[0, 15, 17], Unavailable, 1), Some(5), "the same two again and again");
        assert_eq!(shared(&[19], Unavailable, 0), Some(0), "an outage");
        assert_eq!(shared(&[9, 9, 9], UnderWay, 1), None, "each waits for something of its own");
    }
}
