//! Date literals such as `TODAY`: a first day, and the day after the last. The org's time zone is UTC.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

/// The days a date literal stands for, as of `now`; `None` beyond the calendar.
pub(super) fn days(name: &str, count: Option<u32>, now: Timestamp) -> Option<(Date, Date)> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let day = |offset: i64| today.checked_add(offset.days()).ok();
    let count = i64::from(count.unwrap_or(0));
    match name {
        "TODAY" => Some((today, day(1)?)),
        "YESTERDAY" => Some((day(-1)?, today)),
        "TOMORROW" => Some((day(1)?, day(2)?)),
        "LAST_N_DAYS" => Some((day(-count)?, day(1)?)),
        "NEXT_N_DAYS" => Some((day(1)?, day(count + 1)?)),
        "THIS_MONTH" => Some((today.first_of_month(), next_month(today)?)),
        "LAST_MONTH" => {
            let before = today.first_of_month().checked_sub(1.day()).ok()?;
            Some((before.first_of_month(), today.first_of_month()))
        }
        "THIS_YEAR" => Some((today.first_of_year(), today.last_of_year().checked_add(1.day()).ok()?)),
        _ => None,
    }
}

fn next_month(date: Date) -> Option<Date> {
    date.last_of_month().checked_add(1.day()).ok()
}
