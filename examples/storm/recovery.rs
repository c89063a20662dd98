//! How soon after a blow as many promises were made each second as usual.

use std::{ops::Range, time::Duration};

/// The rate is counted over this span.
const WINDOW: Duration = Duration::from_secs(1);
/// How far one span begins after the other.
const STEP: Duration = Duration::from_millis(50);
/// Which share of the usual rate counts as the usual rate again, in hundredths.
const AGAIN: usize = 95;

/// The longest that the rate took to be back after one of the blows, of those that fell while all calls were under
/// way. `None` when it was not seen to come back.
pub(crate) fn slowest(
    promises: &[Duration],
    blows: &[Duration],
    steady: &Range<Duration>,
) -> Option<Duration> {
    let mut promises = promises.to_vec();
    promises.sort_unstable();
    let count = |from: Duration| {
        promises.partition_point(|at| *at < from + WINDOW) - promises.partition_point(|at| *at < from)
    };
    let last = steady.end.saturating_sub(WINDOW);
    let begins = |from: Duration| (0..).map(move |step| from + STEP * step).take_while(|from| *from <= last);
    let mut rates: Vec<usize> = begins(steady.start).map(count).collect();
    rates.sort_unstable();
    let usual = *rates.get(rates.len() / 2)?;
    let back = |blow: Duration| {
        let again = begins(blow).find(|from| count(*from) * 100 >= usual * AGAIN)?;
        Some(again.saturating_sub(blow) + WINDOW)
    };
    blows
        .iter()
        .filter(|blow| steady.contains(blow))
        .map(|blow| back(*blow))
        .collect::<Option<Vec<_>>>()?
        .into_iter()
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_of_three_seconds_is_four_until_a_whole_second_is_as_usual() {
        let seconds = Duration::from_secs;
        let gap = seconds(10)..seconds(13);
        let promises: Vec<Duration> =
            (0..3_000).map(|tick| Duration::from_millis(tick * 10)).filter(|at| !gap.contains(at)).collect();
        let steady = seconds(0)..seconds(30);
        let near = |found: Option<Duration>, wanted: f64| {
            assert!(found.is_some_and(|found| (found.as_secs_f64() - wanted).abs() < 0.1), "{found:?}");
        };
        near(slowest(&promises, &[seconds(10)], &steady), 4.0);
        near(slowest(&promises, &[seconds(20), seconds(10)], &steady), 4.0);
        near(slowest(&promises, &[seconds(20), seconds(35)], &steady), 1.0);
        assert_eq!(slowest(&promises[..1_000], &[seconds(9)], &(seconds(0)..seconds(11))), Some(WINDOW));
        assert_eq!(slowest(&promises[..1_000], &[seconds(10)], &(seconds(0)..seconds(13))), None);
        assert_eq!(slowest(&promises, &[], &steady), None);
    }
}
