//! When colleagues call back: days, hours and the clock that they are meant by.

use std::ops::Range;

use jiff::{
    civil::{Time, Weekday},
    tz::TimeZone,
};
use voice_crm_core::functions::Desk;

const WRONG: &str =
    "CALLBACK_HOURS must be days, hours and a time zone, such as Mon-Fri 09:00-17:00 Europe/Berlin";

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// Hours that are there on some days of the week.
#[derive(Clone, Debug)]
pub(crate) struct CallbackHours {
    days: Vec<Weekday>,
    hours: Range<Time>,
    zone: TimeZone,
}

impl CallbackHours {
    /// Reads `Mon-Fri 09:00-17:00 Europe/Berlin`, where days may also be a list such as `Mon,Thu`.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split_whitespace().collect();
        let [days, hours, zone] = parts.as_slice() else { return Err(WRONG.to_owned()) };
        let days = read_days(days).ok_or(WRONG)?;
        let (from, to) = hours.split_once('-').ok_or(WRONG)?;
        let time = |text: &str| text.parse::<Time>().map_err(|_| WRONG.to_owned());
        let hours = time(from)?..time(to)?;
        if hours.is_empty() {
            return Err("CALLBACK_HOURS end before they begin".to_owned());
        }
        let zone =
            TimeZone::get(zone).map_err(|_| format!("CALLBACK_HOURS: {zone} is no time zone known here"))?;
        Ok(Self { days, hours, zone })
    }

    /// A desk that keeps them.
    pub(crate) fn desk(self) -> Desk {
        Desk::new().callback_hours(self.zone, self.days, self.hours)
    }
}

fn read_days(text: &str) -> Option<Vec<Weekday>> {
    let day = |name: &str| {
        DAYS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim())).map(|(_, day)| *day)
    };
    match text.split_once('-') {
        Some((first, last)) => {
            let (first, last) = (day(first)?, day(last)?);
            let mut days: Vec<Weekday> = first.cycle_forward().take(7).collect();
            let end = days.iter().position(|day| *day == last)?;
            days.truncate(end + 1);
            Some(days)
        }
        None => text.split(',').map(day).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_with_their_days_and_their_clock() {
        let read = CallbackHours::read("Mon-Fri 09:00-17:30 Europe/Berlin").unwrap();
        assert_eq!((read.days.len(), read.hours.end.minute()), (5, 30));
        assert_eq!(read.zone.iana_name(), Some("Europe/Berlin"));
        assert_eq!(CallbackHours::read("sat,Mon 10:00-12:00 UTC").unwrap().days.len(), 2);
        assert_eq!(CallbackHours::read("Sat-Mon 10:00-12:00 UTC").unwrap().days.len(), 3);
    }

    #[test]
    fn what_is_no_hours_is_told_with_what_would_be() {
        for wrong in ["", "Mon-Fri", "Mon-Fri 9-5 UTC", "Mo-Fr 09:00-17:00 UTC", "Mon 09:00 UTC"] {
            assert_eq!(CallbackHours::read(wrong).unwrap_err(), WRONG, "{wrong}");
        }
        assert!(CallbackHours::read("Mon 17:00-09:00 UTC").unwrap_err().contains("end before"));
        assert!(CallbackHours::read("Mon 09:00-17:00 Nowhere/Land").unwrap_err().contains("Nowhere/Land"));
    }
}
