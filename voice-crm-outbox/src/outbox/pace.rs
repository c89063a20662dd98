//! How fast the background goes: larger batches and more of them while the sink takes any, small and few while it is
//! down. Jobs that keep failing have batches and a size of their own. Pure.

use std::time::{Duration, Instant};

use crate::{SinkError, SinkErrorKind, journal::FAILING_AFTER};

/// No batch is made smaller than this because the sink is down.
const LEAST: usize = 8;
/// So many batches in a row of which the sink took nothing are an outage; fewer are bad luck, where a third of the
/// requests fail. As many are under way at once.
const OUTAGE: u32 = 6;
/// The first pause after a batch of which the sink took nothing; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// The longest pause between failing jobs that are tried one by one, while nobody else's job is taken. It is short, since
/// the oldest come first: those behind them get their turn only while the oldest back off.
const LONGEST_FAILING_PAUSE: Duration = Duration::from_secs(1);
/// While others are due, one batch of failing jobs comes after so many batches of others: a fifth of all at most.
const FAILING_EVERY: u32 = 4;
/// By how much a batch of failing jobs grows once the sink takes any of them.
const FAILING_GROWTH: usize = 4;
/// By how much it shrinks at most when the sink takes none of a few.
const FAILING_SHRINKAGE: usize = 8;

/// What the results of a batch say of the sink.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Health {
    /// It is at work.
    Healthy,
    /// It took some, or its allowance is used up.
    Mixed,
    /// It took nothing, for reasons that are not the jobs' own.
    Failing,
    /// All that failed keeps failing whatever becomes of others, so it says nothing of the sink.
    Unknown,
}

impl Health {
    /// `results` tells of each job how often it had failed before and what the sink said.
    pub(super) fn of<'a>(results: impl Iterator<Item = (u32, Option<&'a SinkError>)>) -> Self {
        let (mut answered, mut failed, mut throttled, mut known_to_fail) = (false, false, false, false);
        for (attempts, error) in results {
            match error {
                None => answered = true,
                Some(error) if error.kind().is_of_the_job() => answered = true,
                // An allowance that is used up shows that the sink is at work. Its capacity says when to ask again.
                Some(error) if error.kind() == SinkErrorKind::Throttled => throttled = true,
                Some(_) if attempts >= FAILING_AFTER => known_to_fail = true,
                Some(_) => failed = true,
            }
        }
        match (answered || throttled, failed, known_to_fail) {
            (true, false, _) if !throttled => Self::Healthy,
            (true, ..) => Self::Mixed,
            (false, true, _) => Self::Failing,
            (false, false, true) => Self::Unknown,
            (false, false, false) => Self::Healthy,
        }
    }
}

/// A batch that has come to its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    /// How many jobs it held.
    pub(super) jobs: usize,
    /// When it was sent.
    pub(super) begun: Instant,
    /// What it says of the sink.
    pub(super) health: Health,
    /// Whether it held jobs that keep failing.
    pub(super) failing: bool,
}

/// The pace of the background.
#[derive(Debug)]
pub(super) struct Pace {
    most: usize,
    size: usize,
    most_batches: usize,
    batches: usize,
    outages: u32,
    pause: Duration,
    /// When the last pause began, and when it ends.
    paused: Option<(Instant, Instant)>,
    failing_size: usize,
    failing_pause: Duration,
    failing_paused_until: Option<Instant>,
    is_failing_under_way: bool,
    /// How many other batches were sent since the last one of failing jobs.
    sent_since_failing: u32,
}

impl Pace {
    /// The pace at the start: batches of at most `most` jobs, `batches` of them at once.
    pub(super) fn new(most: usize, batches: usize) -> Self {
        let (most, most_batches) = (most.max(1), batches.max(1));
        Self {
            most,
            size: most,
            most_batches,
            batches: most_batches,
            outages: 0,
            pause: Duration::ZERO,
            paused: None,
            failing_size: most,
            failing_pause: Duration::ZERO,
            failing_paused_until: None,
            is_failing_under_way: false,
            sent_since_failing: FAILING_EVERY,
        }
    }

    /// How many jobs the next batch holds at most.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// How many jobs the next batch of failing jobs holds at most; none while one is under way, or while it is the turn
    /// of others, or after one that failed by itself.
    pub(super) fn failing_size(&self, now: Instant) -> usize {
        let is_turn = self.sent_since_failing >= FAILING_EVERY;
        let is_over = self.failing_paused_until.is_none_or(|until| until <= now);
        let may = !self.is_failing_under_way && is_turn && is_over;
        if may { self.failing_size } else { 0 }
    }

    /// How many batches may be under way. One of failing jobs takes no place of the others, except in an outage, when the
    /// sink is asked once at a time.
    pub(super) fn batches(&self) -> usize {
        self.batches + usize::from(self.is_failing_under_way && !self.is_outage())
    }

    /// How long until the next batch may be sent.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        self.paused.map_or(Duration::ZERO, |(_, until)| until.saturating_duration_since(now))
    }

    /// Whether so many batches in a row came to nothing that the sink counts as down.
    pub(super) fn is_outage(&self) -> bool {
        self.outages >= OUTAGE
    }

    /// What was claimed is sent: whether there were failing jobs among it, and whether more of the others may be due.
    pub(super) fn sent(&mut self, others: bool, failing: bool, more_are_due: bool) {
        self.is_failing_under_way |= failing;
        self.sent_since_failing = match (failing, more_are_due) {
            (true, _) => 0,
            (false, true) => self.sent_since_failing.saturating_add(u32::from(others)),
            (false, false) => FAILING_EVERY,
        };
    }

    /// A batch was not sent after all, or broke off.
    pub(super) fn broke_off(&mut self, failing: bool) {
        self.is_failing_under_way &= !failing;
    }

    /// A batch has ended; `random` lies in `0.0..1.0`.
    pub(super) fn ended(&mut self, batch: Ended, now: Instant, random: f64) {
        let Ended { jobs, begun, health, failing } = batch;
        if failing {
            self.is_failing_under_way = false;
            self.resize_failing(jobs, health, now, random);
        }
        // What was sent before the pause began says nothing new of an outage.
        if health == Health::Failing && self.paused.is_some_and(|(since, _)| begun <= since) {
            return;
        }
        match health {
            Health::Unknown => {}
            Health::Healthy | Health::Mixed => self.recover(jobs >= self.size && !failing),
            Health::Failing => {
                self.outages = self.outages.saturating_add(1);
                if self.is_outage() {
                    self.size = (self.size / 2).clamp(LEAST.min(self.most), self.most);
                    self.batches = 1;
                    self.pause = (self.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
                    self.paused = Some((now, now + self.pause.mul_f64(0.5 + random / 2.0)));
                }
            }
        }
    }

    /// The sink took a job that somebody waited for, so it is not down, whatever becomes of the batches.
    pub(super) fn taken_live(&mut self) {
        self.recover(true);
    }

    fn recover(&mut self, larger: bool) {
        if larger {
            self.size = (self.size * 2).min(self.most);
        }
        self.batches = (self.batches + 1).min(self.most_batches);
        (self.outages, self.pause, self.paused) = (0, Duration::ZERO, None);
        (self.failing_pause, self.failing_paused_until) = (Duration::ZERO, None);
    }

    /// A batch of failing jobs that came to nothing may do so because of one of them: smaller batches find it. A small
    /// batch that fails says little of a large one, where requests fail by chance. Where not even one job by itself is
    /// taken, and nobody else's, the sink may be down.
    fn resize_failing(&mut self, jobs: usize, health: Health, now: Instant, random: f64) {
        match health {
            Health::Healthy | Health::Mixed => {
                self.failing_size = self.failing_size.saturating_mul(FAILING_GROWTH).min(self.most);
            }
            Health::Unknown | Health::Failing => {
                self.failing_size = (jobs / 2).max(self.failing_size / FAILING_SHRINKAGE).max(1);
                if jobs == 1 {
                    self.failing_pause = (self.failing_pause * 2).clamp(FIRST_PAUSE, LONGEST_FAILING_PAUSE);
                    self.failing_paused_until = Some(now + self.failing_pause.mul_f64(0.5 + random / 2.0));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SinkErrorKind::{Refused, Throttled, Transient, Unavailable};

    const MOST: usize = 128;

    fn batch(jobs: usize, begun: Instant, health: Health) -> Ended {
        Ended { jobs, begun, health, failing: false }
    }

    #[test]
    fn an_outage_is_met_by_one_small_batch_at_a_time_and_ever_longer_pauses() {
        let (mut pace, mut now) = (Pace::new(MOST, 4), Instant::now());
        let mut waits = Vec::new();
        (1..OUTAGE).for_each(|_| pace.ended(batch(MOST, now, Health::Failing), now, 1.0));
        assert_eq!((pace.size(), pace.batches(), pace.wait(now)), (MOST, 4, Duration::ZERO));
        for _ in 0..10 {
            now += Duration::from_millis(1);
            pace.ended(batch(pace.size(), now, Health::Failing), now, 1.0);
            waits.push(pace.wait(now).as_millis());
            now += pace.wait(now);
        }
        assert_eq!((pace.size(), pace.batches()), (LEAST, 1));
        pace.sent(false, true, false);
        assert_eq!(pace.batches(), 1, "one of failing jobs comes to no other");
        assert_eq!(waits, [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000]);
    }

    #[test]
    fn batches_that_an_outage_met_together_make_one_pause() {
        let (mut pace, begun) = (Pace::new(MOST, 4), Instant::now());
        let ended = begun + Duration::from_secs(1);
        (0..OUTAGE + 3).for_each(|_| pace.ended(batch(MOST, begun, Health::Failing), ended, 1.0));
        assert_eq!((pace.size(), pace.wait(ended)), (MOST / 2, FIRST_PAUSE));
    }

    #[test]
    fn after_an_outage_it_ramps_up_and_does_not_leap() {
        let (mut pace, now) = (Pace::new(MOST, 4), Instant::now());
        let at = |millis| now + Duration::from_millis(millis);
        (0..10).for_each(|number| pace.ended(batch(8, at(number), Health::Failing), at(number), 1.0));
        let mut seen = Vec::new();
        for _ in 0..5 {
            seen.push((pace.size(), pace.batches()));
            pace.ended(batch(pace.size(), now, Health::Healthy), now, 1.0);
        }
        assert_eq!(seen, [(8, 1), (16, 2), (32, 3), (64, 4), (128, 4)]);
        assert_eq!(pace.wait(now), Duration::ZERO);
    }

    #[test]
    fn a_job_that_is_taken_live_ends_an_outage() {
        let (mut pace, now) = (Pace::new(MOST, 4), Instant::now());
        let at = |millis| now + Duration::from_millis(millis);
        (0..10).for_each(|number| pace.ended(batch(8, at(number), Health::Failing), at(number), 1.0));
        pace.taken_live();
        assert!(!pace.is_outage());
        assert_eq!((pace.size(), pace.batches(), pace.wait(at(10))), (16, 2, Duration::ZERO));
    }

    #[test]
    fn batches_that_are_not_full_say_nothing_for_larger_ones() {
        let (mut pace, now) = (Pace::new(MOST, 4), Instant::now());
        (0..OUTAGE).for_each(|_| pace.ended(batch(MOST, now, Health::Failing), now, 0.0));
        pace.ended(batch(3, now, Health::Healthy), now, 0.0);
        assert_eq!(pace.size(), MOST / 2);
    }

    #[test]
    fn jobs_that_keep_failing_are_no_sign_of_an_outage_and_wait_for_their_turn() {
        let (mut pace, now) = (Pace::new(MOST, 4), Instant::now());
        for _ in 0..20 {
            assert!(pace.failing_size(now) > 0);
            pace.sent(true, true, true);
            pace.ended(Ended { failing: true, ..batch(16, now, Health::Unknown) }, now, 1.0);
            assert_eq!(pace.failing_size(now), 0, "four others come first");
            (0..FAILING_EVERY).for_each(|_| pace.sent(true, false, true));
        }
        assert_eq!((pace.size(), pace.wait(now)), (MOST, Duration::ZERO));
        pace.sent(true, true, true);
        assert_eq!(pace.failing_size(now), 0, "one is under way");
        pace.ended(Ended { failing: true, ..batch(2, now, Health::Unknown) }, now, 1.0);
        pace.sent(false, false, false);
        assert_eq!(pace.failing_size(now), 1, "nobody else is due");
    }

    #[test]
    fn a_job_that_spoils_its_batch_is_found_by_halves() {
        let (mut pace, now) = (Pace::new(MOST, 4), Instant::now());
        let mut sizes = Vec::new();
        for _ in 0..8 {
            let jobs = pace.failing_size(now);
            sizes.push(jobs);
            pace.ended(Ended { failing: true, ..batch(jobs, now, Health::Unknown) }, now, 1.0);
        }
        assert_eq!(sizes, [128, 64, 32, 16, 8, 4, 2, 1]);
        pace.ended(Ended { failing: true, ..batch(1, now, Health::Healthy) }, now, 1.0);
        assert_eq!(pace.failing_size(now), 4);
    }

    #[test]
    fn a_few_failing_jobs_whose_request_fails_by_chance_leave_the_next_batches_large() {
        let (mut pace, now) = (Pace::new(MOST, 4), Instant::now());
        pace.ended(Ended { failing: true, ..batch(4, now, Health::Unknown) }, now, 1.0);
        assert_eq!(pace.failing_size(now), MOST / FAILING_SHRINKAGE);
        for _ in 0..2 {
            pace.ended(Ended { failing: true, ..batch(4, now, Health::Mixed) }, now, 1.0);
        }
        assert_eq!(pace.failing_size(now), MOST);
    }

    #[test]
    fn jobs_that_fail_one_by_one_pause_until_any_job_is_taken() {
        let (mut pace, mut now) = (Pace::new(1, 4), Instant::now());
        for millis in [250, 500, 1_000, 1_000, 1_000] {
            pace.ended(Ended { failing: true, ..batch(1, now, Health::Unknown) }, now, 1.0);
            let pause = Duration::from_millis(millis);
            assert_eq!((pace.failing_size(now + pause / 2), pace.wait(now)), (0, Duration::ZERO));
            now += pause;
            assert_eq!(pace.failing_size(now), 1);
        }
        pace.ended(Ended { failing: true, ..batch(1, now, Health::Unknown) }, now, 1.0);
        pace.ended(batch(1, now, Health::Healthy), now, 1.0);
        assert_eq!(pace.failing_size(now), 1);
    }

    #[test]
    fn refusals_and_locks_of_single_records_are_no_sign_of_an_outage() {
        let error = |kind| SinkError::new(kind, "no");
        let health = |kinds: &[(u32, Option<SinkErrorKind>)]| {
            let errors: Vec<_> = kinds.iter().map(|(attempts, kind)| (*attempts, kind.map(error))).collect();
            Health::of(errors.iter().map(|(attempts, error)| (*attempts, error.as_ref())))
        };
        assert_eq!(health(&[(0, Some(Refused)), (0, Some(Transient))]), Health::Healthy);
        assert_eq!(health(&[(0, Some(Refused)), (0, Some(Unavailable))]), Health::Mixed);
        assert_eq!(health(&[(0, Some(Unavailable)), (9, Some(Unavailable))]), Health::Failing);
        assert_eq!(health(&[(9, Some(Unavailable)), (3, Some(Unavailable))]), Health::Unknown);
        assert_eq!(health(&[(9, Some(Unavailable)), (3, None)]), Health::Healthy);
        assert_eq!(health(&[(0, Some(Throttled)), (0, Some(Throttled))]), Health::Mixed);
        assert_eq!(health(&[]), Health::Healthy);
    }
}
