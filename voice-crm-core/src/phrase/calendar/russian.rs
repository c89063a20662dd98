//! `во вторник, 1 декабря, в 10:30 утра`

use std::ops::Range;

use jiff::civil::{Date, Time, Weekday};

use super::{Calendar, enumerate, month_of, place, twelve};

pub(super) struct Russian;

/// In the accusative, with the preposition.
const ON: [&str; 7] =
    ["в понедельник", "во вторник", "в среду", "в четверг", "в пятницу", "в субботу", "в воскресенье"];

const FROM: [&str; 7] =
    ["с понедельника", "со вторника", "со среды", "с четверга", "с пятницы", "с субботы", "с воскресенья"];

const UNTIL: [&str; 7] =
    ["по понедельник", "по вторник", "по среду", "по четверг", "по пятницу", "по субботу", "по воскресенье"];

/// In the genitive.
const MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

fn part_of_day(hour: i8) -> &'static str {
    match hour {
        0..4 => "ночи",
        4..12 => "утра",
        12..17 => "дня",
        _ => "вечера",
    }
}

/// The hour as it stands in `с 9 до 17 часов`.
fn bare(time: Time) -> String {
    match time.minute() {
        0 => time.hour().to_string(),
        minute => format!("{}:{minute:02}", time.hour()),
    }
}

impl Calendar for Russian {
    fn near(&self) -> Option<[&'static str; 2]> {
        Some(["сегодня", "завтра"])
    }

    fn date(&self, date: Date) -> String {
        format!("{}, {} {},", ON[place(date.weekday())], date.day(), month_of(&MONTHS, date))
    }

    fn time(&self, time: Time) -> String {
        let (hour, part) = (twelve(time.hour()), part_of_day(time.hour()));
        match (time.hour(), time.minute()) {
            (0, 0) => "в полночь".to_owned(),
            (12, 0) => "в полдень".to_owned(),
            (1 | 13, 0) => format!("в час {part}"),
            (_, 0) => format!("в {hour} {} {part}", if hour < 5 { "часа" } else { "часов" }),
            (_, minute) => format!("в {hour}:{minute:02} {part}"),
        }
    }

    fn span(&self, hours: &Range<Time>) -> String {
        let whole = hours.start.minute() == 0 && hours.end.minute() == 0;
        let unit = match hours.end.hour() {
            _ if !whole => "",
            1 | 21 => " часа",
            _ => " часов",
        };
        format!("с {} до {}{unit}", bare(hours.start), bare(hours.end))
    }

    fn run(&self, first: Weekday, last: Weekday) -> String {
        format!("{} {}", FROM[place(first)], UNTIL[place(last)])
    }

    fn list(&self, days: &[Weekday]) -> String {
        enumerate(&days.iter().map(|day| ON[place(*day)].to_owned()).collect::<Vec<_>>(), " и ")
    }

    fn every_day(&self) -> &'static str {
        "ежедневно"
    }
}
