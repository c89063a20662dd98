//! The address Twilio knows us by, taken from configuration.
//!
//! A signature covers the public URL. A server behind a proxy cannot see that URL, and the `Host` and
//! `X-Forwarded-*` headers it does see are written by whoever sends the request. So the public part comes
//! from configuration, and only the path and the query come from the request. A service with several names can let
//! [`TrustedProxies`] choose among them.

mod network;
mod proxies;

use std::fmt;
use std::str::FromStr;

pub use self::proxies::{InvalidProxies, NotForwarded, TrustedProxies};

/// The public scheme, host and port of this service, with a path prefix if a proxy strips one.
///
/// The text is used as it is written, never re-serialised, for Twilio signs what it was configured with.
/// If the webhooks are configured with a user name and password in the URL, they belong here too.
///
/// ```
/// use twilio_client::origin::PublicOrigin;
///
/// let origin: PublicOrigin = "https://voice.example.com".parse()?;
/// assert_eq!(origin.url("/voice?queue=2"), "https://voice.example.com/voice?queue=2");
/// assert_eq!(origin.websocket_url("/media"), "wss://voice.example.com/media");
/// # Ok::<(), twilio_client::origin::InvalidOrigin>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct PublicOrigin {
    secure: bool,
    /// Everything after the `://`, without a trailing slash.
    rest: Box<str>,
}

impl PublicOrigin {
    /// The URL Twilio requested, given the request target of the HTTP request line, as it was received.
    ///
    /// Of a target in absolute form only the path and the query are used: its host is the sender's word. Nothing that
    /// comes later in a target makes it one, such as an address in the query.
    pub fn url(&self, target: &str) -> String {
        self.join(if self.secure { "https://" } else { "http://" }, target)
    }

    /// The same for a WebSocket handshake, which Twilio signs as a `wss` URL.
    pub fn websocket_url(&self, target: &str) -> String {
        self.join(if self.secure { "wss://" } else { "ws://" }, target)
    }

    fn join(&self, scheme: &str, target: &str) -> String {
        let path = origin_form(target);
        let slash = if path.starts_with('/') || path.starts_with('?') { "" } else { "/" };
        [scheme, &self.rest, slash, path].concat()
    }
}

/// The path and query of a request target in origin form or absolute form.
fn origin_form(target: &str) -> &str {
    let target = target.split('#').next().unwrap_or_default();
    match target.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => rest.find(['/', '?']).map_or("", |start| &rest[start..]),
        _ => target,
    }
}

/// Whether a text is the scheme of a URL, and not what stands before the `://` of an address in a path or query.
pub(crate) fn is_scheme(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(plain)
}

impl FromStr for PublicOrigin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let (scheme, rest) = text.split_once("://").ok_or(InvalidOrigin::Scheme)?;
        let secure = match scheme {
            _ if scheme.eq_ignore_ascii_case("https") => true,
            _ if scheme.eq_ignore_ascii_case("http") => false,
            _ => return Err(InvalidOrigin::Scheme),
        };
        if rest.contains(|c: char| matches!(c, '?' | '#' | '\\') || c.is_whitespace() || c.is_control()) {
            return Err(InvalidOrigin::Excess);
        }
        let rest = rest.trim_end_matches('/');
        let authority = rest.split('/').next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        if host.is_empty() || host.starts_with(':') {
            return Err(InvalidOrigin::Host);
        }
        Ok(Self { secure, rest: rest.into() })
    }
}

impl fmt::Debug for PublicOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (authority, path) = self.rest.split_once('/').unwrap_or((&self.rest, ""));
        let host = authority.rsplit('@').next().unwrap_or_default();
        let scheme = if self.secure { "https" } else { "http" };
        write!(f, "PublicOrigin({scheme}://{host}/{path})")
    }
}

/// The text is not a public origin.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidOrigin {
    /// It does not begin with `https://` or `http://`.
    #[error("a public origin begins with https:// or http://")]
    Scheme,
    /// It names no host.
    #[error("a public origin names a host")]
    Host,
    /// It carries a query, a fragment, a backslash or white space.
    #[error("a public origin has no query, fragment, backslash or white space")]
    Excess,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> PublicOrigin {
        text.parse().unwrap()
    }

    #[test]
    fn the_text_of_the_origin_is_kept_as_it_was_written() {
        let url = origin("HTTPS://user:pw@Voice.Example.com:8443/base/").url("/voice?b=%27&a=1");

        assert_eq!(url, "https://user:pw@Voice.Example.com:8443/base/voice?b=%27&a=1");
    }

    #[test]
    fn a_host_in_the_request_target_is_not_believed() {
        let ours = origin("https://voice.example.com");

        assert_eq!(ours.url("http://evil.example/voice?a=1"), "https://voice.example.com/voice?a=1");
        assert_eq!(ours.url("http://evil.example"), "https://voice.example.com/");
        assert_eq!(ours.url("http://evil.example?a=1"), "https://voice.example.com?a=1");
        assert_eq!(ours.url("HTTP://evil.example:80/voice"), "https://voice.example.com/voice");
        assert_eq!(ours.url("http://evil.example#/voice"), "https://voice.example.com/");
        assert_eq!(ours.url("@evil.example/"), "https://voice.example.com/@evil.example/");
    }

    #[test]
    fn what_looks_like_an_origin_inside_a_target_is_part_of_it() {
        let ours = origin("https://voice.example.com");

        for target in [
            "/voice?next=https://crm.example.com/other",
            "/voice?://evil.example/other",
            "/http://evil.example/other",
            "//evil.example/other",
            "/@evil.example/other",
            "/\\evil.example/other",
            "/:8443/other",
            "?next=https://crm.example.com/other",
        ] {
            assert_eq!(ours.url(target), format!("https://voice.example.com{target}"));
        }
        assert_eq!(ours.url("://evil.example/x"), "https://voice.example.com/://evil.example/x");
        assert_eq!(
            ours.url("a?b=http://evil.example/x"),
            "https://voice.example.com/a?b=http://evil.example/x"
        );
        assert_eq!(ours.url("/voice?a=1#/other"), "https://voice.example.com/voice?a=1");
    }

    #[test]
    fn what_is_not_an_origin_is_refused() {
        assert_eq!("voice.example.com".parse::<PublicOrigin>(), Err(InvalidOrigin::Scheme));
        assert_eq!("ftp://voice.example.com".parse::<PublicOrigin>(), Err(InvalidOrigin::Scheme));
        assert_eq!("https://".parse::<PublicOrigin>(), Err(InvalidOrigin::Host));
        assert_eq!("https://user@:80".parse::<PublicOrigin>(), Err(InvalidOrigin::Host));
        assert_eq!("https://voice.example.com/?a".parse::<PublicOrigin>(), Err(InvalidOrigin::Excess));
    }

    #[test]
    fn debug_does_not_show_the_password() {
        assert!(!format!("{:?}", origin("https://u:canary-token-77aa@h/")).contains("canary"));
    }
}
