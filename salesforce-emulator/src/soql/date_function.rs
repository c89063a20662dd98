//! Functions of dates, such as `CALENDAR_YEAR`. The org's time zone is UTC, and its fiscal year the calendar's.

use jiff::civil::Date;
use serde_json::Value;

use crate::schema::Kind;

/// A part of a date, or the day of an instant.
///
/// See Salesforce, "Date Functions (SOQL)".
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum DateFunction {
    CalendarMonth,
    CalendarQuarter,
    CalendarYear,
    DayInMonth,
    DayInWeek,
    DayInYear,
    DayOnly,
    FiscalMonth,
    FiscalQuarter,
    FiscalYear,
    HourInDay,
    WeekInMonth,
    WeekInYear,
}

impl DateFunction {
    const ALL: [Self; 13] = [
        Self::CalendarMonth,
        Self::CalendarQuarter,
        Self::CalendarYear,
        Self::DayInMonth,
        Self::DayInWeek,
        Self::DayInYear,
        Self::DayOnly,
        Self::FiscalMonth,
        Self::FiscalQuarter,
        Self::FiscalYear,
        Self::HourInDay,
        Self::WeekInMonth,
        Self::WeekInYear,
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.name().eq_ignore_ascii_case(name))
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::CalendarMonth => "CALENDAR_MONTH",
            Self::CalendarQuarter => "CALENDAR_QUARTER",
            Self::CalendarYear => "CALENDAR_YEAR",
            Self::DayInMonth => "DAY_IN_MONTH",
            Self::DayInWeek => "DAY_IN_WEEK",
            Self::DayInYear => "DAY_IN_YEAR",
            Self::DayOnly => "DAY_ONLY",
            Self::FiscalMonth => "FISCAL_MONTH",
            Self::FiscalQuarter => "FISCAL_QUARTER",
            Self::FiscalYear => "FISCAL_YEAR",
            Self::HourInDay => "HOUR_IN_DAY",
            Self::WeekInMonth => "WEEK_IN_MONTH",
            Self::WeekInYear => "WEEK_IN_YEAR",
        }
    }

    /// Whether it can be applied to a field of this kind.
    pub(super) fn takes(self, kind: Kind) -> bool {
        match self {
            Self::DayOnly | Self::HourInDay => kind == Kind::DateTime,
            _ => matches!(kind, Kind::Date | Kind::DateTime),
        }
    }

    /// What it gives.
    pub(super) fn kind(self) -> Kind {
        if self == Self::DayOnly { Kind::Date } else { Kind::Int }
    }

    /// The value for a date or an instant in its stored form; nothing for nothing.
    pub(super) fn of(self, value: &Value) -> Value {
        let Some(text) = value.as_str() else { return Value::Null };
        let Some(date) = text.get(..10).and_then(|day| day.parse::<Date>().ok()) else { return Value::Null };
        match self {
            Self::DayOnly => Value::from(date.to_string()),
            Self::HourInDay => text.get(11..13).and_then(|hour| hour.parse::<u8>().ok()).into(),
            Self::CalendarMonth | Self::FiscalMonth => date.month().into(),
            Self::CalendarQuarter | Self::FiscalQuarter => ((date.month() - 1) / 3 + 1).into(),
            Self::CalendarYear | Self::FiscalYear => date.year().into(),
            Self::DayInMonth => date.day().into(),
            Self::DayInWeek => date.weekday().to_sunday_one_offset().into(),
            Self::DayInYear => date.day_of_year().into(),
            Self::WeekInMonth => ((date.day() - 1) / 7 + 1).into(),
            Self::WeekInYear => ((date.day_of_year() - 1) / 7 + 1).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::DateFunction;

    #[test]
    fn each_function_gives_its_part() {
        // A Friday.
        let at = json!("2026-11-20T23:30:00.000+0000");
        for (name, expected) in [
            ("CALENDAR_MONTH", json!(11)),
            ("calendar_quarter", json!(4)),
            ("CALENDAR_YEAR", json!(2026)),
            ("DAY_IN_MONTH", json!(20)),
            ("DAY_IN_WEEK", json!(6)),
            ("DAY_IN_YEAR", json!(324)),
            ("DAY_ONLY", json!("2026-11-20")),
            ("FISCAL_MONTH", json!(11)),
            ("FISCAL_QUARTER", json!(4)),
            ("FISCAL_YEAR", json!(2026)),
            ("HOUR_IN_DAY", json!(23)),
            ("WEEK_IN_MONTH", json!(3)),
            ("WEEK_IN_YEAR", json!(47)),
        ] {
            let function = DateFunction::named(name).unwrap();
            assert_eq!(function.of(&at), expected, "{name}");
            assert_eq!(function.of(&Value::Null), Value::Null);
        }
    }
}
