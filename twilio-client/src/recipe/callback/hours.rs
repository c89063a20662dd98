//! The hours in which people may be called.

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// From when to when, on which days, and by whose clock: the customer's, as a rule.
#[derive(Clone, Debug)]
pub struct CallingHours {
    zone: TimeZone,
    from: Time,
    until: Time,
    days: Vec<Weekday>,
}

/// There is no time at which anybody could be called.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidHours {
    /// They end before they begin.
    #[error("calling hours have to end later than they begin, on the same day")]
    EndBeforeBegin,
    /// They are on no day.
    #[error("calling hours need a day of the week")]
    NoDay,
}

impl CallingHours {
    /// Hours from `from` to just before `until`, on these days.
    ///
    /// # Errors
    ///
    /// [`InvalidHours`] when there are none.
    pub fn new(zone: TimeZone, from: Time, until: Time, days: &[Weekday]) -> Result<Self, InvalidHours> {
        if from >= until {
            Err(InvalidHours::EndBeforeBegin)
        } else if days.is_empty() {
            Err(InvalidHours::NoDay)
        } else {
            Ok(Self { zone, from, until, days: days.to_vec() })
        }
    }

    /// Any time of any day.
    pub fn always() -> Self {
        use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
        let days = vec![Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday];
        Self { zone: TimeZone::UTC, from: Time::MIN, until: Time::MAX, days }
    }

    /// Whether people may be called at this time.
    pub fn contain(&self, at: Timestamp) -> bool {
        self.next(at) == Some(at)
    }

    /// This time if it is in the hours, else when they next begin; none at the end of time.
    pub fn next(&self, at: Timestamp) -> Option<Timestamp> {
        let today = at.to_zoned(self.zone.clone()).date();
        // A week and a day, for today's hours may be over; another one where the clocks skip hours.
        (0..=8).find_map(|ahead| {
            let date = today.checked_add(ahead.days()).ok()?;
            let instant = |time| self.zone.to_timestamp(date.to_datetime(time)).ok();
            let begin = instant(self.from)?.max(at);
            // The last nanosecond of a day stands for midnight.
            let end = if self.until == Time::MAX {
                self.zone.to_timestamp(date.tomorrow().ok()?.to_datetime(Time::MIN)).ok()?
            } else {
                instant(self.until)?
            };
            (self.days.contains(&date.weekday()) && begin < end).then_some(begin)
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;
    use proptest::prelude::*;

    use super::*;

    const WORKDAYS: [Weekday; 5] =
        [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

    fn new_york() -> CallingHours {
        let zone = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap();
        CallingHours::new(zone, time(9, 0, 0, 0), time(18, 0, 0, 0), &WORKDAYS).unwrap()
    }

    fn next(at: &str) -> String {
        new_york().next(at.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn a_callback_waits_for_the_morning_and_over_the_weekend_by_the_clock_of_the_place() {
        // A Friday at noon, before nine, at six sharp, and the Sunday on which the clocks go back.
        assert_eq!(next("2026-10-30T16:00:00Z"), "2026-10-30T16:00:00Z");
        assert_eq!(next("2026-10-30T12:59:59Z"), "2026-10-30T13:00:00Z");
        assert_eq!(next("2026-10-30T22:00:00Z"), "2026-11-02T14:00:00Z");
        assert_eq!(next("2026-11-01T05:30:00Z"), "2026-11-02T14:00:00Z");
    }

    #[test]
    fn hours_in_which_nobody_could_be_called_are_refused() {
        let hours = |from, until, days| CallingHours::new(TimeZone::UTC, from, until, days).unwrap_err();

        assert_eq!(hours(time(9, 0, 0, 0), time(9, 0, 0, 0), &WORKDAYS), InvalidHours::EndBeforeBegin);
        assert_eq!(hours(time(9, 0, 0, 0), time(10, 0, 0, 0), &[]), InvalidHours::NoDay);
    }

    #[test]
    fn any_time_is_in_the_hours_that_always_are() {
        for at in ["2026-12-31T23:59:59.999999999Z", "2026-11-20T00:00:00Z"] {
            assert!(CallingHours::always().contain(at.parse().unwrap()), "{at}");
        }
    }

    proptest! {
        #[test]
        fn the_next_time_is_never_before_and_always_in_the_hours(second in 0_i64..4_000_000_000) {
            let (hours, at) = (new_york(), Timestamp::from_second(second).unwrap());
            let next = hours.next(at).unwrap();

            let there = next.to_zoned(hours.zone.clone());
            prop_assert!(next >= at && hours.contain(next));
            prop_assert!((9..18).contains(&there.hour()) && WORKDAYS.contains(&there.weekday()));
        }
    }
}
