//! The parameters of a webhook as they came: repeated names, unknown names, everything.

use std::fmt;

use crate::signature::decode_form;

/// The parameters of one webhook, in the order they came.
///
/// `Debug` shows the names only.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Params {
    pairs: Vec<(String, String)>,
}

impl Params {
    /// Reads a form body, or the query of a GET webhook without its `?`. Bytes that are not UTF-8 are replaced.
    pub fn parse(form: &[u8]) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { pairs: decode_form(form).into_iter().map(|(name, value)| (text(name), text(value))).collect() }
    }

    /// The first value of this name; none if there is none or it is empty, as Twilio leaves what it does not
    /// know.
    pub fn get(&self, name: &str) -> Option<&str> {
        let named = |(known, value): &(&str, &str)| *known == name && !value.is_empty();
        self.iter().find(named).map(|(_, value)| value)
    }

    /// Whether there is a parameter of this name, though it may be empty.
    pub fn has(&self, name: &str) -> bool {
        self.iter().any(|(known, _)| known == name)
    }

    /// Every value of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Everything, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The values whose names begin so, with the rest of their names: `SipHeader_X-` gives the headers of ours
    /// that a SIP call carried.
    pub fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.iter().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value)))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Params {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self { pairs: pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect() }
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|(name, _)| name)).finish()
    }
}
