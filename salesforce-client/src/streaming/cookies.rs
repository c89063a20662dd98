//! The cookies of one session: the org keeps it on one machine by them, and wants all of them back.

use std::collections::BTreeMap;
use std::fmt;

use http::{HeaderMap, HeaderValue, header};

/// What the server asked to keep, by name. All of it goes back to the one server it came from.
#[derive(Default)]
pub(super) struct Cookies(BTreeMap<String, String>);

impl Cookies {
    /// Keeps what an answer sets, and forgets what it ends.
    pub(super) fn keep(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let Some((name, value)) = pair.split_once('=') else { continue };
            let (name, value) = (name.trim(), value.trim());
            let ended = attributes.split(';').any(|attribute| {
                let (attribute, age) = attribute.split_once('=').unwrap_or((attribute, ""));
                let gone = age.trim().parse::<i64>().is_ok_and(|seconds| seconds <= 0);
                attribute.trim().eq_ignore_ascii_case("max-age") && gone
            });
            if ended || name.is_empty() {
                self.0.remove(name);
            } else if self.0.len() < MOST || self.0.contains_key(name) {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// The header that gives them back.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let pairs: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut header = HeaderValue::try_from(pairs.join("; ")).ok().filter(|_| !pairs.is_empty())?;
        header.set_sensitive(true);
        Some(header)
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl fmt::Debug for Cookies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cookies").field(&self.0.len()).finish()
    }
}

/// No server of the kind sets more, and a header has its limits.
const MOST: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    fn after(cookies: &[&str]) -> Option<String> {
        let mut jar = Cookies::default();
        for cookie in cookies {
            let mut headers = HeaderMap::new();
            headers.append(header::SET_COOKIE, HeaderValue::from_str(cookie).unwrap());
            jar.keep(&headers);
        }
        jar.header().map(|header| header.to_str().unwrap().to_owned())
    }

    #[test]
    fn all_cookies_go_back_and_the_latest_value_of_each() {
        assert_eq!(after(&[]), None);
        assert_eq!(
            after(&["b=1; Path=/cometd/; Secure", "a=x=y;HttpOnly", "b=2"]),
            Some("a=x=y; b=2".to_owned())
        );
    }

    #[test]
    fn a_cookie_that_is_ended_is_forgotten() {
        assert_eq!(after(&["a=1", "b=1", "a=; Max-Age=0; Path=/"]), Some("b=1".to_owned()));
        assert_eq!(after(&["a=1; Max-Age=30"]), Some("a=1".to_owned()));
    }
}
