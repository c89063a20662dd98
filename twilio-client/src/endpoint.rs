//! The two ends of a call, which are not always telephone numbers.

use std::fmt;

use crate::phone::E164;

/// Who calls or is called: a number, a Voice SDK client, a SIP address, nobody who says so, or something else.
///
/// Neither `Debug` nor anything else but [`as_str`](Self::as_str) shows who it is.
///
/// ```
/// use twilio_client::endpoint::Endpoint;
///
/// assert!(matches!(Endpoint::from("+14155550100"), Endpoint::Phone(_)));
/// assert!(matches!(Endpoint::from("client:alice"), Endpoint::Client(_)));
/// assert!(matches!(Endpoint::from("anonymous"), Endpoint::Anonymous(_)));
/// ```
#[derive(Clone, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Endpoint {
    /// A telephone number.
    Phone(E164),
    /// A Voice SDK client, as `client:` and its identity.
    Client(Box<str>),
    /// A SIP address, as `sip:` or `sips:` and the rest.
    Sip(Box<str>),
    /// A number that is withheld or not known, in any of the ways in which Twilio and the networks say so,
    /// some of which look like numbers. Never look it up as one.
    Anonymous(Box<str>),
    /// A short code: three to eight digits that are dialled in one country.
    ShortCode(Box<str>),
    /// A SIM, an address of another channel such as `whatsapp:`, or what else Twilio may write here. Never look
    /// it up as a number.
    Other(Box<str>),
}

impl Endpoint {
    /// The text as Twilio writes and reads it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Phone(number) => number.as_str(),
            Self::Client(text)
            | Self::Sip(text)
            | Self::Anonymous(text)
            | Self::ShortCode(text)
            | Self::Other(text) => text,
        }
    }

    /// The number, if it is one.
    pub fn phone(&self) -> Option<&E164> {
        match self {
            Self::Phone(number) => Some(number),
            _ => None,
        }
    }
}

impl From<&str> for Endpoint {
    fn from(text: &str) -> Self {
        let begins_with =
            |prefix: &str| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        if is_withheld(text) {
            Self::Anonymous(text.into())
        } else if let Ok(number) = text.parse() {
            Self::Phone(number)
        } else if begins_with("client:") {
            Self::Client(text.into())
        } else if begins_with("sip:") || begins_with("sips:") {
            Self::Sip(text.into())
        } else if digits && (3..=8).contains(&text.len()) {
            Self::ShortCode(text.into())
        } else {
            Self::Other(text.into())
        }
    }
}

/// Networks that carry digits only spell the word on a telephone's keys. Twilio's list has `unknown` with two digits the
/// other way round.
fn is_withheld(text: &str) -> bool {
    const WORDS: [&str; 6] = ["", "anonymous", "blocked", "restricted", "unavailable", "unknown"];
    const KEYS: [&str; 6] = ["266696687", "2562533", "7378742833", "86282452253", "8656696", "8566696"];
    let bare = text.strip_prefix('+').unwrap_or(text);
    WORDS.iter().any(|word| bare.eq_ignore_ascii_case(word)) || KEYS.contains(&bare)
}

impl From<E164> for Endpoint {
    fn from(number: E164) -> Self {
        Self::Phone(number)
    }
}

impl From<&E164> for Endpoint {
    fn from(number: &E164) -> Self {
        Self::Phone(number.clone())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Phone(_) => "Phone(redacted)",
            Self::Client(_) => "Client(redacted)",
            Self::Sip(_) => "Sip(redacted)",
            Self::Anonymous(_) => "Anonymous",
            Self::ShortCode(_) => "ShortCode(redacted)",
            Self::Other(_) => "Other(redacted)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_withheld_number_is_never_taken_for_a_number() {
        for text in
            ["+Restricted", "anonymous", "266696687", "+8656696", "+8566696", "", "12345", "sim:DE0123"]
        {
            assert!(Endpoint::from(text).phone().is_none(), "{text}");
        }
    }

    #[test]
    fn debug_does_not_show_who_it_is() {
        let debug = format!("{:?}", [Endpoint::from("+14155550142"), Endpoint::from("sip:+14155550142@h")]);

        assert!(!debug.contains("4155550142"));
    }
}
