//! Escapes that stand for half of a character.

use std::borrow::Cow;

/// JSON in which every half of a surrogate pair that stands alone is U+FFFD.
///
/// JavaScript cuts texts between two halves, and writes what is left as `\ud83d`. No text in UTF-8 can hold that, so a
/// parser refuses the whole text for its last character. The rest of what a caller said is worth more. Messages and
/// arguments of tools are read this way already.
pub fn without_lone_surrogates(json: &str) -> Cow<'_, str> {
    let bytes = json.as_bytes();
    let mut mended = String::new();
    let (mut at, mut kept) = (0, 0);
    while let Some(step) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'\\')) {
        at += step;
        at += match unit(bytes, at) {
            None => 2,
            Some(0xd800..=0xdbff) if matches!(unit(bytes, at + ESCAPE), Some(0xdc00..=0xdfff)) => 2 * ESCAPE,
            Some(0xd800..=0xdfff) => {
                mended.push_str(&json[kept..at]);
                mended.push_str("\\ufffd");
                kept = at + ESCAPE;
                ESCAPE
            }
            Some(_) => ESCAPE,
        };
    }
    if kept == 0 {
        return Cow::Borrowed(json);
    }
    mended.push_str(&json[kept..]);
    Cow::Owned(mended)
}

/// The UTF-16 unit that an escape at a place stands for, if there is one.
fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + ESCAPE)?.strip_prefix(b"\\u")?;
    digits
        .iter()
        .try_fold(0, |unit, digit| Some(unit << 4 | u16::try_from(char::from(*digit).to_digit(16)?).ok()?))
}

/// Bytes of `\ud83d`.
const ESCAPE: usize = 6;

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::{collection::vec, prelude::*, sample::select};

    use super::without_lone_surrogates;

    #[test]
    fn only_a_half_that_stands_alone_is_replaced() {
        for (json, mended) in [
            (r#""It smokes.\ud83d""#, r#""It smokes.\ufffd""#),
            (r#""\uDE00 a \uD83D""#, r#""\ufffd a \ufffd""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\ud83dx\ude00""#, r#""\ufffdx\ufffd""#),
            (r#"{"\udc00":1}"#, r#"{"\ufffd":1}"#),
        ] {
            assert_eq!(without_lone_surrogates(json), mended);
        }
        for json in [r#""\ud83d\ude00""#, r#""\\ud83d""#, r#""\u00e9 é \" \\""#, r#""\ud83"#, "\\", "\\u", ""]
        {
            assert!(matches!(without_lone_surrogates(json), Cow::Borrowed(same) if same == json), "{json}");
        }
    }

    proptest! {
        #[test]
        fn what_a_lenient_decoder_of_utf16_reads_is_read(
            units in vec(prop_oneof![any::<u16>(), 0xd7fe_u16..0xe002], 0..12),
            plain in select(&["", "é", "\\\\", "\\\"", "x"][..]),
        ) {
            let escaped: Vec<String> = units.iter().map(|unit| format!("\\u{unit:04x}{plain}")).collect();
            let between: String = serde_json::from_str(&format!("\"{plain}\"")).unwrap();
            let said = if between.is_empty() {
                String::from_utf16_lossy(&units)
            } else {
                units.iter().map(|unit| String::from_utf16_lossy(&[*unit]) + &between).collect()
            };

            let json = format!("\"{}\"", escaped.concat());
            let read: String = serde_json::from_str(&without_lone_surrogates(&json)).unwrap();
            prop_assert_eq!(read, said);
        }
    }
}
