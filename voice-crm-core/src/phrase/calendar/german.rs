//! `am Dienstag, dem 1. Dezember, um 10 Uhr 30`

use std::ops::Range;

use jiff::civil::{Date, Time, Weekday};

use super::{Calendar, enumerate, month_of, place};

pub(super) struct German;

const DAYS: [&str; 7] = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"];

const MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

fn clock(time: Time) -> String {
    match time.minute() {
        0 => format!("{} Uhr", time.hour()),
        minute => format!("{} Uhr {minute}", time.hour()),
    }
}

/// `montags`, on each Monday.
fn weekly(day: Weekday) -> String {
    format!("{}s", DAYS[place(day)].to_lowercase())
}

impl Calendar for German {
    fn near(&self) -> Option<[&'static str; 2]> {
        Some(["heute", "morgen"])
    }

    fn date(&self, date: Date) -> String {
        format!("am {}, dem {}. {},", DAYS[place(date.weekday())], date.day(), month_of(&MONTHS, date))
    }

    fn time(&self, time: Time) -> String {
        format!("um {}", clock(time))
    }

    fn span(&self, hours: &Range<Time>) -> String {
        format!("von {} bis {}", clock(hours.start), clock(hours.end))
    }

    fn run(&self, first: Weekday, last: Weekday) -> String {
        format!("{} bis {}", weekly(first), weekly(last))
    }

    fn list(&self, days: &[Weekday]) -> String {
        enumerate(&days.iter().map(|day| weekly(*day)).collect::<Vec<_>>(), " und ")
    }

    fn every_day(&self) -> &'static str {
        "täglich"
    }

    fn pause(&self) -> &'static str {
        " "
    }
}
