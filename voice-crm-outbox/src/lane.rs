//! Where jobs wait: in lanes, each of them before one sink.

use std::{
    borrow::{Borrow, Cow},
    fmt,
    sync::Arc,
};

/// The name of a sink, such as `crm`: 1 to 32 small letters, digits, `_` or `-`.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SinkName(Cow<'static, str>);

/// The text cannot be the name of a sink.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the name of a sink is 1 to 32 small letters, digits, underscores or dashes")]
pub struct InvalidSinkName;

impl SinkName {
    /// The sink with this name, for a constant.
    ///
    /// # Panics
    /// When the text has another form; in a constant that is an error of the compiler.
    pub const fn from_static(name: &'static str) -> Self {
        assert!(is_plain(name.as_bytes()), "the name of a sink has another form");
        Self(Cow::Borrowed(name))
    }

    /// The sink with this name.
    ///
    /// # Errors
    /// [`InvalidSinkName`] when the text has another form.
    pub fn new(name: &str) -> Result<Self, InvalidSinkName> {
        if is_plain(name.as_bytes()) { Ok(Self(Cow::Owned(name.to_owned()))) } else { Err(InvalidSinkName) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether these are 1 to 32 small letters, digits, underscores or dashes.
const fn is_plain(name: &[u8]) -> bool {
    let mut rest = name;
    while let [first, others @ ..] = rest {
        if !(first.is_ascii_lowercase() || first.is_ascii_digit() || matches!(*first, b'_' | b'-')) {
            return false;
        }
        rest = others;
    }
    !name.is_empty() && name.len() <= 32
}

impl Borrow<str> for SinkName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SinkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SinkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A queue before one sink, whose jobs are done one at a time and in their order.
///
/// Lanes of the same name before different sinks are different lanes: no order holds between them.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Lane(Arc<str>);

/// Stands between the sink and the name in the text of a lane.
const SEPARATOR: char = '/';

impl Lane {
    /// The lane of this name before a sink.
    pub fn new(sink: &SinkName, name: &str) -> Self {
        let sink = sink.as_str();
        let mut text = String::with_capacity(sink.len() + 1 + name.len());
        text.push_str(sink);
        text.push(SEPARATOR);
        text.push_str(name);
        Self(text.into())
    }

    /// The lane with this text, as [`Lane::as_str`] gave it.
    pub fn from_text(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The sink's name, a slash, and the lane's own name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the sink.
    pub fn sink(&self) -> &str {
        self.0.split_once(SEPARATOR).map_or("", |(sink, _)| sink)
    }

    /// The name of the lane before its sink.
    pub fn name(&self) -> &str {
        self.0.split_once(SEPARATOR).map_or(&*self.0, |(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_names_its_sink_and_itself() {
        let lane = Lane::new(&SinkName::new("crm").unwrap(), "call:a/b");
        assert_eq!((lane.sink(), lane.name()), ("crm", "call:a/b"));
        assert_eq!(Lane::from_text(lane.as_str()), lane);
    }

    #[test]
    fn only_a_plain_word_names_a_sink() {
        assert!(SinkName::new("crm-2").is_ok());
        for wrong in ["", "Crm", "a/b", "a b", &"a".repeat(33)] {
            assert_eq!(SinkName::new(wrong), Err(InvalidSinkName), "{wrong}");
        }
    }
}
