//! Any value survives in every form in which the org writes it.

use jiff::Timestamp;
use proptest::prelude::*;
use salesforce_client::sobject::{Task, VoiceCallFields, whole_number};
use salesforce_client::{RecordId, Soql};
use serde::Deserialize;
use serde_json::{Value, json};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// A moment at an offset from UTC as the org's calendar shows it, by arithmetic of its own: it counts
/// days, so that it shares nothing with the crate's calendar.
fn written(milliseconds: i64, offset_minutes: i64, mark: &str, fraction: bool) -> String {
    let local = milliseconds + offset_minutes * 60_000;
    let (mut days, within) = (local.div_euclid(DAY), local.rem_euclid(DAY));
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut year = 1970;
    while days < 0 {
        year -= 1;
        days += 365 + i64::from(leap(year));
    }
    while days >= 365 + i64::from(leap(year)) {
        days -= 365 + i64::from(leap(year));
        year += 1;
    }
    let lengths = [31, 28 + i64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while days >= lengths[month] {
        days -= lengths[month];
        month += 1;
    }
    let (seconds, millis) = (within / 1000, within % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = if fraction { format!(".{millis:03}") } else { String::new() };
    let (month, day) = (month + 1, days + 1);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{mark}")
}

/// The offset as the org writes it, without a colon, and as everybody else does.
fn marks(minutes: i64) -> [String; 2] {
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    [format!("{sign}{hours:02}{rest:02}"), format!("{sign}{hours:02}:{rest:02}")]
}

/// The moments that the org can hold: from the year 1700 to 4000, to the millisecond.
fn moments() -> impl Strategy<Value = i64> {
    -8_520_336_000_000_i64..64_060_588_800_000
}

fn read(text: &str) -> i64 {
    let task: Task = serde_json::from_value(json!({"CreatedDate": text})).unwrap();
    task.created_date.unwrap().as_millisecond()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_moment_is_the_same_in_every_form_the_org_writes(moment in moments(), quarters in -48_i64..=56) {
        let whole = moment - moment.rem_euclid(1000);
        prop_assert_eq!(read(&written(moment, 0, "Z", true)), moment);
        prop_assert_eq!(read(&written(whole, 0, "Z", false)), whole);
        for (minutes, moment, fraction) in
            [(0, moment, true), (quarters * 15, moment, true), (quarters * 15, whole, false)]
        {
            for mark in marks(minutes) {
                let text = written(moment, minutes, &mark, fraction);
                prop_assert_eq!(read(&text), moment, "{}", text);
            }
        }
    }

    #[test]
    fn a_moment_that_is_written_and_queried_for_is_the_one_that_was_meant(moment in moments()) {
        let time = Timestamp::from_millisecond(moment).unwrap();

        let fields = VoiceCallFields { call_start_date_time: time.into(), ..VoiceCallFields::default() };
        let sent = serde_json::to_value(&fields).unwrap();
        let sent: Timestamp = serde_json::from_value(sent["CallStartDateTime"].clone()).unwrap();
        prop_assert_eq!(sent, time);

        let asked = Soql::new(":t").bind("t", time).render().unwrap();
        prop_assert_eq!(asked, written(moment, 0, "Z", true));
    }

    #[test]
    fn a_whole_number_is_read_with_and_without_a_point(number in -(1_i64 << 53)..=1 << 53) {
        for text in [number.to_string(), format!("{number}.0"), format!("{number}.00")] {
            let numbers: Numbers = serde_json::from_str(&format!(r#"{{"whole":{text},"decimal":{text}}}"#)).unwrap();
            prop_assert_eq!(numbers.whole, Some(number));
            #[expect(clippy::cast_precision_loss, reason = "up to 2^53 nothing is lost")]
            let decimal = number as f64;
            prop_assert_eq!(numbers.decimal.map(f64::to_bits), Some(decimal.to_bits()));
        }
    }

    #[test]
    fn a_number_with_a_fraction_is_not_taken_for_a_whole_one(whole in -100_000_i64..100_000, rest in 1_u32..1000) {
        let text = format!(r#"{{"whole":{whole}.{rest:03}}}"#);
        prop_assert!(serde_json::from_str::<Numbers>(&text).is_err());
    }

    #[test]
    fn the_long_form_of_an_id_is_its_short_form_and_where_the_capitals_are(short in "[0-9A-Za-z]{15}") {
        let mut long = short.clone();
        for five in short.as_bytes().chunks(5) {
            let mark = five.iter().enumerate().map(|(place, byte)| u32::from(byte.is_ascii_uppercase()) << place);
            let mark: u32 = mark.sum();
            long.push(char::from_digit(mark, 32).map_or('?', |_| b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[mark as usize].into()));
        }
        let (from_short, from_long): (RecordId, RecordId) = (short.parse().unwrap(), long.parse().unwrap());
        prop_assert_eq!(from_short, from_long);
        prop_assert_eq!(from_short.as_str(), long.as_str());
        prop_assert_eq!(serde_json::from_value::<RecordId>(Value::from(short)).unwrap(), from_long);
        prop_assert_eq!(serde_json::to_value(from_short).unwrap(), Value::from(long));
    }

    #[test]
    fn ids_that_differ_only_in_case_are_not_the_same(short in "[0-9A-Za-z]{14}[a-z]") {
        let mut other = short.clone();
        other.replace_range(14.., &short[14..].to_ascii_uppercase());
        prop_assert_ne!(RecordId::parse(&short).unwrap(), RecordId::parse(&other).unwrap());
    }
}

#[test]
fn numbers_beyond_what_decimals_name_do_not_spoil_the_page_they_stand_on() {
    let read = |text: &str| serde_json::from_str::<Numbers>(&format!(r#"{{"whole":{text}}}"#)).unwrap().whole;
    assert_eq!(read("9007199254740993"), Some((1 << 53) + 1));
    assert_eq!(read("999999999999999999"), Some(999_999_999_999_999_999));
    assert_eq!(read("9007199254740994.0"), Some((1 << 53) + 2));
    assert_eq!(read("-999999999999999999.0"), Some(-1_000_000_000_000_000_000), "the nearest there is");
    assert_eq!(read("1.0E15"), Some(1_000_000_000_000_000));
    for beyond in ["9223372036854775808", "1e30", "-1e30"] {
        assert_eq!(read(beyond), None, "{beyond}");
    }
}

/// Numbers in a type of the user's own.
#[derive(Deserialize)]
struct Numbers {
    #[serde(default, deserialize_with = "whole_number")]
    whole: Option<i64>,
    #[serde(default)]
    decimal: Option<f64>,
}
