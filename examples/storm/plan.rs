//! What is to happen in a storm; the same seed draws the same faults.

use std::{path::PathBuf, time::Duration};

/// The plan of a run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) calls: usize,
    pub(crate) turns: usize,
    pub(crate) pause: Duration,
    pub(crate) unavailable: f64,
    pub(crate) stalls: f64,
    pub(crate) cuts: f64,
    pub(crate) stall: Duration,
    /// How many API calls the org takes in how long.
    pub(crate) limit: Option<(u64, Duration)>,
    pub(crate) kills: usize,
    pub(crate) revocations: usize,
    /// Whether the journal is in PostgreSQL, and not in a file.
    pub(crate) on_postgres: bool,
    pub(crate) replicas: usize,
    pub(crate) postgres_restarts: usize,
    pub(crate) seed: u64,
    pub(crate) svg: Option<PathBuf>,
}

impl Plan {
    /// Reads the command line. The error is a sentence for the person who typed it.
    pub(crate) fn read() -> Result<Self, String> {
        let mut plan = Self {
            calls: 50,
            turns: 4,
            pause: Duration::from_millis(600),
            unavailable: 0.2,
            stalls: 0.1,
            cuts: 0.05,
            stall: Duration::from_secs(3),
            limit: Some((100, Duration::from_secs(20))),
            kills: 2,
            revocations: 1,
            on_postgres: false,
            replicas: 1,
            postgres_restarts: 0,
            seed: fastrand::u64(..),
            svg: None,
        };
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
            let lexopt::Arg::Long(name) = argument else { return Err(usage()) };
            let name = name.to_owned();
            let value = parser.value().map_err(|error| error.to_string())?.to_string_lossy().into_owned();
            plan.set(&name, &value).ok_or_else(|| format!("--{name} {value}: {}", usage()))?;
        }
        if plan.unavailable + plan.stalls + plan.cuts > 0.9 {
            return Err("the faults add up to more than nine tenths of all API calls".to_owned());
        }
        if !plan.on_postgres && (plan.replicas > 1 || plan.postgres_restarts > 0) {
            return Err("replicas share a journal in PostgreSQL only: --journal postgres".to_owned());
        }
        Ok(plan)
    }

    fn set(&mut self, name: &str, value: &str) -> Option<()> {
        let milliseconds = || value.parse().ok().map(Duration::from_millis);
        match name {
            "calls" => self.calls = value.parse().ok().filter(|calls| (1..=20_000).contains(calls))?,
            "turns" => self.turns = value.parse().ok().filter(|turns| (1..=1_000).contains(turns))?,
            "pause" => self.pause = milliseconds()?,
            "unavailable" => self.unavailable = value.parse().ok()?,
            "stalls" => self.stalls = value.parse().ok()?,
            "cuts" => self.cuts = value.parse().ok()?,
            "stall-ms" => self.stall = milliseconds()?,
            "limit" if value == "off" => self.limit = None,
            "limit" => {
                let (calls, seconds) = value.split_once('/')?;
                self.limit = Some((calls.parse().ok()?, Duration::from_secs(seconds.parse().ok()?)));
            }
            "kills" => self.kills = value.parse().ok()?,
            "revocations" => self.revocations = value.parse().ok()?,
            "journal" => {
                self.on_postgres = match value {
                    "postgres" => true,
                    "sqlite" => false,
                    _ => return None,
                }
            }
            "replicas" => {
                self.replicas = value.parse().ok().filter(|replicas| (1..=6).contains(replicas))?;
            }
            "postgres-restarts" => self.postgres_restarts = value.parse().ok()?,
            "seed" => self.seed = value.parse().ok()?,
            "svg" => self.svg = Some(value.into()),
            _ => return None,
        }
        Some(())
    }

    /// How many records the org has in the end: the cases, and a log for each call.
    pub(crate) fn records(&self) -> usize {
        self.calls * (self.turns + 1)
    }

    /// The plan in a sentence.
    pub(crate) fn told(&self) -> String {
        let limit = match self.limit {
            Some((calls, span)) => format!("{calls} API calls per {} s", span.as_secs()),
            None => "no limit".to_owned(),
        };
        let journal = if self.on_postgres {
            format!("PostgreSQL, which crashes {} times", self.postgres_restarts)
        } else {
            "SQLite".to_owned()
        };
        format!(
            "{} calls with {} tool calls each; {:.0} % 503, {:.0} % stalls of {} ms, {:.0} % cuts, {limit}, {} \
             kills, {} revocations; {} on {journal}; seed {}",
            self.calls,
            self.turns,
            self.unavailable * 100.0,
            self.stalls * 100.0,
            self.stall.as_millis(),
            self.cuts * 100.0,
            self.kills,
            self.revocations,
            if self.replicas == 1 { "one server".to_owned() } else { format!("{} replicas", self.replicas) },
            self.seed,
        )
    }
}

fn usage() -> String {
    "the options are --calls N --turns N --pause MS --unavailable P --stalls P --stall-ms MS --cuts P \
     --limit CALLS/SECONDS|off --kills N --revocations N \
     --journal sqlite|postgres --replicas N --postgres-restarts N --seed N --svg FILE"
        .to_owned()
}
