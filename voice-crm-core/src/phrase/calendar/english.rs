//! `tomorrow at eight in the evening`, and a date with the month first or last by country.

use std::ops::Range;

use jiff::civil::{Date, Time, Weekday};

use super::{Calendar, enumerate, month_of, twelve};

pub(super) struct American;
pub(super) struct British;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const HOURS: [&str; 13] =
    ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// `1st`, which voices read as a word.
fn ordinal(day: i8) -> String {
    let ending = match (day % 10, day) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{day}{ending}")
}

fn hour(hour: i8) -> &'static str {
    HOURS[usize::try_from(twelve(hour)).unwrap_or_default()]
}

fn part_of_day(hour: i8) -> &'static str {
    match hour {
        0..12 => "in the morning",
        12..18 => "in the afternoon",
        18..22 => "in the evening",
        _ => "at night",
    }
}

/// The time without a preposition, as far as both countries say it alike.
fn clock(time: Time) -> Option<String> {
    let part = part_of_day(time.hour());
    Some(match (time.hour(), time.minute()) {
        (0, 0) => "midnight".to_owned(),
        (12, 0) => "noon".to_owned(),
        (now, 0) => format!("{} {part}", hour(now)),
        (now, 15) => format!("a quarter past {} {part}", hour(now)),
        (now, 30) => format!("half past {} {part}", hour(now)),
        (now, 45) => format!("a quarter to {} {part}", hour(now + 1)),
        _ => return None,
    })
}

fn american(time: Time) -> String {
    clock(time).unwrap_or_else(|| {
        let half = if time.hour() < 12 { "AM" } else { "PM" };
        format!("{}:{:02} {half}", twelve(time.hour()), time.minute())
    })
}

fn british(time: Time) -> String {
    clock(time).unwrap_or_else(|| {
        format!("{}:{:02} {}", twelve(time.hour()), time.minute(), part_of_day(time.hour()))
    })
}

fn name(day: Weekday) -> String {
    format!("{day:?}")
}

fn list(days: &[Weekday]) -> String {
    let names: Vec<String> = days.iter().map(|day| format!("{}s", name(*day))).collect();
    format!("on {}", enumerate(&names, " and "))
}

macro_rules! calendar {
    ($country:ident, $clock:ident, $date:expr) => {
        impl Calendar for $country {
            fn near(&self) -> Option<[&'static str; 2]> {
                Some(["today", "tomorrow"])
            }

            fn date(&self, date: Date) -> String {
                $date(name(date.weekday()), ordinal(date.day()), month_of(&MONTHS, date))
            }

            fn time(&self, time: Time) -> String {
                format!("at {}", $clock(time))
            }

            fn span(&self, hours: &Range<Time>) -> String {
                format!("from {} to {}", $clock(hours.start), $clock(hours.end))
            }

            fn run(&self, first: Weekday, last: Weekday) -> String {
                format!("{} to {}", name(first), name(last))
            }

            fn list(&self, days: &[Weekday]) -> String {
                list(days)
            }

            fn every_day(&self) -> &'static str {
                "every day"
            }
        }
    };
}

calendar!(American, american, |weekday, day, month| format!("on {weekday}, {month} {day},"));
calendar!(British, british, |weekday, day, month| format!("on {weekday} the {day} of {month}"));
