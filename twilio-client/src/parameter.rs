//! What a parameter of a request can be, and how Twilio writes it.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use url::Url;

use crate::endpoint::Endpoint;
use crate::form::Form;
use crate::sid::Sid;
use crate::word::CallbackMethod;

/// A value that stands in one parameter.
pub(crate) trait Text {
    fn text(self) -> String;
}

/// A value that may stand in several parameters of one name.
pub(crate) trait Parameter {
    fn write(self, form: &mut Form, key: &'static str);
}

impl<T: Text> Parameter for T {
    fn write(self, form: &mut Form, key: &'static str) {
        form.set(key, self.text());
    }
}

/// A list repeats its key.
impl<'a, T> Parameter for &'a [T]
where
    &'a T: Text,
{
    fn write(self, form: &mut Form, key: &'static str) {
        form.replace(key, self.iter().map(Text::text));
    }
}

impl Text for &str {
    fn text(self) -> String {
        self.to_owned()
    }
}

impl Text for &&str {
    fn text(self) -> String {
        (*self).to_owned()
    }
}

impl Text for bool {
    fn text(self) -> String {
        self.to_string()
    }
}

impl Text for u32 {
    fn text(self) -> String {
        self.to_string()
    }
}

impl Text for &Url {
    fn text(self) -> String {
        self.as_str().to_owned()
    }
}

/// Whole seconds, a begun one counted, so that a short time does not become none.
impl Text for Duration {
    fn text(self) -> String {
        self.as_millis().div_ceil(1000).to_string()
    }
}

/// To the second: some of Twilio's products refuse fractions.
impl Text for Timestamp {
    fn text(self) -> String {
        self.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

impl Text for jiff::civil::Date {
    fn text(self) -> String {
        self.to_string()
    }
}

/// JSON inside a form.
impl Text for &Value {
    fn text(self) -> String {
        self.to_string()
    }
}

impl Text for &Endpoint {
    fn text(self) -> String {
        self.as_str().to_owned()
    }
}

impl<K> Text for &Sid<K> {
    fn text(self) -> String {
        self.as_str().to_owned()
    }
}

impl Text for CallbackMethod {
    fn text(self) -> String {
        self.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_to_the_second() {
        let at: Timestamp = "2026-11-20T10:00:00.5Z".parse().unwrap();

        assert_eq!(at.text(), "2026-11-20T10:00:00Z");
        assert_eq!(Duration::from_millis(100).text(), "1");
        assert_eq!(jiff::civil::date(2026, 11, 20).text(), "2026-11-20");
    }

    #[test]
    fn a_list_repeats_its_key_and_replaces_what_was_there() {
        let mut form = Form::new();
        let urls: [Url; 2] = ["https://h/a".parse().unwrap(), "https://h/b".parse().unwrap()];
        form.set("MediaUrl", "before");
        urls.as_slice().write(&mut form, "MediaUrl");

        assert_eq!(form.encode(), "MediaUrl=https%3A%2F%2Fh%2Fa&MediaUrl=https%3A%2F%2Fh%2Fb");
    }
}
