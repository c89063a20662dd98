//! What a piece of work cost this process: time, and CPU.

use std::time::{Duration, Instant};

/// The cost of one operation, in microseconds.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    time: f64,
    /// Only Linux tells.
    cpu: Option<f64>,
}

impl Cost {
    /// The middle one of several, for time and CPU each.
    pub(crate) fn middle(costs: &[Self]) -> Self {
        let time = middle(costs.iter().map(|cost| cost.time)).unwrap_or_default();
        Self { time, cpu: middle(costs.iter().filter_map(|cost| cost.cpu)) }
    }

    /// How many times as much as `other` it is.
    pub(crate) fn over(self, other: Self) -> Self {
        let cpu = self.cpu.zip(other.cpu).map(|(own, other)| own / other);
        Self { time: self.time / other.time, cpu }
    }

    /// As microseconds.
    pub(crate) fn micros(self) -> String {
        let cpu = self.cpu.map(|cpu| format!("  {cpu:>9.1} µs CPU")).unwrap_or_default();
        format!("{:>9.1} µs{cpu}", self.time)
    }

    /// As multiples.
    pub(crate) fn times(self) -> String {
        let cpu = self.cpu.map(|cpu| format!(", {cpu:.3} CPU")).unwrap_or_default();
        format!("{:.3}{cpu}", self.time)
    }
}

fn middle(of: impl Iterator<Item = f64>) -> Option<f64> {
    let mut all: Vec<f64> = of.collect();
    all.sort_unstable_by(f64::total_cmp);
    all.get(all.len() / 2).copied()
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
        let operations = u32::try_from(operations).unwrap_or(u32::MAX).max(1);
        let each = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(operations);
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
