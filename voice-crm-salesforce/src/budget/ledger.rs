//! The arithmetic of a budget: pure, on instants that it is given.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use salesforce_client::Limit;
use voice_crm_core::crm::{CallTag, Capacity, Urgency};

use super::{
    call_end::{CallEnd, DayUsage},
    fair_share::FairShares,
    pause::{self, CONCURRENT_PAUSE, FIRST_PAUSE, LONGEST_PAUSE},
    saved::Taken,
};

/// The share of the window that background work leaves to callers.
const RESERVE: usize = 5;
/// The share that it leaves when no caller asked for anything in the last window.
const SPARE: usize = 20;
/// The longest that callers' writes gather to share a request.
const LONGEST_GATHER: Duration = Duration::from_millis(800);
/// How long they gather in a burst while there is room.
const BURST_GATHER: Duration = Duration::from_millis(50);
/// More than one in so many calls within a hundredth of the window are a burst.
const BURST: usize = 20;
/// From this share of the day's calls on, in hundredths, background work goes slowly.
const SLOW_AT: u64 = 80;
/// And from this one on it stops.
const STOP_AT: u64 = 95;
/// How far apart background calls are when they go slowly, as a multiple of their even pace.
const SLOWNESS: u32 = 4;
/// The even pace where there is no window.
const PLAIN_PACE: Duration = Duration::from_millis(250);
/// When it is looked again whether one of as many calls as may be under way has ended.
const AT_ONCE_WAIT: Duration = Duration::from_millis(20);
/// How exactly the places that are taken are written down, in parts of a window.
const SAVED_PARTS: u32 = 100;
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
    /// When calls of the last hundredth of a window were sent.
    sent_lately: VecDeque<Instant>,
    shares: FairShares,
    trouble: Option<Trouble>,
    /// How many calls may be under way, and until when that holds.
    at_once: Option<(usize, Instant)>,
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
            sent_lately: VecDeque::new(),
            shares: FairShares::default(),
            trouble: None,
            at_once: None,
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

    /// The places that are taken, for whoever comes after this process; calls under way take theirs from now on.
    pub(super) fn spent(&mut self, now: Instant) -> Vec<Taken> {
        self.in_use(now);
        let part = self.window / SAVED_PARTS;
        let mut spent: Vec<Taken> = Vec::new();
        for free_at in &self.taken {
            let left = *free_at - now;
            match spent.last_mut() {
                // It comes free up to one part earlier than written here, never later.
                Some(known) if left < known.left => known.places += 1,
                _ => spent.push(Taken { left: left + part, places: 1 }),
            }
        }
        if self.open > 0 {
            spent.push(Taken { left: self.window, places: self.open });
        }
        spent
    }

    /// Takes the places that the process before this one had taken.
    pub(super) fn take(&mut self, spent: &[Taken], now: Instant) {
        let Some(calls) = self.calls else { return };
        let places =
            spent.iter().flat_map(|taken| std::iter::repeat_n(now + taken.left, taken.places.min(calls)));
        self.taken.extend(places);
        self.taken.make_contiguous().sort_unstable();
        // A smaller budget than before is used up for as long as any of it is.
        let surplus = self.taken.len().saturating_sub(calls);
        self.taken.drain(..surplus);
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
        if self.calls.is_some() {
            self.forget_sent(now);
            self.sent_lately.push_back(now);
        }
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
            if limit == Limit::Concurrent {
                // Those that are still under way have the places that the org gives us; more would be refused again.
                self.at_once = Some((self.open.max(1), until + CONCURRENT_PAUSE));
            }
        } else if self.trouble.is_some_and(|trouble| now >= trouble.until) {
            // Where nothing was heard the next one asks.
            self.trouble =
                self.trouble.filter(|_| !end.answered).map(|trouble| Trouble { asked: false, ..trouble });
        }
    }

    pub(super) fn capacity(&mut self, urgency: Urgency, now: Instant) -> Capacity {
        let in_use = self.in_use(now);
        let free = self.calls.map_or(usize::MAX, |calls| calls.saturating_sub(in_use));
        let room = self.room_at_once(now);
        let wait = self
            .trouble_wait(now)
            .max(if room == 0 { AT_ONCE_WAIT } else { Duration::ZERO })
            .max(self.window_wait(urgency, free, now))
            .max(if urgency == Urgency::Background { self.day_wait(now) } else { Duration::ZERO });
        let calls = match urgency {
            _ if !wait.is_zero() => 0,
            Urgency::Live => free,
            Urgency::Background => free.saturating_sub(self.reserve(now)),
        };
        let calls = calls.min(room);
        Capacity::new(wait, calls, self.linger(free, now))
    }

    /// How many more calls may be under way.
    fn room_at_once(&self, now: Instant) -> usize {
        match self.at_once {
            Some((most, until)) if now < until => most.saturating_sub(self.open),
            _ => usize::MAX,
        }
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

    /// Nothing while half of the window is free, or a little in a burst that would soon use up the other half; then the
    /// longer, the less is free.
    fn linger(&mut self, free: usize, now: Instant) -> Duration {
        let Some(calls) = self.calls else { return Duration::ZERO };
        if free.saturating_mul(2) >= calls {
            return if self.is_burst(calls, now) { BURST_GATHER } else { Duration::ZERO };
        }
        // The even pace when half is free, and the window for the last one.
        let twice_free = u32::try_from(free.saturating_mul(2).max(1)).unwrap_or(u32::MAX);
        (self.window / twice_free).min(LONGEST_GATHER)
    }

    /// Whether more calls than one in [`BURST`] of the window were sent in the last hundredth of it.
    fn is_burst(&mut self, calls: usize, now: Instant) -> bool {
        self.forget_sent(now);
        self.sent_lately.len() > (calls / BURST).max(1)
    }

    fn forget_sent(&mut self, now: Instant) {
        let lately = self.window / 100;
        while self.sent_lately.front().is_some_and(|sent| now.saturating_duration_since(*sent) >= lately) {
            self.sent_lately.pop_front();
        }
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
mod tests;
