//! Attempts as the outbox makes them, and what the sink answers.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use tokio::{sync::mpsc, time::timeout_at};

use super::SinkUnderTest;
use crate::{
    Attempt, Receipt, SinkError, Urgency,
    conformance::rule::Seen,
    deadline::Deadline,
    journal::{Lease, LeasedJob},
    sink::GRACE,
};

/// Time enough for any batch.
const AMPLE: Duration = Duration::from_secs(20);

/// What the sink said of each job, by the number of the job.
pub(super) type Answers = BTreeMap<u32, Result<Receipt, SinkError>>;

impl SinkUnderTest {
    /// How often the job with a number has taken effect.
    pub(super) async fn effects(&self, number: u32) -> usize {
        (self.effects)((self.job)(number).key()).await
    }

    /// Has the sink do jobs in one batch; each number comes with the word whether its attempt is marked.
    pub(super) async fn apply(
        &self,
        jobs: &[(u32, bool)],
        urgency: Urgency,
        within: Duration,
    ) -> Result<Answers, Seen> {
        let (answers, mut heard) = mpsc::unbounded_channel();
        let attempts = jobs.iter().enumerate().map(|(place, (number, may_have_applied))| {
            let first = LeasedJob::first(&(self.job)(*number), Vec::new(), None, Timestamp::UNIX_EPOCH);
            let leased = LeasedJob { may_have_applied: *may_have_applied, ..first };
            Attempt::new(Lease::new((i64::from(*number), 1), leased), place, answers.clone())
        });
        let attempts = attempts.collect();
        drop(answers);
        let deadline = Deadline::after(within);
        let applied =
            timeout_at(deadline.tokio() + GRACE, self.sink.apply(attempts, urgency, deadline)).await;
        if applied.is_err() {
            return Err(Seen::new("the sink did not keep to the deadline"));
        }
        let mut said = Answers::new();
        while let Ok((place, result)) = heard.try_recv() {
            let number = jobs.get(place).map(|(number, _)| *number).unwrap_or_default();
            said.insert(number, result);
        }
        Ok(said)
    }

    /// Has the sink do jobs that it must be able to do; gives the receipts by number.
    pub(super) async fn receipts(
        &self,
        jobs: &[(u32, bool)],
        urgency: Urgency,
    ) -> Result<BTreeMap<u32, Receipt>, Seen> {
        let mut receipts = BTreeMap::new();
        for (number, result) in self.apply(jobs, urgency, AMPLE).await? {
            let receipt =
                result.map_err(|error| Seen::new(format!("job {number} failed: {error:?} {error}")))?;
            receipts.insert(number, receipt);
        }
        if receipts.len() == jobs.len() {
            Ok(receipts)
        } else {
            Err(Seen::new(format!("{} of {} jobs were answered", receipts.len(), jobs.len())))
        }
    }
}
