//! `le mardi 1er décembre à 10 h 30`

use std::ops::Range;

use jiff::civil::{Date, Time, Weekday};

use super::{Calendar, enumerate, month_of, place};

pub(super) struct French;

const DAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

fn clock(time: Time) -> String {
    match (time.hour(), time.minute()) {
        (0, 0) => "minuit".to_owned(),
        (12, 0) => "midi".to_owned(),
        (1, 0) => "1 heure".to_owned(),
        (hour, 0) => format!("{hour} heures"),
        (hour, minute) => format!("{hour} h {minute:02}"),
    }
}

impl Calendar for French {
    fn near(&self) -> Option<[&'static str; 2]> {
        Some(["aujourd'hui", "demain"])
    }

    fn date(&self, date: Date) -> String {
        let day = if date.day() == 1 { "1er".to_owned() } else { date.day().to_string() };
        format!("le {} {day} {}", DAYS[place(date.weekday())], month_of(&MONTHS, date))
    }

    fn time(&self, time: Time) -> String {
        format!("à {}", clock(time))
    }

    fn span(&self, hours: &Range<Time>) -> String {
        format!("de {} à {}", clock(hours.start), clock(hours.end))
    }

    fn run(&self, first: Weekday, last: Weekday) -> String {
        format!("du {} au {}", DAYS[place(first)], DAYS[place(last)])
    }

    fn list(&self, days: &[Weekday]) -> String {
        let names: Vec<String> = days.iter().map(|day| format!("le {}", DAYS[place(*day)])).collect();
        enumerate(&names, " et ")
    }

    fn every_day(&self) -> &'static str {
        "tous les jours"
    }
}
