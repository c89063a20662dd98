//! Date literals such as `TODAY`: a first day, and the day after the last. The org's time zone is UTC.

use jiff::{Span, Timestamp, ToSpan, civil::Date, tz::TimeZone};

/// The days a date literal stands for, as of `now`; `None` beyond the calendar or for an unknown name.
///
/// See Salesforce, "Date Formats and Date Literals in WHERE".
pub(super) fn days(name: &str, count: Option<u32>, now: Timestamp) -> Option<(Date, Date)> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let day = |offset: i64| today.checked_add(offset.days()).ok();
    let count = i64::from(count.unwrap_or(0));
    match name {
        "TODAY" => Some((today, day(1)?)),
        "YESTERDAY" => Some((day(-1)?, today)),
        "TOMORROW" => Some((day(1)?, day(2)?)),
        "LAST_90_DAYS" => Some((day(-90)?, day(1)?)),
        "NEXT_90_DAYS" => Some((day(1)?, day(91)?)),
        "LAST_N_DAYS" => Some((day(-count)?, day(1)?)),
        "NEXT_N_DAYS" => Some((day(1)?, day(count + 1)?)),
        "N_DAYS_AGO" => Some((day(-count)?, day(1 - count)?)),
        _ => periods(name, count, today),
    }
}

/// Whether there is a literal of this name, without and with a number.
pub(super) fn is_known(name: &str, counted: bool) -> bool {
    let has_number = name.contains("_N_") || name.starts_with("N_");
    has_number == counted && days(name, Some(1), Timestamp::UNIX_EPOCH).is_some()
}

/// `LAST_MONTH`, `NEXT_N_WEEKS`, `N_YEARS_AGO` and their like.
fn periods(name: &str, count: i64, today: Date) -> Option<(Date, Date)> {
    let parts: Vec<&str> = name.split('_').collect();
    let (unit, from, to) = match parts.as_slice() {
        ["THIS", unit] => (Unit::one(unit)?, 0, 1),
        ["LAST", unit] => (Unit::one(unit)?, -1, 0),
        ["NEXT", unit] => (Unit::one(unit)?, 1, 2),
        ["LAST", "N", units] => (Unit::many(units)?, -count, 0),
        ["NEXT", "N", units] => (Unit::many(units)?, 1, count + 1),
        ["N", units, "AGO"] => (Unit::many(units)?, -count, 1 - count),
        _ => return None,
    };
    let start = unit.start(today)?;
    let shifted = |by: i64| start.checked_add(unit.span(by)).ok();
    Some((shifted(from)?, shifted(to)?))
}

/// A stretch of the calendar.
#[derive(Clone, Copy)]
enum Unit {
    Week,
    Month,
    Quarter,
    Year,
}

impl Unit {
    fn one(name: &str) -> Option<Self> {
        match name {
            "WEEK" => Some(Self::Week),
            "MONTH" => Some(Self::Month),
            "QUARTER" => Some(Self::Quarter),
            "YEAR" => Some(Self::Year),
            _ => None,
        }
    }

    fn many(name: &str) -> Option<Self> {
        Self::one(name.strip_suffix('S')?)
    }

    /// The first day of the stretch that a day is in; weeks begin on Sunday, as in the United States.
    fn start(self, day: Date) -> Option<Date> {
        match self {
            Self::Week => day.checked_sub(i64::from(day.weekday().to_sunday_zero_offset()).days()).ok(),
            Self::Month => Some(day.first_of_month()),
            Self::Quarter => {
                let back = i64::from((day.month() - 1) % 3);
                day.first_of_month().checked_sub(back.months()).ok()
            }
            Self::Year => Some(day.first_of_year()),
        }
    }

    fn span(self, count: i64) -> Span {
        match self {
            Self::Week => count.weeks(),
            Self::Month => count.months(),
            Self::Quarter => (count * 3).months(),
            Self::Year => count.years(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{days, is_known};

    #[test]
    fn each_literal_is_its_first_day_and_the_day_after_its_last() {
        // A Friday.
        let now = "2026-11-20T23:30:00Z".parse().unwrap();
        for (name, count, first, after) in [
            ("TODAY", None, "2026-11-20", "2026-11-21"),
            ("THIS_WEEK", None, "2026-11-15", "2026-11-22"),
            ("LAST_WEEK", None, "2026-11-08", "2026-11-15"),
            ("NEXT_MONTH", None, "2026-12-01", "2027-01-01"),
            ("THIS_QUARTER", None, "2026-10-01", "2027-01-01"),
            ("LAST_N_QUARTERS", Some(2), "2026-04-01", "2026-10-01"),
            ("NEXT_N_WEEKS", Some(2), "2026-11-22", "2026-12-06"),
            ("LAST_YEAR", None, "2025-01-01", "2026-01-01"),
            ("LAST_90_DAYS", None, "2026-08-22", "2026-11-21"),
            ("N_DAYS_AGO", Some(3), "2026-11-17", "2026-11-18"),
            ("N_MONTHS_AGO", Some(1), "2026-10-01", "2026-11-01"),
        ] {
            let expected = (first.parse().unwrap(), after.parse().unwrap());
            assert_eq!(days(name, count, now), Some(expected), "{name}");
        }
    }

    #[test]
    fn a_number_is_given_to_those_that_take_one() {
        assert!(is_known("TODAY", false) && !is_known("TODAY", true));
        assert!(is_known("LAST_N_WEEKS", true) && !is_known("LAST_N_WEEKS", false));
        assert!(!is_known("SOMEDAY", false) && !is_known("N_", true) && !is_known("LAST_N_S", true));
    }
}
