//! How long requests pause after the org said that a limit is reached.

use std::time::Duration;

use salesforce_client::Limit;

/// The first pause; it doubles with each further one.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// The longest while too many long requests run at once, which passes as soon as one of them ends.
pub(super) const CONCURRENT_PAUSE: Duration = Duration::from_secs(5);
/// How often it is asked in a window whether the limit is over, as long as the calls of the day are not used up: a
/// window of the org's ends whether we ask or not, and each moment after it is lost.
pub(super) const PROBES: u32 = 10;

/// How long a pause may grow that nobody asked for. Without a budget there is no window. `day_is_over` is the org's last
/// word of the day's calls, if it said any.
pub(super) fn longest(limit: Limit, window: Option<Duration>, day_is_over: Option<bool>) -> Duration {
    let own = match (window, day_is_over) {
        (None, _) | (_, Some(true)) => LONGEST_PAUSE,
        (Some(window), _) => (window / PROBES).max(FIRST_PAUSE),
    };
    match (limit, day_is_over) {
        (Limit::Concurrent, _) => own.min(CONCURRENT_PAUSE),
        // The org has one code for the day and for what else it counts; where much of the day is left, it is the latter.
        (Limit::Daily, Some(false)) => own,
        // These last for up to an hour or for hours: nothing is gained by asking often.
        (Limit::Daily | Limit::Login, _) => LONGEST_PAUSE,
        _ => own,
    }
}
