//! The arithmetic of a budget: pure, on instants that it is given.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use voice_crm_core::crm::{CallTag, Capacity, Urgency};

use super::{
    call_end::{CallEnd, DayUsage},
    fair_share::FairShares,
    pause::{self, FIRST_PAUSE, LONGEST_PAUSE},
};

/// The share of the window that background work leaves to callers.
const RESERVE: usize = 5;
/// The share that it leaves when no caller asked for anything in the last window.
const SPARE: usize = 20;
/// The longest that callers' writes gather to share a request.
const LONGEST_GATHER: Duration = Duration::from_millis(800);
/// From this share of the day's calls on, in hundredths, background work goes slowly.
const SLOW_AT: u64 = 80;
/// And from this one on it stops.
const STOP_AT: u64 = 95;
/// How far apart background calls are when they go slowly, as a multiple of their even pace.
const SLOWNESS: u32 = 4;
/// The even pace where there is no window.
const PLAIN_PACE: Duration = Duration::from_millis(250);
/// How old the word of the day's calls may be; then one background call asks anew.
const STALE: Duration = Duration::from_secs(600);

/// The org said that a limit is reached.
#[derive(Clone, Copy)]
struct Trouble {
    until: Instant,
    pause: Duration,
    /// A call was let through to find out whether it is over.
    asked: bool,
}

/// What was spent, and what that leaves.
///
/// A call takes its place in the window from the moment it is sent until a whole window after it ended: the org
/// counts it at some moment in between.
pub(super) struct Ledger {
    calls: Option<usize>,
    window: Duration,
    open: usize,
    /// When each place that is still taken comes free, the soonest first.
    taken: VecDeque<Instant>,
    shares: FairShares,
    trouble: Option<Trouble>,
    usage: Option<(DayUsage, Instant)>,
    last_background: Option<Instant>,
    last_live: Option<Instant>,
}

impl Ledger {
    pub(super) fn new(calls: Option<usize>, window: Duration) -> Self {
        Self {
            calls,
            window,
            open: 0,
            taken: VecDeque::new(),
            shares: FairShares::default(),
            trouble: None,
            usage: None,
            last_background: None,
            last_live: None,
        }
    }

    pub(super) fn under_way(&self) -> usize {
        self.open
    }

    /// How many calls there are from now on; an unlimited budget stays unlimited.
    pub(super) fn allot(&mut self, calls: usize) {
        self.calls = self.calls.map(|_| calls);
    }

    /// How many places are taken: by calls under way, and by those that the org may still count.
    pub(super) fn in_use(&mut self, now: Instant) -> usize {
        while self.taken.front().is_some_and(|free_at| *free_at <= now) {
            self.taken.pop_front();
        }
        self.open + self.taken.len()
    }

    pub(super) fn admit(
        &mut self,
        urgency: Urgency,
        call: Option<CallTag>,
        now: Instant,
    ) -> Result<(), Duration> {
        // Only a limited budget has shares.
        let call = call.zip(self.calls);
        let own_wait = call.map(|(call, requests)| self.shares.wait(call, requests, self.window, now));
        let wait = self.capacity(urgency, now).wait.max(own_wait.unwrap_or_default());
        if !wait.is_zero() {
            return Err(wait);
        }
        if let Some((call, _)) = call {
            self.shares.admit(call, now);
        }
        self.open += 1;
        if let Some(trouble) = &mut self.trouble {
            trouble.asked = true;
        }
        match urgency {
            Urgency::Live => self.last_live = Some(now),
            Urgency::Background => {
                self.last_background = Some(now);
                // The first window after the start counts as one with callers.
                self.last_live.get_or_insert(now);
            }
        }
        Ok(())
    }

    pub(super) fn ended(&mut self, end: &CallEnd, now: Instant) {
        self.open = self.open.saturating_sub(1);
        if self.calls.is_some() {
            self.taken.push_back(now + self.window);
        }
        if let Some(usage) = end.usage {
            self.usage = Some((usage, now));
        }
        if let Some(limit) = end.limit {
            let day_is_over = self.usage.map(|(usage, _)| usage.reaches(STOP_AT));
            let longest = pause::longest(limit, self.calls.map(|_| self.window), day_is_over);
            let doubled = self.trouble.map_or(FIRST_PAUSE, |trouble| {
                // What was sent before the pause began says nothing new.
                if now < trouble.until { trouble.pause } else { trouble.pause * 2 }
            });
            let pause = end.retry_after.unwrap_or_default().max(doubled.min(longest)).min(LONGEST_PAUSE);
            let until = self.trouble.map_or(now, |trouble| trouble.until).max(now + pause);
            self.trouble = Some(Trouble { until, pause, asked: false });
        } else if self.trouble.is_some_and(|trouble| now >= trouble.until) {
            // Where nothing was heard the next one asks.
            self.trouble =
                self.trouble.filter(|_| !end.answered).map(|trouble| Trouble { asked: false, ..trouble });
        }
    }

    pub(super) fn capacity(&mut self, urgency: Urgency, now: Instant) -> Capacity {
        let in_use = self.in_use(now);
        let free = self.calls.map_or(usize::MAX, |calls| calls.saturating_sub(in_use));
        let wait = self
            .trouble_wait(now)
            .max(self.window_wait(urgency, free, now))
            .max(if urgency == Urgency::Background { self.day_wait(now) } else { Duration::ZERO });
        let calls = match urgency {
            _ if !wait.is_zero() => 0,
            Urgency::Live => free,
            Urgency::Background => free.saturating_sub(self.reserve(now)),
        };
        Capacity::new(wait, calls, self.linger(free))
    }

    /// After a pause that the org asked for, one call at a time finds out whether it is over.
    fn trouble_wait(&self, now: Instant) -> Duration {
        match self.trouble {
            Some(trouble) if now < trouble.until => trouble.until - now,
            Some(trouble) if trouble.asked && self.open > 0 => FIRST_PAUSE,
            _ => Duration::ZERO,
        }
    }

    /// How long until a place is free, and for background work one beyond the reserve.
    fn window_wait(&self, urgency: Urgency, free: usize, now: Instant) -> Duration {
        let kept = if urgency == Urgency::Background { self.reserve(now) } else { 0 };
        if free > kept {
            return Duration::ZERO;
        }
        // The last place that has to come free first; those still under way come after all that ended.
        let last = self.taken.get(kept - free).copied();
        let wait = last.map_or(self.window, |free_at| free_at.saturating_duration_since(now));
        wait.max(Duration::from_millis(1))
    }

    fn day_wait(&self, now: Instant) -> Duration {
        let Some((usage, told_at)) = self.usage else { return Duration::ZERO };
        let since_last = |span: Duration| {
            let next = self.last_background.map_or(now, |last| last + span);
            next.saturating_duration_since(now)
        };
        if usage.reaches(STOP_AT) {
            let fresh_until = told_at + STALE;
            fresh_until.saturating_duration_since(now).max(since_last(STALE))
        } else if usage.reaches(SLOW_AT) {
            since_last(self.pace() * SLOWNESS)
        } else {
            Duration::ZERO
        }
    }

    /// Nothing while half of the window is free; then the longer, the less is.
    fn linger(&self, free: usize) -> Duration {
        let Some(calls) = self.calls.filter(|calls| free.saturating_mul(2) < *calls) else {
            return Duration::ZERO;
        };
        let scarcity = u32::try_from(calls / free.saturating_mul(2).max(1)).unwrap_or(u32::MAX).max(1);
        self.pace().saturating_mul(scarcity).min(LONGEST_GATHER)
    }

    /// How far apart calls are when they are spread evenly over the window.
    fn pace(&self) -> Duration {
        match self.calls.and_then(|calls| u32::try_from(calls).ok()) {
            Some(calls) if calls > 0 => self.window / calls,
            _ => PLAIN_PACE,
        }
    }

    fn reserve(&self, now: Instant) -> usize {
        let asked = self.last_live.is_none_or(|last| now.saturating_duration_since(last) < self.window);
        let share = if asked { RESERVE } else { SPARE };
        self.calls.map_or(0, |calls| calls / share)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use salesforce_client::Limit;

    use super::{
        super::pause::{CONCURRENT_PAUSE, PROBES},
        *,
    };

    const WINDOW: Duration = Duration::from_secs(20);

    fn spend(ledger: &mut Ledger, urgency: Urgency, now: Instant) -> bool {
        let admitted = ledger.admit(urgency, None, now).is_ok();
        if admitted {
            ledger.ended(&CallEnd { answered: true, ..CallEnd::default() }, now);
        }
        admitted
    }

    #[test]
    fn background_work_leaves_a_reserve_to_callers() {
        let (mut ledger, now) = (Ledger::new(Some(100), WINDOW), Instant::now());
        let background = (0..200).filter(|_| spend(&mut ledger, Urgency::Background, now)).count();
        let live = (0..200).filter(|_| spend(&mut ledger, Urgency::Live, now)).count();
        assert_eq!((background, live), (80, 20));
        let capacity = ledger.capacity(Urgency::Live, now);
        assert_eq!((capacity.wait, capacity.requests), (WINDOW, 0));
        let soon = now + WINDOW.mul_f64(0.99);
        assert_eq!(ledger.capacity(Urgency::Background, soon).requests, 0);
        // Nobody has called for a whole window by now.
        assert_eq!(ledger.capacity(Urgency::Background, now + WINDOW).requests, 95);
    }

    #[test]
    fn one_call_with_two_hundred_look_ups_leaves_the_others_their_requests() {
        let (mut ledger, now) = (Ledger::new(Some(100), WINDOW), Instant::now());
        let tag = |call: &str| Some(CallTag::new("vapi", call));
        let mut passed = |call, times: usize, now| {
            (0..times).filter(|_| ledger.admit(Urgency::Live, tag(call), now).is_ok()).count()
        };
        assert_eq!((passed("greedy", 200, now), passed("other", 10, now)), (10, 10));
        assert_eq!(passed("greedy", 200, now + WINDOW / 2), 0);
        assert_eq!(passed("greedy", 200, now + WINDOW), 10);
        assert_eq!(ledger.admit(Urgency::Live, tag("greedy"), now + WINDOW), Err(WINDOW));
        assert!(ledger.admit(Urgency::Live, None, now + WINDOW).is_ok(), "what is of no call has no share");
        let mut unlimited = Ledger::new(None, Duration::ZERO);
        assert!((0..200).all(|_| unlimited.admit(Urgency::Live, tag("greedy"), now).is_ok()));
    }

    #[test]
    fn writes_gather_the_longer_the_less_is_left() {
        let (mut ledger, now) = (Ledger::new(Some(100), WINDOW), Instant::now());
        let mut gathers = Vec::new();
        for _ in 0..99 {
            assert!(spend(&mut ledger, Urgency::Live, now));
            gathers.push(ledger.capacity(Urgency::Live, now).linger);
        }
        assert!(gathers[..50].iter().all(Duration::is_zero));
        assert!(gathers[51..].iter().all(|gather| *gather >= Duration::from_millis(200)));
        assert!(gathers.is_sorted());
    }

    #[test]
    fn a_limit_on_what_runs_at_once_is_asked_again_soon() {
        let refused = CallEnd { answered: true, limit: Some(Limit::Concurrent), ..CallEnd::default() };
        for (calls, longest) in [(None, CONCURRENT_PAUSE), (Some(100), WINDOW / PROBES)] {
            let (mut ledger, mut now) = (Ledger::new(calls, WINDOW), Instant::now());
            let mut waits = Vec::new();
            for _ in 0..10 {
                ledger.admit(Urgency::Live, None, now).unwrap();
                ledger.ended(&refused, now);
                let wait = ledger.admit(Urgency::Live, None, now).unwrap_err();
                waits.push(wait);
                now += wait;
            }
            assert_eq!(waits.iter().max(), Some(&longest));
        }
    }

    #[test]
    fn a_limit_that_the_org_names_pauses_everything_and_ever_longer() {
        let (mut ledger, mut now) = (Ledger::new(None, Duration::ZERO), Instant::now());
        let refused = CallEnd { answered: true, limit: Some(Limit::Rate), ..CallEnd::default() };
        let mut waits = Vec::new();
        for _ in 0..10 {
            ledger.admit(Urgency::Live, None, now).unwrap();
            ledger.ended(&refused, now);
            let wait = ledger.admit(Urgency::Live, None, now).unwrap_err();
            waits.push(wait);
            now += wait;
        }
        assert_eq!(waits[..3], [500, 1_000, 2_000].map(Duration::from_millis));
        assert_eq!(waits[9], LONGEST_PAUSE);
        // One asks whether it is over; the others wait for what it hears.
        ledger.admit(Urgency::Live, None, now).unwrap();
        assert!(ledger.admit(Urgency::Live, None, now).is_err());
        ledger.ended(&CallEnd { answered: true, ..CallEnd::default() }, now);
        assert!(
            ledger.admit(Urgency::Live, None, now).is_ok() && ledger.admit(Urgency::Live, None, now).is_ok()
        );
    }

    #[test]
    fn a_window_that_others_used_up_is_asked_for_often_and_a_day_that_is_used_up_is_not() {
        let told = |used| Some(DayUsage { used, allowed: 100 });
        for (limit, usage, longest) in [
            (Limit::Rate, told(10), WINDOW / PROBES),
            (Limit::Rate, told(100), LONGEST_PAUSE),
            (Limit::Daily, told(10), WINDOW / PROBES),
            (Limit::Daily, told(100), LONGEST_PAUSE),
            (Limit::Daily, None, LONGEST_PAUSE),
            (Limit::Login, told(10), LONGEST_PAUSE),
        ] {
            let refused = CallEnd { answered: true, limit: Some(limit), usage, ..CallEnd::default() };
            let (mut ledger, mut now) = (Ledger::new(Some(100), WINDOW), Instant::now());
            for _ in 0..10 {
                ledger.admit(Urgency::Live, None, now).unwrap();
                ledger.ended(&refused, now);
                now += ledger.capacity(Urgency::Live, now).wait;
            }
            ledger.admit(Urgency::Live, None, now).unwrap();
            ledger.ended(&refused, now);
            assert_eq!(ledger.capacity(Urgency::Live, now).wait, longest);
        }
    }

    #[test]
    fn a_long_upload_keeps_nobody_from_asking_whether_a_limit_is_over() {
        let (mut ledger, now) = (Ledger::new(Some(100), WINDOW), Instant::now());
        ledger.admit(Urgency::Background, None, now).unwrap();
        ledger.admit(Urgency::Live, None, now).unwrap();
        ledger.ended(&CallEnd { answered: true, limit: Some(Limit::Rate), ..CallEnd::default() }, now);
        // The upload goes on and on.
        let later = now + LONGEST_PAUSE;
        ledger.admit(Urgency::Live, None, later).unwrap();
        assert!(ledger.admit(Urgency::Live, None, later).is_err(), "one asks at a time");
        ledger.ended(&CallEnd::default(), later);
        ledger.admit(Urgency::Live, None, later).unwrap();
        ledger.ended(&CallEnd { answered: true, ..CallEnd::default() }, later);
        assert!(
            ledger.admit(Urgency::Live, None, later).is_ok()
                && ledger.admit(Urgency::Live, None, later).is_ok()
        );
    }

    #[test]
    fn many_refusals_at_once_are_one_pause() {
        let (mut ledger, now) = (Ledger::new(None, Duration::ZERO), Instant::now());
        for _ in 0..20 {
            ledger.admit(Urgency::Live, None, now).unwrap();
        }
        for _ in 0..20 {
            ledger.ended(&CallEnd { answered: true, limit: Some(Limit::Rate), ..CallEnd::default() }, now);
        }
        assert_eq!(ledger.capacity(Urgency::Live, now).wait, FIRST_PAUSE);
    }

    #[test]
    fn near_the_end_of_the_day_background_work_slows_and_stops_and_callers_go_on() {
        for (used, background) in [(79, 95), (80, 25), (95, 1), (100, 1)] {
            let (mut ledger, start) = (Ledger::new(Some(100), WINDOW), Instant::now());
            let usage = Some(DayUsage { used, allowed: 100 });
            ledger.admit(Urgency::Live, None, start).unwrap();
            ledger.ended(&CallEnd { answered: true, usage, ..CallEnd::default() }, start);
            // From a window later on, so that the call above is out of it.
            let tries = (0..200).map(|tick| start + STALE + Duration::from_millis(tick * 100));
            let passed = tries.filter(|now| spend(&mut ledger, Urgency::Background, *now)).count();
            assert_eq!(passed, background, "{used} of 100 used");
            assert!(ledger.admit(Urgency::Live, None, start + STALE + WINDOW).is_ok());
        }
    }

    proptest! {
        /// The org counts a call at any moment between its sending and its end, and sees any window.
        #[test]
        fn no_window_ever_holds_more_calls_than_the_budget(
            steps in proptest::collection::vec((0..900_u64, any::<bool>(), 0..3_000_u64, 0.0..1.0_f64), 1..400),
            calls in 1..20_usize,
        ) {
            let window = Duration::from_secs(2);
            let start = Instant::now();
            let mut ledger = Ledger::new(Some(calls), window);
            let mut now = start;
            let mut open: Vec<Instant> = Vec::new();
            let mut counted = Vec::new();
            let mut passed = [0, 0];
            for (gap, live, lasting, share) in steps {
                now += Duration::from_millis(gap);
                open.sort();
                while open.first().is_some_and(|end| *end <= now) {
                    ledger.ended(&CallEnd { answered: true, ..CallEnd::default() }, open.remove(0));
                }
                let urgency = if live { Urgency::Live } else { Urgency::Background };
                let could = ledger.capacity(Urgency::Live, now).wait.is_zero();
                if ledger.admit(urgency, None, now).is_ok() {
                    prop_assert!(could, "what is open to background work is open to callers");
                    passed[usize::from(live)] += 1;
                    open.push(now + Duration::from_millis(lasting));
                    counted.push(now + Duration::from_millis(lasting).mul_f64(share));
                }
            }
            counted.sort();
            for (place, first) in counted.iter().enumerate() {
                let inside = counted[place..].iter().take_while(|at| **at - *first < window).count();
                prop_assert!(inside <= calls, "{inside} calls in a window of {calls}");
            }
            prop_assert!(passed[0] + passed[1] > 0);
        }
    }
}
