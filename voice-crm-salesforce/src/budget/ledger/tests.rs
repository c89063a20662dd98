//! The arithmetic of a budget, moment by moment.

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

/// How long the budget waits after each of ten refusals, and when the last of these waits is over.
fn refused_ten_times(ledger: &mut Ledger, refused: &CallEnd) -> (Vec<Duration>, Instant) {
    let mut now = Instant::now();
    let waits = (0..10).map(|_| {
        ledger.admit(Urgency::Live, None, now).unwrap();
        ledger.ended(refused, now);
        let wait = ledger.admit(Urgency::Live, None, now).unwrap_err();
        now += wait;
        wait
    });
    (waits.collect(), now)
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
fn whoever_comes_after_a_process_that_was_killed_takes_over_what_it_has_spent() {
    let (mut before, start) = (Ledger::new(Some(100), WINDOW), Instant::now());
    for call in 0..60 {
        assert!(spend(&mut before, Urgency::Live, start + WINDOW / 100 * call));
    }
    let killed = start + WINDOW * 6 / 10;
    for _ in 0..5 {
        before.admit(Urgency::Live, None, killed).unwrap();
    }
    let spent = before.spent(killed);
    assert!(spent.len() <= 61);
    let mut after = Ledger::new(Some(100), WINDOW);
    after.take(&spent, killed);
    let in_use: Vec<_> = (0..=12).map(|tenth| after.in_use(killed + WINDOW / 10 * tenth)).collect();
    assert_eq!(in_use, [65, 65, 65, 65, 65, 55, 45, 35, 25, 15, 0, 0, 0]);
    let mut unlimited = Ledger::new(None, Duration::ZERO);
    unlimited.take(&spent, killed);
    assert_eq!(unlimited.in_use(killed), 0);
}

#[test]
fn writes_gather_the_longer_the_less_is_left() {
    let (mut ledger, mut now) = (Ledger::new(Some(100), WINDOW), Instant::now());
    let mut gathers = Vec::new();
    for _ in 0..99 {
        now += WINDOW / 200;
        assert!(spend(&mut ledger, Urgency::Live, now));
        gathers.push(ledger.capacity(Urgency::Live, now).linger);
    }
    assert!(gathers[..50].iter().all(Duration::is_zero));
    assert!(gathers[51..].iter().all(|gather| *gather >= Duration::from_millis(200)));
    assert!(gathers.is_sorted());
}

#[test]
fn in_a_burst_writes_gather_a_little_while_there_is_room() {
    let (mut ledger, now) = (Ledger::new(Some(100), WINDOW), Instant::now());
    let mut gather = |now| {
        assert!(spend(&mut ledger, Urgency::Live, now));
        ledger.capacity(Urgency::Live, now).linger
    };
    assert!((0..5).all(|_| gather(now).is_zero()));
    assert_eq!(gather(now), BURST_GATHER);
    assert_eq!(gather(now + WINDOW / 50), Duration::ZERO, "it is over");
}

#[test]
fn calls_that_take_long_are_no_burst() {
    let (mut ledger, mut now) = (Ledger::new(Some(100), WINDOW), Instant::now());
    for _ in 0..10 {
        now += WINDOW / 20;
        ledger.admit(Urgency::Background, None, now).unwrap();
    }
    assert_eq!(ledger.capacity(Urgency::Live, now).linger, Duration::ZERO);
}

#[test]
fn a_budget_that_was_lowered_is_used_up_until_the_last_of_the_calls_is_out_of_the_window() {
    let (mut before, start) = (Ledger::new(Some(100), WINDOW), Instant::now());
    for call in 0..60 {
        assert!(spend(&mut before, Urgency::Live, start + WINDOW / 100 * call));
    }
    let restarted = start + WINDOW * 6 / 10;
    let mut after = Ledger::new(Some(10), WINDOW);
    after.take(&before.spent(restarted), restarted);
    assert_eq!(after.in_use(start + WINDOW * 15 / 10), 10);
    assert_eq!(after.in_use(start + WINDOW * 17 / 10), 0);
}

#[test]
fn a_limit_on_what_runs_at_once_is_asked_again_soon() {
    let refused = CallEnd { answered: true, limit: Some(Limit::Concurrent), ..CallEnd::default() };
    for (calls, longest) in [(None, CONCURRENT_PAUSE), (Some(100), WINDOW / PROBES)] {
        let mut ledger = Ledger::new(calls, WINDOW);
        let (waits, _) = refused_ten_times(&mut ledger, &refused);
        assert_eq!(waits.iter().max(), Some(&longest));
    }
}

#[test]
fn behind_a_limit_on_what_runs_at_once_as_many_go_on_as_were_not_refused() {
    let refused = CallEnd { answered: true, limit: Some(Limit::Concurrent), ..CallEnd::default() };
    let (mut ledger, start) = (Ledger::new(Some(1_000), WINDOW), Instant::now());
    for _ in 0..3 {
        ledger.admit(Urgency::Background, None, start).unwrap();
    }
    // One of three is served, and the org has no room for more.
    ledger.ended(&refused, start);
    ledger.ended(&refused, start);
    ledger.ended(&CallEnd { answered: true, ..CallEnd::default() }, start);
    let mut now = start + FIRST_PAUSE;
    for _ in 0..50 {
        assert_eq!(ledger.capacity(Urgency::Background, now).requests, 1);
        ledger.admit(Urgency::Background, None, now).unwrap();
        assert!(ledger.capacity(Urgency::Live, now).wait > Duration::ZERO, "a second one would be refused");
        now += Duration::from_millis(90);
        ledger.ended(&CallEnd { answered: true, ..CallEnd::default() }, now);
    }
    // The long calls of others end some time.
    assert!(ledger.capacity(Urgency::Background, now + CONCURRENT_PAUSE).requests > 100);
}

#[test]
fn a_limit_that_the_org_names_pauses_everything_and_ever_longer() {
    let mut ledger = Ledger::new(None, Duration::ZERO);
    let refused = CallEnd { answered: true, limit: Some(Limit::Rate), ..CallEnd::default() };
    let (waits, now) = refused_ten_times(&mut ledger, &refused);
    assert_eq!(waits[..3], [500, 1_000, 2_000].map(Duration::from_millis));
    assert_eq!(waits[9], LONGEST_PAUSE);
    // One asks whether it is over; the others wait for what it hears.
    ledger.admit(Urgency::Live, None, now).unwrap();
    assert!(ledger.admit(Urgency::Live, None, now).is_err());
    ledger.ended(&CallEnd { answered: true, ..CallEnd::default() }, now);
    assert!(ledger.admit(Urgency::Live, None, now).is_ok() && ledger.admit(Urgency::Live, None, now).is_ok());
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
        let (waits, _) = refused_ten_times(&mut Ledger::new(Some(100), WINDOW), &refused);
        assert_eq!(waits.last(), Some(&longest), "{limit:?} with {usage:?}");
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
        ledger.admit(Urgency::Live, None, later).is_ok() && ledger.admit(Urgency::Live, None, later).is_ok()
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
