//! Form parameters, as Twilio's API takes them: lists repeat their key.

use std::borrow::Cow;
use std::fmt;

/// The parameters of one request, in order.
///
/// `Debug` shows the names only.
///
/// ```
/// use twilio_client::form::Form;
///
/// let mut form = Form::new();
/// form.push("StatusCallbackEvent", "ringing");
/// form.push("StatusCallbackEvent", "completed");
/// form.numbered("Parameter", [("account", "00123")]);
/// assert_eq!(
///     form.encode(),
///     "StatusCallbackEvent=ringing&StatusCallbackEvent=completed\
///      &Parameter1.Name=account&Parameter1.Value=00123",
/// );
/// ```
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Form {
    pairs: Vec<(Cow<'static, str>, String)>,
}

impl Form {
    /// No parameters yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value; the same key may be added again, which is how Twilio takes lists.
    pub fn push(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        self.pairs.push((key.into(), value.into()));
    }

    /// Gives the key this one value, in place of any it had.
    pub fn set(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        let key = key.into();
        self.pairs.retain(|(known, _)| *known != key);
        self.pairs.push((key, value.into()));
    }

    /// Gives the key these values, in place of any it had.
    pub(crate) fn replace(&mut self, key: &'static str, values: impl Iterator<Item = String>) {
        self.pairs.retain(|(known, _)| known != key);
        self.pairs.extend(values.map(|value| (key.into(), value)));
    }

    /// Takes over all values of another form's keys, in place of any these keys had.
    pub(crate) fn set_all(&mut self, other: &Self) {
        self.pairs.retain(|(known, _)| other.pairs.iter().all(|(key, _)| key != known));
        self.pairs.extend_from_slice(&other.pairs);
    }

    /// Adds named values the way `<Stream>` and `<Siprec>` requests take them: `Parameter1.Name`,
    /// `Parameter1.Value`, and so on from 1. Twilio reads 99 of them.
    pub fn numbered<'a>(&mut self, key: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) {
        for (number, (name, value)) in (1..).zip(pairs) {
            self.push(format!("{key}{number}.Name"), name);
            self.push(format!("{key}{number}.Value"), value);
        }
    }

    /// The pairs in the order they are sent.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(key, value)| (&**key, &**value))
    }

    /// Whether there are no parameters.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The parameters as `application/x-www-form-urlencoded`.
    pub fn encode(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(self.pairs()).finish()
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.pairs().map(|(key, _)| key)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_replaces_every_value_of_its_key_and_no_other() {
        let mut form = Form::new();
        form.push("Event", "a");
        form.push("To", "b");
        form.push("Event", "c");
        form.set("Event", "d");

        assert_eq!(form.encode(), "To=b&Event=d");
    }

    #[test]
    fn debug_shows_no_value() {
        let mut form = Form::new();
        form.set("To", "+14155550142");

        assert_eq!(format!("{form:?}"), r#"{"To"}"#);
    }

    proptest::proptest! {
        #[test]
        fn any_text_survives_encoding(pairs in proptest::collection::vec((".{0,8}", ".{0,20}"), 0..6)) {
            let mut form = Form::new();
            for (key, value) in &pairs {
                form.push(key.clone(), value);
            }

            let read: Vec<_> = url::form_urlencoded::parse(form.encode().as_bytes()).into_owned().collect();
            proptest::prop_assert!(read == pairs);
        }
    }
}
