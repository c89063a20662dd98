//! Figures that any voice reads, for languages of which nothing is known.

use std::ops::Range;

use jiff::civil::{Date, Time, Weekday};

use super::{Calendar, enumerate};

pub(super) struct Numeric;

impl Calendar for Numeric {
    fn date(&self, date: Date) -> String {
        date.to_string()
    }

    fn time(&self, time: Time) -> String {
        time.strftime("%H:%M").to_string()
    }

    fn span(&self, hours: &Range<Time>) -> String {
        format!("{}\u{2013}{}", self.time(hours.start), self.time(hours.end))
    }

    fn run(&self, first: Weekday, last: Weekday) -> String {
        format!("{}\u{2013}{}", first.to_monday_one_offset(), last.to_monday_one_offset())
    }

    fn list(&self, days: &[Weekday]) -> String {
        let numbers: Vec<String> = days.iter().map(|day| day.to_monday_one_offset().to_string()).collect();
        enumerate(&numbers, ", ")
    }

    fn every_day(&self) -> &'static str {
        "1\u{2013}7"
    }
}
