//! One try of leased writes: what the CRM says of each, and what is to become of it.

use std::{collections::HashMap, panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt as _;
use jiff::Timestamp;
use tokio::time::timeout_at;

use super::{Writer, pace::Health};
use crate::{
    budget::Urgency,
    crm::{CrmError, CrmErrorKind, Receipt},
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
        let reasons = Reasons::of(&results, health);
        // What failed together comes back together, and shares the next request as well.
        let common = fastrand::f64();
        let settled = leases.into_iter().zip(results).map(|(lease, result)| {
            let is_common = result.as_ref().is_err_and(|error| reasons.is_common(error));
            let random = if is_common { common } else { fastrand::f64() };
            let settlement = self.verdict(&lease, result, (is_common, random), now);
            (lease, settlement)
        });
        Trial { settlements: settled.collect(), health }
    }

    fn verdict(
        &self,
        lease: &Lease,
        result: Result<Receipt, CrmError>,
        (is_common, random): (bool, f64),
        now: Timestamp,
    ) -> Settlement {
        let kind = lease.attempt().write.change.kind();
        if let Err(error) = &result
            && error.kind() != CrmErrorKind::UnderWay
        {
            telemetry::write_failed(lease.attempt().write.key, kind, error);
        }
        let age = (lease.attempts(), lease.accepted_at());
        let settlement = self.policy.verdict(result, age, is_common, now, random);
        telemetry::write_settled(kind, &settlement);
        settlement
    }
}

/// How many writes of a try failed for each reason.
struct Reasons(HashMap<(CrmErrorKind, Option<String>), usize>, Health);

impl Reasons {
    fn of(results: &[Result<Receipt, CrmError>], health: Health) -> Self {
        let mut counts = HashMap::new();
        for error in results.iter().filter_map(|result| result.as_ref().err()) {
            *counts.entry(reason(error)).or_default() += 1;
        }
        Self(counts, health)
    }

    /// Whether the failure is hardly the write's own: others met it with it, or nothing went through at all.
    fn is_common(&self, error: &CrmError) -> bool {
        self.1 == Health::Down || self.0.get(&reason(error)).is_some_and(|times| *times > 1)
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
