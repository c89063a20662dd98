//! `na terça-feira, dia 1º de dezembro, às dez e meia da manhã`; the first of a month is no ordinal in Portugal.

use std::ops::Range;

use jiff::civil::{Date, Time, Weekday};

use super::{Calendar, enumerate, month_of, place, twelve};

pub(super) struct Portuguese {
    first: &'static str,
}

pub(super) const BRAZIL: Portuguese = Portuguese { first: "1º" };
pub(super) const PORTUGAL: Portuguese = Portuguese { first: "1" };

const DAYS: [&str; 7] =
    ["segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"];

const MONTHS: [&str; 12] = [
    "janeiro",
    "fevereiro",
    "março",
    "abril",
    "maio",
    "junho",
    "julho",
    "agosto",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
];

const HOURS: [&str; 13] =
    ["", "uma", "duas", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez", "onze", "doze"];

fn part_of_day(hour: i8) -> &'static str {
    match hour {
        0..6 => "da madrugada",
        6..12 => "da manhã",
        12..19 => "da tarde",
        _ => "da noite",
    }
}

/// The time, and whether it takes the article of one hour, of several, or of noon.
fn clock(time: Time) -> (&'static str, String) {
    let article = match twelve(time.hour()) {
        1 => "à",
        _ => "às",
    };
    let name = HOURS[usize::try_from(twelve(time.hour())).unwrap_or_default()];
    let part = part_of_day(time.hour());
    match (time.hour(), time.minute()) {
        (0, 0) => ("à", "meia-noite".to_owned()),
        (12, 0) => ("ao", "meio-dia".to_owned()),
        (_, 0) => (article, format!("{name} {part}")),
        (_, 15) => (article, format!("{name} e quinze {part}")),
        (_, 30) => (article, format!("{name} e meia {part}")),
        (0 | 1, minute) => ("à", format!("{}h{minute:02}", time.hour())),
        (hour, minute) => ("às", format!("{hour}h{minute:02}")),
    }
}

/// `na segunda-feira`, `no sábado`
fn on(day: Weekday) -> String {
    match day {
        Weekday::Saturday | Weekday::Sunday => format!("no {}", DAYS[place(day)]),
        _ => format!("na {}", DAYS[place(day)]),
    }
}

impl Calendar for Portuguese {
    fn near(&self) -> Option<[&'static str; 2]> {
        Some(["hoje", "amanhã"])
    }

    fn date(&self, date: Date) -> String {
        let day = if date.day() == 1 { self.first.to_owned() } else { date.day().to_string() };
        format!("{}, dia {day} de {},", on(date.weekday()), month_of(&MONTHS, date))
    }

    fn time(&self, time: Time) -> String {
        let (article, clock) = clock(time);
        format!("{article} {clock}")
    }

    fn span(&self, hours: &Range<Time>) -> String {
        let (article, from) = clock(hours.start);
        // The article joined to "de" where the end has it joined to "a".
        let from_article = match article {
            "à" => "da",
            "ao" => "do",
            _ => "das",
        };
        format!("{from_article} {from} {}", self.time(hours.end))
    }

    fn run(&self, first: Weekday, last: Weekday) -> String {
        format!("de {} a {}", DAYS[place(first)], DAYS[place(last)])
    }

    fn list(&self, days: &[Weekday]) -> String {
        enumerate(&days.iter().map(|day| on(*day)).collect::<Vec<_>>(), " e ")
    }

    fn every_day(&self) -> &'static str {
        "todos os dias"
    }
}
