//! When callbacks are made, and whether a wished time is one of those.

use std::{fmt, ops::Range};

use jiff::{
    SignedDuration, Timestamp, Zoned,
    civil::{DateTime, Time, Weekday},
    tz::TimeZone,
};

use crate::phrase::Value;

/// Nobody can be called back sooner.
const SOONEST: SignedDuration = SignedDuration::from_mins(5);
/// Nobody plans further ahead.
const LATEST: SignedDuration = SignedDuration::from_hours(31 * 24);

/// The hours, by the clock of the house.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::functions) struct CallbackHours {
    zone: TimeZone,
    days: Vec<Weekday>,
    hours: Option<Range<Time>>,
}

/// Why a time will not do; `Display` is for the model.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::functions) enum NotThen {
    /// It is no time.
    Unreadable,
    /// It has passed, or is about to.
    TooSoon,
    /// It is more than a month ahead.
    TooFar,
    /// Nobody works then, but at these hours.
    Closed(CallbackHours),
}

impl Default for CallbackHours {
    fn default() -> Self {
        Self { zone: TimeZone::UTC, days: Vec::new(), hours: None }
    }
}

impl CallbackHours {
    pub(super) fn new(zone: TimeZone, days: Vec<Weekday>, hours: Range<Time>) -> Self {
        Self { zone, days, hours: Some(hours) }
    }

    /// Reads a wished time, with an offset or by the clock of the house.
    pub(in crate::functions) fn read(&self, text: &str) -> Result<Zoned, NotThen> {
        let text = text.trim();
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Ok(self.local(moment));
        }
        // A bare date says nothing of the hour.
        let local = text.parse::<DateTime>().ok().filter(|_| text.contains([':', 'T', 't']));
        local.and_then(|local| local.to_zoned(self.zone.clone()).ok()).ok_or(NotThen::Unreadable)
    }

    /// Says why a time will not do.
    pub(in crate::functions) fn check(&self, wished: &Zoned, now: Timestamp) -> Result<(), NotThen> {
        let ahead = wished.timestamp().duration_since(now);
        if ahead < SOONEST {
            return Err(NotThen::TooSoon);
        }
        if ahead > LATEST {
            return Err(NotThen::TooFar);
        }
        let open = self.days.is_empty() || self.days.contains(&wished.weekday());
        let hour = wished.time();
        if !open || self.hours.as_ref().is_some_and(|hours| !hours.contains(&hour)) {
            return Err(NotThen::Closed(self.clone()));
        }
        Ok(())
    }

    /// How they are said; nothing where all hours are open.
    pub(in crate::functions) fn spoken(&self) -> Option<Value> {
        self.hours.clone().map(|hours| Value::opening(&self.days, hours))
    }

    /// A moment by the clock of the house.
    pub(in crate::functions) fn local(&self, moment: Timestamp) -> Zoned {
        moment.to_zoned(self.zone.clone())
    }
}

impl fmt::Display for CallbackHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, day) in self.days.iter().enumerate() {
            write!(f, "{}{day:?}", if index == 0 { "" } else { ", " })?;
        }
        match &self.hours {
            Some(hours) => {
                write!(f, " from {} to {}", hours.start.strftime("%H:%M"), hours.end.strftime("%H:%M"))
            }
            None => Ok(()),
        }
    }
}

impl fmt::Display for NotThen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => f.write_str("give a date and a time, such as 2026-11-23T15:00"),
            Self::TooSoon => f.write_str("that time has passed or is only minutes away; ask for a later one"),
            Self::TooFar => f.write_str("that is more than a month ahead; ask for an earlier time"),
            Self::Closed(hours) => write!(f, "callbacks are made on {hours}; ask for a time then"),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::{civil::time, tz::offset};

    use super::*;

    /// A Friday, ten in the morning by UTC, eleven by the clock of the house.
    fn now() -> Timestamp {
        "2026-11-20T10:00:00Z".parse().unwrap()
    }

    fn hours() -> CallbackHours {
        let days = vec![Weekday::Monday, Weekday::Friday];
        CallbackHours::new(TimeZone::fixed(offset(1)), days, time(9, 0, 0, 0)..time(17, 0, 0, 0))
    }

    #[test]
    fn a_time_without_an_offset_is_by_the_clock_of_the_house() {
        for text in ["2026-11-23T15:00", "2026-11-23 15:00", "2026-11-23T15:00+01:00", "2026-11-23T14:00:00Z"]
        {
            let wished = hours().read(text).unwrap();
            assert_eq!(hours().check(&wished, now()), Ok(()));
            assert_eq!(wished.timestamp().to_string(), "2026-11-23T14:00:00Z", "{text}");
            assert_eq!(wished.strftime("%H:%M").to_string(), "15:00");
        }
    }

    #[test]
    fn a_time_that_will_not_do_is_told_with_what_would() {
        let not = |text| hours().read(text).and_then(|wished| hours().check(&wished, now())).unwrap_err();
        assert_eq!(not("tomorrow"), NotThen::Unreadable);
        assert_eq!(not("2026-11-23"), NotThen::Unreadable);
        assert_eq!(not("2026-11-20T11:03"), NotThen::TooSoon);
        assert_eq!(not("2025-11-20T11:03"), NotThen::TooSoon);
        assert_eq!(not("2027-01-04T10:00"), NotThen::TooFar);
        assert_eq!(not("2026-11-23T17:00").to_string().matches("09:00 to 17:00").count(), 1);
        assert!(not("2026-11-24T10:00").to_string().contains("Monday, Friday"), "a Tuesday");
    }

    #[test]
    fn without_hours_any_time_will_do() {
        let wished = CallbackHours::default().read("2026-11-22T03:00").unwrap();
        assert_eq!(CallbackHours::default().check(&wished, now()), Ok(()));
    }
}
