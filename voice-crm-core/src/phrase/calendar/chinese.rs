//! `12月1日星期二上午10点半`, in the characters of the mainland or of Taiwan.

use std::ops::Range;

use jiff::civil::{Date, Time, Weekday};

use super::{Calendar, place, twelve};

pub(super) struct Chinese {
    o_clock: &'static str,
}

pub(super) const SIMPLIFIED: Chinese = Chinese { o_clock: "点" };
pub(super) const TRADITIONAL: Chinese = Chinese { o_clock: "點" };

const DAYS: [&str; 7] = ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"];

fn part_of_day(hour: i8) -> &'static str {
    match hour {
        0..6 => "凌晨",
        6..12 => "上午",
        12 => "中午",
        13..18 => "下午",
        _ => "晚上",
    }
}

impl Calendar for Chinese {
    fn near(&self) -> Option<[&'static str; 2]> {
        Some(["今天", "明天"])
    }

    fn date(&self, date: Date) -> String {
        format!("{}月{}日{}", date.month(), date.day(), DAYS[place(date.weekday())])
    }

    fn time(&self, time: Time) -> String {
        let (part, hour) = (part_of_day(time.hour()), twelve(time.hour()));
        match time.minute() {
            0 => format!("{part}{hour}{}", self.o_clock),
            30 => format!("{part}{hour}{}半", self.o_clock),
            minute => format!("{part}{hour}{}{minute}分", self.o_clock),
        }
    }

    fn span(&self, hours: &Range<Time>) -> String {
        format!("{}到{}", self.time(hours.start), self.time(hours.end))
    }

    fn run(&self, first: Weekday, last: Weekday) -> String {
        format!("{}到{}", DAYS[place(first)], DAYS[place(last)])
    }

    fn list(&self, days: &[Weekday]) -> String {
        days.iter().map(|day| DAYS[place(*day)]).collect::<Vec<_>>().join("和")
    }

    fn every_day(&self) -> &'static str {
        "每天"
    }

    fn gap(&self) -> &'static str {
        ""
    }

    fn pause(&self) -> &'static str {
        ""
    }
}
