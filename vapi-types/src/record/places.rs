//! The objects in which a fact about a call may stand, and how a fact is read there.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::wire;

/// Under which names reports carry their length, none of them documented, and the unit in seconds.
const LENGTHS: [(&str, f64); 3] = [("durationSeconds", 1.0), ("durationMs", 1e-3), ("durationMinutes", 60.0)];
/// A time before Vapi was there, or after this, is a wrong figure.
const PLAUSIBLE: std::ops::RangeInclusive<i16> = 2020..=2200;

type Fields = Map<String, Value>;

/// The objects of a message that may hold a fact, the place of today first.
pub(super) struct Places<'a> {
    all: Vec<&'a Fields>,
}

impl<'a> Places<'a> {
    pub(super) fn of(message: &'a Value) -> Self {
        let message = message.as_object();
        let within = |fields: Option<&'a Fields>, name: &str| fields?.get(name)?.as_object();
        let call = within(message, "call");
        let all = [
            within(message, "artifact"),
            within(message, "analysis"),
            message,
            within(call, "artifact"),
            within(call, "analysis"),
            call,
        ];
        Self { all: all.into_iter().flatten().collect() }
    }

    /// Every value of a name, empty ones included.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &'a Value> {
        self.all.iter().filter_map(move |place| place.get(name))
    }

    /// The first text of a name that is not empty.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.values(name).find_map(|value| text(Some(value)))
    }

    /// The longest text of a name; of equally long ones the first.
    pub(super) fn longest(&self, name: &str) -> Option<&'a str> {
        self.values(name)
            .filter_map(|value| text(Some(value)))
            .reduce(|known, other| if other.len() > known.len() { other } else { known })
    }

    /// The first text, number or truth value of a name, as a text.
    pub(super) fn plain(&self, name: &str) -> Option<String> {
        self.values(name).find_map(|value| match value {
            Value::Bool(truth) => Some(truth.to_string()),
            Value::Number(number) => Some(number.to_string()),
            other => text(Some(other)).map(|text| text.trim().to_owned()),
        })
    }

    pub(super) fn time(&self, name: &str) -> Option<Timestamp> {
        self.values(name).find_map(|value| time(Some(value)))
    }

    pub(super) fn seconds(&self) -> Option<f64> {
        let told = |(name, unit): &(&str, f64)| self.values(name).find_map(amount).map(|told| told * unit);
        LENGTHS.iter().find_map(told)
    }

    /// The whole cost, where it is told as one figure, or else the sum of its lines.
    pub(super) fn cost(&self) -> Option<f64> {
        let total = || self.values("costBreakdown").find_map(|parts| amount(parts.get("total")?));
        let lines = || {
            self.values("costs").find_map(|lines| {
                let lines: Vec<f64> =
                    lines.as_array()?.iter().filter_map(|line| amount(line.get("cost")?)).collect();
                (!lines.is_empty()).then(|| lines.iter().sum())
            })
        };
        self.values("cost").find_map(amount).or_else(total).or_else(lines)
    }
}

/// A text that is not empty.
pub(super) fn text(value: Option<&Value>) -> Option<&str> {
    value?.as_str().filter(|text| !text.trim().is_empty())
}

/// A time, however it is written.
pub(super) fn time(value: Option<&Value>) -> Option<Timestamp> {
    let time = match value? {
        Value::String(text) => wire::time_from_text(text),
        Value::Number(number) => wire::time_from_number(number.as_f64()?),
        _ => None,
    };
    time.filter(|time| is_plausible(*time))
}

pub(super) fn is_plausible(time: Timestamp) -> bool {
    PLAUSIBLE.contains(&time.to_zoned(jiff::tz::TimeZone::UTC).year())
}

/// An amount of money or time, which some senders write as a text.
fn amount(value: &Value) -> Option<f64> {
    let amount = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    amount.filter(|amount: &f64| amount.is_finite() && *amount >= 0.0)
}
