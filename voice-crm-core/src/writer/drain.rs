//! The background loop: takes what is due from the journal and brings it into the CRM.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use futures_util::FutureExt as _;
use tokio::task::JoinSet;

use super::Writer;
use crate::{deadline::Deadline, journal::Lease};

/// How long the loop sleeps when nothing is due and nobody wakes it: leases of a dead replica end unannounced.
const IDLE: Duration = Duration::from_secs(1);
/// How often writes that are long done are forgotten.
const HOUSEKEEPING: Duration = Duration::from_secs(600);
/// Few, so that no caller's write waits behind it.
const FORGOTTEN_AT_ONCE: usize = 500;

impl Writer {
    /// Runs until [`Writer::stop`]; comes back after a panic in a journal or a clock.
    pub(crate) async fn run(self: Arc<Self>) {
        let housekeeping = self.clone().housekeeping();
        let draining = async {
            while AssertUnwindSafe(self.clone().drain()).catch_unwind().await.is_err() {
                tracing::error!("the background writer panicked; it goes on");
                tokio::time::sleep(IDLE).await;
            }
        };
        tokio::select! {
            () = draining => {}
            () = housekeeping => {}
        }
    }

    async fn drain(self: Arc<Self>) {
        let mut batches = JoinSet::new();
        while !self.stopping.load(Ordering::Acquire) {
            while batches.try_join_next().is_some() {}
            if batches.len() >= self.policy.batches.max(1) {
                batches.join_next().await;
                continue;
            }
            let (leases, sleep) = self.claim().await;
            if !leases.is_empty() {
                batches.spawn(self.clone().bring(leases));
                continue;
            }
            tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep(sleep) => {}
            }
        }
        while batches.join_next().await.is_some() {}
    }

    /// Forgets, every ten minutes, all that is long done.
    async fn housekeeping(self: Arc<Self>) {
        loop {
            while self.forget().await == FORGOTTEN_AT_ONCE {}
            tokio::time::sleep(HOUSEKEEPING).await;
        }
    }

    /// Takes what is due, and says how long there is nothing more.
    async fn claim(&self) -> (Vec<Lease>, Duration) {
        let now = self.clock.now();
        let lease = self.policy.batch_patience + self.policy.lease_margin;
        match self.journal.claim(now, lease, self.policy.batch.max(1)).await {
            Ok(claimed) => {
                let until_next = claimed.next_due.map(|due| due.duration_since(now).unsigned_abs());
                (claimed.leases, until_next.map_or(IDLE, |span| span.clamp(Duration::from_millis(5), IDLE)))
            }
            Err(error) => {
                tracing::error!(%error, "the journal could not be read; trying again");
                (Vec::new(), IDLE)
            }
        }
    }

    async fn bring(self: Arc<Self>, leases: Vec<Lease>) {
        let Ok(_under_way) = self.under_way.clone().try_read_owned() else { return };
        let settlements = self.apply(&leases, Deadline::after(self.policy.batch_patience)).await;
        self.settle(settlements).await;
    }

    async fn forget(&self) -> usize {
        let Ok(before) = self.clock.now().checked_sub(self.policy.memory) else { return 0 };
        self.journal.forget(before, FORGOTTEN_AT_ONCE).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "old entries of the journal could not be forgotten");
            0
        })
    }
}
