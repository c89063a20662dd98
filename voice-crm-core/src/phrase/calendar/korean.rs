//! `12월 1일 화요일 오전 10시 30분`

use std::ops::Range;

use jiff::civil::{Date, Time, Weekday};

use super::{Calendar, place, twelve};

pub(super) struct Korean;

const DAYS: [&str; 7] = ["월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"];

fn part_of_day(hour: i8) -> &'static str {
    match hour {
        0..6 => "새벽",
        6..12 => "오전",
        12..18 => "오후",
        18..21 => "저녁",
        _ => "밤",
    }
}

impl Calendar for Korean {
    fn near(&self) -> Option<[&'static str; 2]> {
        Some(["오늘", "내일"])
    }

    fn date(&self, date: Date) -> String {
        format!("{}월 {}일 {}", date.month(), date.day(), DAYS[place(date.weekday())])
    }

    fn time(&self, time: Time) -> String {
        let (part, hour) = (part_of_day(time.hour()), twelve(time.hour()));
        match (time.hour(), time.minute()) {
            (0, 0) => "자정".to_owned(),
            (12, 0) => "정오".to_owned(),
            (_, 0) => format!("{part} {hour}시"),
            (_, minute) => format!("{part} {hour}시 {minute}분"),
        }
    }

    fn span(&self, hours: &Range<Time>) -> String {
        format!("{}부터 {}까지", self.time(hours.start), self.time(hours.end))
    }

    fn run(&self, first: Weekday, last: Weekday) -> String {
        format!("{}부터 {}까지", DAYS[place(first)], DAYS[place(last)])
    }

    fn list(&self, days: &[Weekday]) -> String {
        days.iter().map(|day| DAYS[place(*day)]).collect::<Vec<_>>().join("과 ")
    }

    fn every_day(&self) -> &'static str {
        "매일"
    }

    fn pause(&self) -> &'static str {
        " "
    }
}
