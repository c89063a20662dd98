//! The form parameters as Twilio signs them: sorted by name, names and values run together.

/// Signed text of a raw form body.
///
/// Values stay bytes from the body to the signature: one that is not UTF-8 is signed as it is. All of them
/// are unescaped into one buffer, for this runs before every webhook is answered.
pub(crate) fn canonical_form(body: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(body.len());
    let mut ends = Vec::new();
    for pair in body.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()) {
        let (name, value) = split_once(pair, b'=').unwrap_or((pair, b""));
        unescape(name, &mut plain);
        let name_end = plain.len();
        unescape(value, &mut plain);
        ends.push((name_end, plain.len()));
    }
    let starts = std::iter::once(0).chain(ends.iter().map(|(_, end)| *end));
    let pairs = starts.zip(&ends).map(|(start, &(middle, end))| (&plain[start..middle], &plain[middle..end]));
    canonical(pairs.collect())
}

/// The parameters of a form body in order, unescaped.
pub(crate) fn decode_form(body: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let plain = |text| {
        let mut plain = Vec::new();
        unescape(text, &mut plain);
        plain
    };
    let pairs = body.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| split_once(pair, b'=').unwrap_or((pair, b"")));
    pairs.map(|(name, value)| (plain(name), plain(value))).collect()
}

/// Signed text of parameters that are decoded already.
pub(crate) fn canonical_params(params: &[(&str, &str)]) -> Vec<u8> {
    canonical(params.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect())
}

/// Sorting pairs sorts names by bytes and, within one name, its values; equal values count once.
fn canonical(mut pairs: Vec<(&[u8], &[u8])>) -> Vec<u8> {
    pairs.sort_unstable();
    pairs.dedup();
    let length = pairs.iter().map(|(name, value)| name.len() + value.len()).sum();
    let mut text = Vec::with_capacity(length);
    for (name, value) in pairs {
        text.extend_from_slice(name);
        text.extend_from_slice(value);
    }
    text
}

/// Undoes form encoding; a `%` without two hexadecimal digits after it stands for itself.
fn unescape(text: &[u8], plain: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'+' | b'%')) {
        plain.extend_from_slice(&rest[..at]);
        let (byte, length) = match rest[at..] {
            [b'+', ..] => (b' ', 1),
            [_, high, low, ..] => hex_byte(high, low).map_or((b'%', 1), |byte| (byte, 3)),
            _ => (b'%', 1),
        };
        plain.push(byte);
        rest = &rest[at + length..];
    }
    plain.extend_from_slice(rest);
}

/// The byte that two hexadecimal digits of either case stand for.
pub(crate) fn hex_byte(high: u8, low: u8) -> Option<u8> {
    Some(hex_digit(high)? << 4 | hex_digit(low)?)
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

fn split_once(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|&byte| byte == separator)?;
    Some((&text[..at], &text[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_by_bytes_and_keep_their_case() {
        assert_eq!(canonical_form(b"b=2&a=1&B=3&aa=4"), b"B3a1aa4b2");
    }

    #[test]
    fn a_repeated_name_gives_its_different_values_in_order() {
        assert_eq!(canonical_form(b"d=5678&d=1234&d=1234&c=0"), b"c0d1234d5678");
    }

    #[test]
    fn plus_and_percent_are_undone_and_a_broken_escape_stands_for_itself() {
        assert_eq!(canonical_form(b"a=x+y%2B%c3%A9&b=%&c=%4&d=%zz%41"), "ax y+éb%c%4d%zzA".as_bytes());
    }

    #[test]
    fn an_empty_value_a_lone_name_and_empty_pairs_are_taken_as_they_are() {
        assert_eq!(canonical_form(b"&&a=&b&=c&"), b"cab");
        assert_eq!(canonical_form(b""), b"");
    }

    #[test]
    fn raw_and_decoded_parameters_give_the_same_text() {
        let params = [("To", "+14155550142"), ("Body", "a b")];

        assert_eq!(canonical_form(b"Body=a+b&To=%2B14155550142"), canonical_params(&params));
    }
}
