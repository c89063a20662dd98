//! Numbers as the org keeps them, in decimal digits, and as it writes them, as Java writes a `double`.

use std::io;

use serde::Serialize as _;
use serde_json::{Number, Serializer, Value, ser::Formatter};

/// A number in decimal digits, as it was sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Decimal {
    is_negative: bool,
    /// The digits before the point, without leading zeros.
    whole: String,
    fraction: String,
}

impl Decimal {
    pub(crate) fn of(number: &Number) -> Self {
        let text = number.to_string();
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let (mut whole, mut fraction) = (whole.trim_start_matches('-').to_owned(), fraction.to_owned());
        for _ in 0..exponent {
            whole.push(if fraction.is_empty() { '0' } else { fraction.remove(0) });
        }
        for _ in exponent..0 {
            fraction.insert(0, whole.pop().unwrap_or('0'));
        }
        let whole = whole.trim_start_matches('0').to_owned();
        Self { is_negative: text.starts_with('-'), whole, fraction }
    }

    /// Whether nothing but zeros stands after the point.
    pub(crate) fn is_whole(&self) -> bool {
        self.fraction.bytes().all(|digit| digit == b'0')
    }

    /// How many digits stand before the point.
    pub(crate) fn digits(&self) -> usize {
        self.whole.len()
    }

    /// The number with so many digits after the point; a half is rounded away from zero.
    pub(crate) fn rounded(mut self, scale: usize) -> Self {
        let up = self.fraction.as_bytes().get(scale).is_some_and(|digit| *digit >= b'5');
        self.fraction.truncate(scale);
        if up {
            self.increment();
        }
        self
    }

    /// Adds one at the last place.
    fn increment(&mut self) {
        let places = self.fraction.len();
        let mut digits = format!("0{}{}", self.whole, self.fraction).into_bytes();
        for digit in digits.iter_mut().rev() {
            if *digit < b'9' {
                *digit += 1;
                break;
            }
            *digit = b'0';
        }
        let digits: String = digits.into_iter().map(char::from).collect();
        let (whole, fraction) = digits.split_at(digits.len() - places);
        whole.trim_start_matches('0').clone_into(&mut self.whole);
        fraction.clone_into(&mut self.fraction);
    }

    /// The nearest double. There is no minus zero in a database.
    pub(crate) fn to_f64(&self) -> f64 {
        let text = format!("0{}.{}0", self.whole, self.fraction);
        let amount: f64 = text.parse().unwrap_or_default();
        if self.is_negative && amount > 0.0 { -amount } else { amount }
    }

    /// The digits before the point as an integer, if it is none too large.
    pub(crate) fn to_i64(&self) -> Option<i64> {
        format!("{}0{}", if self.is_negative { "-" } else { "" }, self.whole).parse().ok()
    }
}

/// A double with so many digits after the point.
pub(crate) fn fixed(amount: f64, scale: usize) -> String {
    let decimal = Number::from_f64(amount).map(|number| Decimal::of(&number).rounded(scale));
    let Some(Decimal { is_negative, whole, fraction }) = decimal else { return String::new() };
    let is_zero = whole.is_empty() && fraction.bytes().all(|digit| digit == b'0');
    let sign = if is_negative && !is_zero { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { &whole };
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction:0<scale$}") }
}

/// A double as Java writes it: `300.0`, and beyond seven digits `1.39E8`.
pub(crate) fn shown(amount: f64) -> String {
    let magnitude = amount.abs();
    if magnitude == 0.0 || (PLAIN_FROM..PLAIN_TO).contains(&magnitude) {
        return format!("{amount:?}");
    }
    let text = format!("{amount:E}");
    match text.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0E{exponent}"),
        _ => text,
    }
}

/// A JSON text whose doubles are written as the org writes them.
pub(crate) fn json(value: &Value) -> String {
    let mut text = Vec::new();
    // Writing into memory cannot fail, and a value has no key that is no text.
    let _ = value.serialize(&mut Serializer::with_formatter(&mut text, Doubles));
    String::from_utf8(text).unwrap_or_default()
}

struct Doubles;

impl Formatter for Doubles {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(shown(value).as_bytes())
    }
}

/// See Java, `Double.toString`.
const PLAIN_FROM: f64 = 1e-3;
const PLAIN_TO: f64 = 1e7;

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};
    use serde_json::{Number, Value, json};

    use super::{Decimal, fixed, json as text, shown};

    fn decimal(amount: &Value) -> Decimal {
        Decimal::of(amount.as_number().unwrap())
    }

    #[test]
    fn doubles_are_written_as_java_writes_them() {
        for (amount, expected) in [
            (0.0, "0.0"),
            (300.0, "300.0"),
            (-2.5, "-2.5"),
            (0.001, "0.001"),
            (0.00025, "2.5E-4"),
            (9_999_999.0, "9999999.0"),
            (10_000_000.0, "1.0E7"),
            (139_000_000.0, "1.39E8"),
            (-123_456_789_012_345_680.0, "-1.2345678901234568E17"),
        ] {
            assert_eq!(shown(amount), expected);
        }
        let whole = json!({ "a": [1.39e8, 400, "1.39e8", null] });
        assert_eq!(text(&whole), r#"{"a":[1.39E8,400,"1.39e8",null]}"#);
    }

    #[test]
    fn a_half_is_rounded_up_by_its_digits() {
        for (amount, scale, expected) in [
            (json!(2.675), 2, 2.68),
            (json!(-2.675), 2, -2.68),
            (json!(0.5), 0, 1.0),
            (json!(9.995), 2, 10.0),
            (json!(1e3), 2, 1_000.0),
            (json!(1.5e-3), 3, 0.002),
            (json!(-0.001), 2, 0.0),
        ] {
            assert_eq!(shown(decimal(&amount).rounded(scale).to_f64()), shown(expected), "{amount}");
        }
    }

    #[test]
    fn a_fixed_number_has_all_its_places() {
        let pairs = [(5.0, 2, "5.00"), (-0.5, 0, "-1"), (-0.001, 2, "0.00"), (1e7, 1, "10000000.0")];
        for (amount, scale, expected) in pairs {
            assert_eq!(fixed(amount, scale), expected);
        }
    }

    #[test]
    fn eighteen_digits_are_eighteen_digits() {
        assert_eq!(decimal(&json!(999_999_999_999_999_999_u64)).digits(), 18);
        assert_eq!(decimal(&json!(1_000_000_000_000_000_000_u64)).digits(), 19);
        assert_eq!(decimal(&json!(1e18)).digits(), 19);
        assert_eq!(decimal(&json!(-12.0)).to_i64(), Some(-12));
        assert!(decimal(&json!(3e2)).is_whole() && !decimal(&json!(0.25)).is_whole());
    }

    proptest! {
        #[test]
        fn a_double_survives_its_digits_and_its_text(amount in any::<f64>()) {
            let Some(number) = Number::from_f64(amount) else { return Ok(()) };
            // Zero is added because there is no minus zero.
            assert_eq!(Decimal::of(&number).to_f64().to_bits(), (amount + 0.0).to_bits());
            assert_eq!(shown(amount).parse::<f64>().unwrap().to_bits(), amount.to_bits());
        }
    }
}
