//! `12月1日火曜日の午前10時半`

use std::ops::Range;

use jiff::civil::{Date, Time, Weekday};

use super::{Calendar, place};

pub(super) struct Japanese;

const DAYS: [&str; 7] = ["月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日", "日曜日"];

impl Calendar for Japanese {
    fn near(&self) -> Option<[&'static str; 2]> {
        Some(["本日", "明日"])
    }

    fn date(&self, date: Date) -> String {
        format!("{}月{}日{}の", date.month(), date.day(), DAYS[place(date.weekday())])
    }

    fn time(&self, time: Time) -> String {
        let half = if time.hour() < 12 { "午前" } else { "午後" };
        let hour = time.hour() % 12;
        match (time.hour(), time.minute()) {
            (12, 0) => "正午".to_owned(),
            (_, 0) => format!("{half}{hour}時"),
            (_, 30) => format!("{half}{hour}時半"),
            (_, minute) => format!("{half}{hour}時{minute}分"),
        }
    }

    fn span(&self, hours: &Range<Time>) -> String {
        format!("{}から{}まで", self.time(hours.start), self.time(hours.end))
    }

    fn run(&self, first: Weekday, last: Weekday) -> String {
        format!("{}から{}の", DAYS[place(first)], DAYS[place(last)])
    }

    fn list(&self, days: &[Weekday]) -> String {
        format!("{}の", days.iter().map(|day| DAYS[place(*day)]).collect::<Vec<_>>().join("と"))
    }

    fn every_day(&self) -> &'static str {
        "毎日"
    }

    fn gap(&self) -> &'static str {
        ""
    }

    fn pause(&self) -> &'static str {
        ""
    }
}
