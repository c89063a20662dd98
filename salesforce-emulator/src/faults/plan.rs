//! Faults by chance, drawn from a seeded generator so that a run can be repeated.

use std::time::Duration;

use super::{AfterStall, Fault};

/// How likely each fault is on a request, and how long every request takes.
#[derive(Clone, Debug)]
#[must_use = "a plan does nothing until it is set"]
pub struct FaultPlan {
    pub(super) latency: Duration,
    random: fastrand::Rng,
    chances: Vec<(f64, Fault)>,
}

impl FaultPlan {
    /// A plan without faults, whose draws are the same for the same seed.
    pub fn seeded(seed: u64) -> Self {
        Self { latency: Duration::ZERO, random: fastrand::Rng::with_seed(seed), chances: Vec::new() }
    }

    /// Adds a fault with its probability, from 0 to 1. The probabilities add up.
    pub fn chance(mut self, probability: f64, fault: Fault) -> Self {
        self.chances.push((probability, fault));
        self
    }

    /// Makes every request take this much longer.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// 503 with nothing done.
    pub fn unavailable(self, probability: f64) -> Self {
        self.chance(probability, Fault::Unavailable503BeforeWrite)
    }

    /// 503 though the request was carried out.
    pub fn unavailable_after_write(self, probability: f64) -> Self {
        self.chance(probability, Fault::Unavailable503AfterWrite)
    }

    /// A pause, after which the request is carried out.
    pub fn stall(self, probability: f64, lasting: Duration) -> Self {
        self.chance(probability, Fault::Stall { lasting, then: AfterStall::Write })
    }

    /// A pause, after which nothing is done.
    pub fn stall_in_vain(self, probability: f64, lasting: Duration) -> Self {
        self.chance(probability, Fault::Stall { lasting, then: AfterStall::Nothing })
    }

    /// The connection closed with nothing done.
    pub fn cut_before_write(self, probability: f64) -> Self {
        self.chance(probability, Fault::CutBeforeWrite)
    }

    /// The connection closed though the request was carried out.
    pub fn cut_after_write(self, probability: f64) -> Self {
        self.chance(probability, Fault::CutAfterWrite)
    }

    /// Too many requests at once.
    pub fn concurrent_limit(self, probability: f64) -> Self {
        self.chance(probability, Fault::ConcurrentRequestLimit)
    }

    /// A row that another transaction holds.
    pub fn row_lock(self, probability: f64) -> Self {
        self.chance(probability, Fault::RowLock)
    }

    /// The token no longer good.
    pub fn token_expired(self, probability: f64) -> Self {
        self.chance(probability, Fault::TokenExpired)
    }

    /// A proxy's error page.
    pub fn bad_gateway(self, probability: f64) -> Self {
        self.chance(probability, Fault::Html502)
    }

    pub(super) fn draw(&mut self) -> Option<Fault> {
        if self.chances.is_empty() {
            return None;
        }
        let mut rest = self.random.f64();
        self.chances.iter().find_map(|(probability, fault)| {
            rest -= probability;
            (rest < 0.0).then(|| fault.clone())
        })
    }
}

impl Default for FaultPlan {
    fn default() -> Self {
        Self::seeded(0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, FaultPlan};

    #[test]
    fn the_same_seed_draws_the_same_faults() {
        let draws = |seed| {
            let mut plan = FaultPlan::seeded(seed).unavailable(0.2).row_lock(0.1);
            (0..200).map(|_| plan.draw()).collect::<Vec<_>>()
        };
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
    }

    #[test]
    fn probabilities_are_kept() {
        let mut plan = FaultPlan::seeded(1).unavailable(0.2).row_lock(0.1);
        let drawn: Vec<_> = (0..10_000).map(|_| plan.draw()).collect();
        let count = |fault: Option<Fault>| drawn.iter().filter(|drawn| **drawn == fault).count();
        assert!((1_800..2_200).contains(&count(Some(Fault::Unavailable503BeforeWrite))));
        assert!((850..1_150).contains(&count(Some(Fault::RowLock))));
    }
}
