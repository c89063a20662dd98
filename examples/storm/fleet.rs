//! The replicas of the server: which of them runs, which is down, and until when.

use std::{path::Path, time::Duration};

use salesforce_emulator::Org;
use tokio::time::Instant;

use crate::{plan::Plan, replica::Replica};

/// How long a replica stays down that was killed, in milliseconds; one without others comes back at once.
const DOWN_FOR: std::ops::Range<u64> = 1_000..4_000;

/// All replicas, which share one journal.
pub(crate) struct Fleet {
    replicas: Vec<Replica>,
    /// Those that are down, and when each comes back; the one killed first stands first.
    down: Vec<(usize, Instant)>,
}

impl Fleet {
    /// Starts as many as are planned, on a database or on a file in a folder.
    pub(crate) async fn start(
        org: &Org,
        database: Option<String>,
        folder: &Path,
        plan: &Plan,
    ) -> Result<Self, String> {
        let journal = database.unwrap_or_else(|| format!("sqlite:{}", folder.join("journal.db").display()));
        let mut replicas = Vec::new();
        for _ in 0..plan.replicas {
            let mut replica = Replica::new(org, journal.clone(), plan)?;
            replica.start().await?;
            replicas.push(replica);
        }
        Ok(Self { replicas, down: Vec::new() })
    }

    /// Where the webhooks of each go.
    pub(crate) fn urls(&self) -> Vec<String> {
        self.replicas.iter().map(Replica::url).collect()
    }

    /// Kills one that runs. Of several, one stays.
    pub(crate) async fn kill(&mut self, random: &mut fastrand::Rng) -> Result<(), String> {
        let alone = self.replicas.len() == 1;
        while !alone && self.replicas.len() - self.down.len() < 2 {
            let (longest_down, _) = self.down.remove(0);
            self.replicas[longest_down].start().await?;
        }
        let running: Vec<usize> =
            (0..self.replicas.len()).filter(|one| self.down.iter().all(|(down, _)| down != one)).collect();
        let Some(unlucky) = random.choice(running) else { return Ok(()) };
        self.replicas[unlucky].kill()?;
        if alone {
            return self.replicas[unlucky].start().await;
        }
        let down_for = Duration::from_millis(random.u64(DOWN_FOR));
        self.down.push((unlucky, Instant::now() + down_for));
        Ok(())
    }

    /// Waits, and starts again whatever has been down for long enough.
    pub(crate) async fn wait(&mut self, span: Duration) -> Result<(), String> {
        let until = Instant::now() + span;
        while let Some(place) = self.next_back().filter(|place| self.down[*place].1 <= until) {
            let (back, at) = self.down.remove(place);
            tokio::time::sleep_until(at).await;
            self.replicas[back].start().await?;
        }
        tokio::time::sleep_until(until).await;
        Ok(())
    }

    /// Starts again whatever is down.
    pub(crate) async fn restore(&mut self) -> Result<(), String> {
        for (back, _) in std::mem::take(&mut self.down) {
            self.replicas[back].start().await?;
        }
        Ok(())
    }

    /// Ends all, and tells the largest share of memory that one of them came to, in kB.
    pub(crate) fn stop(self) -> Result<u64, String> {
        let shares: Result<Vec<u64>, String> = self.replicas.into_iter().map(Replica::stop).collect();
        Ok(shares?.into_iter().max().unwrap_or_default())
    }

    fn next_back(&self) -> Option<usize> {
        (0..self.down.len()).min_by_key(|place| self.down[*place].1)
    }
}
