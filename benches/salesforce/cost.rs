//! What a piece of work cost this process: time, and CPU.

use std::fmt;
use std::time::{Duration, Instant};

/// The cost of one operation.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    time: Duration,
    /// Only Linux tells.
    cpu: Option<Duration>,
}

impl Cost {
    /// The middle one of several, for time and CPU each.
    pub(crate) fn middle(costs: &[Self]) -> Self {
        let middle = |mut times: Vec<Duration>| {
            times.sort_unstable();
            times.get(times.len() / 2).copied()
        };
        let time = middle(costs.iter().map(|cost| cost.time).collect()).unwrap_or_default();
        Self { time, cpu: middle(costs.iter().filter_map(|cost| cost.cpu).collect()) }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = |time: Duration| time.as_secs_f64() * 1e6;
        write!(f, "{:>9.1} µs", micros(self.time))?;
        self.cpu.map_or(Ok(()), |cpu| write!(f, "  {:>9.1} µs CPU", micros(cpu)))
    }
}

/// Measures from its start on.
pub(crate) struct Meter {
    started: Instant,
    cpu: Option<Duration>,
}

impl Meter {
    pub(crate) fn start() -> Self {
        Self { cpu: cpu(), started: Instant::now() }
    }

    /// The cost of each of so many operations.
    pub(crate) fn stop(self, operations: usize) -> Cost {
        let time = self.started.elapsed();
        let each = |time: Duration| time / u32::try_from(operations).unwrap_or(u32::MAX).max(1);
        let cpu = self.cpu.zip(cpu()).map(|(before, after)| each(after.saturating_sub(before)));
        Cost { time: each(time), cpu }
    }
}

/// The time that all threads of this process have run.
fn cpu() -> Option<Duration> {
    let tasks = std::fs::read_dir("/proc/self/task").ok()?;
    let nanos = tasks.filter_map(|task| {
        let text = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    Some(Duration::from_nanos(nanos.sum())).filter(|time| !time.is_zero())
}
