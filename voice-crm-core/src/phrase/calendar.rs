//! Days, times and opening hours, as people say them in each language.

use std::ops::Range;

use jiff::civil::{Date, Time, Weekday};

use super::Language;

mod chinese;
mod english;
mod french;
mod german;
mod japanese;
mod korean;
mod numeric;
mod portuguese;
mod russian;
mod spanish;

/// Monday to Sunday.
const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// How one language says when something is. Each is an adverb, with the words that a sentence needs before it.
pub(super) trait Calendar: Sync {
    /// `today` and `tomorrow`
    fn near(&self) -> Option<[&'static str; 2]> {
        None
    }
    /// `on Tuesday, December 1st`
    fn date(&self, date: Date) -> String;
    /// `at half past ten in the morning`
    fn time(&self, time: Time) -> String;
    /// `from nine in the morning to five in the afternoon`
    fn span(&self, hours: &Range<Time>) -> String;
    /// `Monday to Friday`, when all days between two are meant.
    fn run(&self, first: Weekday, last: Weekday) -> String;
    /// `on Monday and Thursday`
    fn list(&self, days: &[Weekday]) -> String;
    /// `every day`
    fn every_day(&self) -> &'static str;
    /// What stands between day and time.
    fn gap(&self) -> &'static str {
        " "
    }
    /// What stands between days and hours.
    fn pause(&self) -> &'static str {
        ", "
    }
}

/// The calendar of a language; figures where it is none of ours.
pub(super) fn of(language: Language) -> &'static dyn Calendar {
    match (language.code(), language.country()) {
        ("en", None | Some("US" | "CA" | "PH" | "PR")) => &english::American,
        ("en", _) => &english::British,
        ("es", _) => &spanish::Spanish,
        ("fr", _) => &french::French,
        ("de", _) => &german::German,
        ("ko", _) => &korean::Korean,
        ("zh", Some("TW" | "HK" | "MO")) => &chinese::TRADITIONAL,
        ("zh", _) => &chinese::SIMPLIFIED,
        ("ru", _) => &russian::Russian,
        ("pt", None | Some("BR")) => &portuguese::BRAZIL,
        ("pt", _) => &portuguese::PORTUGAL,
        ("ja", _) => &japanese::Japanese,
        _ => &numeric::Numeric,
    }
}

/// A day as it is said on another: the days at hand have names of their own.
fn day(calendar: &dyn Calendar, date: Date, today: Date) -> String {
    match calendar.near() {
        Some([name, _]) if date == today => name.to_owned(),
        Some([_, name]) if today.tomorrow().is_ok_and(|tomorrow| tomorrow == date) => name.to_owned(),
        _ => calendar.date(date),
    }
}

/// A day alone, without what joins it to a time.
pub(super) fn day_alone(calendar: &dyn Calendar, date: Date, today: Date) -> String {
    day(calendar, date, today).trim_end_matches([',', 'の']).to_owned()
}

/// A day and a time of it.
pub(super) fn moment(calendar: &dyn Calendar, (date, time): (Date, Time), today: Date) -> String {
    format!("{}{}{}", day(calendar, date, today), calendar.gap(), calendar.time(time))
}

/// Days of the week with the hours that they have in common. No days are all of them.
pub(super) fn opening(calendar: &dyn Calendar, days: &[Weekday], hours: &Range<Time>) -> String {
    let open: Vec<Weekday> = WEEK.into_iter().filter(|day| days.contains(day)).collect();
    let said = match open.as_slice() {
        [] | [_, _, _, _, _, _, _] => calendar.every_day().to_owned(),
        [first, _, .., last] if is_run(&open) => calendar.run(*first, *last),
        some => calendar.list(some),
    };
    format!("{said}{}{}", calendar.pause(), calendar.span(hours))
}

/// Three days or more without a gap.
fn is_run(days: &[Weekday]) -> bool {
    days.windows(2).all(|pair| pair[0].next() == pair[1])
}

/// The hour on a clock face of twelve.
fn twelve(hour: i8) -> i8 {
    if hour % 12 == 0 { 12 } else { hour % 12 }
}

/// Where a name stands among those of the days, which begin with Monday.
fn place(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or_default()
}

/// The name of a month among twelve.
fn month_of(names: &[&'static str; 12], date: Date) -> &'static str {
    names[usize::try_from(date.month() - 1).unwrap_or_default()]
}

/// Words with commas between them and a last word before the last of them.
fn enumerate(words: &[String], and: &str) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => format!("{}{and}{last}", before.join(", ")),
    }
}

#[cfg(test)]
mod tests;
