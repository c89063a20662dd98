//! `el martes 1 de diciembre a las diez y media de la mañana`

use std::ops::Range;

use jiff::civil::{Date, Time, Weekday};

use super::{Calendar, enumerate, month_of, place, twelve};

pub(super) struct Spanish;

const DAYS: [&str; 7] = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];

const MONTHS: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

const HOURS: [&str; 13] =
    ["", "una", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"];

fn part_of_day(hour: i8) -> &'static str {
    match hour {
        0..6 => "de la madrugada",
        6..12 => "de la mañana",
        12 => "del mediodía",
        13..20 => "de la tarde",
        _ => "de la noche",
    }
}

/// With its article: `las diez y media de la mañana`.
fn clock(time: Time) -> String {
    let (hour, minute, part) = (twelve(time.hour()), time.minute(), part_of_day(time.hour()));
    let article = if hour == 1 { "la" } else { "las" };
    let name = HOURS[usize::try_from(hour).unwrap_or_default()];
    match (time.hour(), minute) {
        (0, 0) => "las doce de la noche".to_owned(),
        (_, 0) => format!("{article} {name} {part}"),
        (_, 15) => format!("{article} {name} y cuarto {part}"),
        (_, 30) => format!("{article} {name} y media {part}"),
        _ => format!("{article} {hour}:{minute:02} {part}"),
    }
}

impl Calendar for Spanish {
    fn near(&self) -> Option<[&'static str; 2]> {
        Some(["hoy", "mañana"])
    }

    fn date(&self, date: Date) -> String {
        format!("el {} {} de {}", DAYS[place(date.weekday())], date.day(), month_of(&MONTHS, date))
    }

    fn time(&self, time: Time) -> String {
        format!("a {}", clock(time))
    }

    fn span(&self, hours: &Range<Time>) -> String {
        format!("de {} a {}", clock(hours.start), clock(hours.end))
    }

    fn run(&self, first: Weekday, last: Weekday) -> String {
        format!("de {} a {}", DAYS[place(first)], DAYS[place(last)])
    }

    fn list(&self, days: &[Weekday]) -> String {
        let names = days.iter().map(|day| match day {
            Weekday::Saturday | Weekday::Sunday => format!("los {}s", DAYS[place(*day)]),
            _ => format!("los {}", DAYS[place(*day)]),
        });
        enumerate(&names.collect::<Vec<_>>(), " y ")
    }

    fn every_day(&self) -> &'static str {
        "todos los días"
    }
}
