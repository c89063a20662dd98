//! How fast the background goes: larger batches and more of them while the CRM takes any, small and few while it is
//! down. Pure.

use std::time::{Duration, Instant};

use crate::crm::{CrmError, CrmErrorKind, Receipt};

/// No batch is made smaller than this for trouble's sake.
const LEAST: usize = 8;
/// So many batches in a row of which the CRM took nothing are an outage; fewer are bad luck, where a third of the
/// requests fail. As many are under way at once.
const OUTAGE: u32 = 6;
/// The first pause after a batch of which the CRM took nothing; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// What the results of a try say of the CRM.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Health {
    /// It is at work.
    Well,
    /// It took some and was in trouble with others.
    Mixed,
    /// It took nothing, for reasons that are not the writes' own.
    Down,
}

impl Health {
    pub(super) fn of(results: &[Result<Receipt, CrmError>]) -> Self {
        let fared_ill = |result: &&Result<Receipt, CrmError>| matches!(result, Err(error) if !matches!(error.kind(), CrmErrorKind::Refused | CrmErrorKind::Transient | CrmErrorKind::UnderWay));
        // That an allowance is used up says that the CRM is at work. The budget knows when to ask again.
        let used_up = |result: &Result<Receipt, CrmError>| matches!(result, Err(error) if error.kind() == CrmErrorKind::Throttled);
        match results.iter().filter(fared_ill).count() {
            0 => Self::Well,
            ill if ill == results.len() && !results.iter().any(used_up) => Self::Down,
            _ => Self::Mixed,
        }
    }
}

/// A batch that has come to its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    /// How many writes it held.
    pub(super) writes: usize,
    /// When it was sent.
    pub(super) begun: Instant,
    /// What it says of the CRM.
    pub(super) health: Health,
}

/// The pace of the background.
#[derive(Debug)]
pub(super) struct Pace {
    most: usize,
    size: usize,
    most_batches: usize,
    batches: usize,
    downs: u32,
    pause: Duration,
    /// When the last pause began, and when it ends.
    paused: Option<(Instant, Instant)>,
}

impl Pace {
    /// The pace at the start: batches of at most `most` writes, `batches` of them at once.
    pub(super) fn new(most: usize, batches: usize) -> Self {
        let (most, most_batches) = (most.max(1), batches.max(1));
        let (size, batches) = (most, most_batches);
        Self { most, size, most_batches, batches, downs: 0, pause: Duration::ZERO, paused: None }
    }

    /// How many writes the next batch holds at most.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// How many batches may be under way.
    pub(super) fn batches(&self) -> usize {
        self.batches
    }

    /// How long until the next batch may be sent.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        self.paused.map_or(Duration::ZERO, |(_, until)| until.saturating_duration_since(now))
    }

    /// A batch has ended; `random` lies in `0.0..1.0`.
    pub(super) fn ended(&mut self, batch: Ended, now: Instant, random: f64) {
        let Ended { writes, begun, health } = batch;
        // What was sent before the pause began says nothing new of an outage.
        if health == Health::Down && self.paused.is_some_and(|(since, _)| begun <= since) {
            return;
        }
        self.downs = if health == Health::Down { self.downs.saturating_add(1) } else { 0 };
        match health {
            Health::Well | Health::Mixed => {
                if writes >= self.size {
                    self.size = (self.size * 2).min(self.most);
                }
                self.batches = (self.batches + 1).min(self.most_batches);
                (self.pause, self.paused) = (Duration::ZERO, None);
            }
            Health::Down if self.downs < OUTAGE => {}
            Health::Down => {
                self.size = (self.size / 2).clamp(LEAST.min(self.most), self.most);
                self.batches = 1;
                self.pause = (self.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
                self.paused = Some((now, now + self.pause.mul_f64(0.5 + random / 2.0)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 128;

    fn batch(writes: usize, begun: Instant, health: Health) -> Ended {
        Ended { writes, begun, health }
    }

    #[test]
    fn an_outage_is_met_by_one_small_batch_at_a_time_and_ever_longer_pauses() {
        let (mut pace, mut now) = (Pace::new(MOST, 4), Instant::now());
        let mut waits = Vec::new();
        (1..OUTAGE).for_each(|_| pace.ended(batch(MOST, now, Health::Down), now, 1.0));
        assert_eq!((pace.size(), pace.batches(), pace.wait(now)), (MOST, 4, Duration::ZERO));
        for _ in 0..10 {
            now += Duration::from_millis(1);
            pace.ended(batch(pace.size(), now, Health::Down), now, 1.0);
            waits.push(pace.wait(now).as_millis());
            now += pace.wait(now);
        }
        assert_eq!((pace.size(), pace.batches()), (LEAST, 1));
        assert_eq!(waits, [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000]);
    }

    #[test]
    fn batches_that_an_outage_met_together_make_one_pause() {
        let (mut pace, begun) = (Pace::new(MOST, 4), Instant::now());
        let ended = begun + Duration::from_secs(1);
        (0..OUTAGE + 3).for_each(|_| pace.ended(batch(MOST, begun, Health::Down), ended, 1.0));
        assert_eq!((pace.size(), pace.wait(ended)), (MOST / 2, FIRST_PAUSE));
    }

    #[test]
    fn after_an_outage_it_ramps_up_and_does_not_leap() {
        let (mut pace, now) = (Pace::new(MOST, 4), Instant::now());
        let at = |millis| now + Duration::from_millis(millis);
        (0..10).for_each(|number| pace.ended(batch(8, at(number), Health::Down), at(number), 1.0));
        let mut seen = Vec::new();
        for _ in 0..5 {
            seen.push((pace.size(), pace.batches()));
            pace.ended(batch(pace.size(), now, Health::Well), now, 1.0);
        }
        assert_eq!(seen, [(8, 1), (16, 2), (32, 3), (64, 4), (128, 4)]);
        assert_eq!(pace.wait(now), Duration::ZERO);
    }

    #[test]
    fn batches_that_are_not_full_say_nothing_for_larger_ones() {
        let (mut pace, now) = (Pace::new(MOST, 4), Instant::now());
        (0..OUTAGE).for_each(|_| pace.ended(batch(MOST, now, Health::Down), now, 0.0));
        pace.ended(batch(3, now, Health::Well), now, 0.0);
        assert_eq!(pace.size(), MOST / 2);
    }

    #[test]
    fn refusals_are_no_sign_of_an_outage() {
        let refused = || Err(CrmError::new(CrmErrorKind::Refused, "a rule"));
        let down = || Err(CrmError::new(CrmErrorKind::Unavailable, "down"));
        assert_eq!(Health::of(&[refused(), refused()]), Health::Well);
        assert_eq!(Health::of(&[refused(), down()]), Health::Mixed);
        assert_eq!(Health::of(&[down(), down()]), Health::Down);
        assert_eq!(Health::of(&[]), Health::Well);
    }

    #[test]
    fn eight_locked_rows_are_no_sign_of_an_outage() {
        let locked: Vec<_> = (0..8).map(|_| Err(CrmError::new(CrmErrorKind::Transient, "a lock"))).collect();
        assert_eq!(Health::of(&locked), Health::Well);
    }

    #[test]
    fn an_allowance_that_is_used_up_is_no_outage() {
        let throttled = || Err(CrmError::new(CrmErrorKind::Throttled, "pause"));
        assert_eq!(Health::of(&[throttled(), throttled()]), Health::Mixed);
    }
}
