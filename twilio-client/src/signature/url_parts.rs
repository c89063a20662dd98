//! A URL cut into its parts without changing a byte of it.

use crate::origin::is_scheme;

/// The parts of a raw URL; run together in order they are the URL without its fragment.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct UrlParts<'a> {
    /// With its `://`; empty if the text is no absolute URL, and then all of it is `path`.
    pub(crate) scheme: &'a str,
    /// With its `@`.
    pub(crate) userinfo: &'a str,
    /// An IPv6 address keeps its brackets.
    pub(crate) host: &'a str,
    /// With its `:`; it may have no digits.
    pub(crate) port: &'a str,
    pub(crate) path: &'a str,
    /// With its `?`.
    pub(crate) query: &'a str,
}

impl<'a> UrlParts<'a> {
    /// Cuts any text; what cannot be told apart stays together.
    pub(crate) fn cut(url: &'a str) -> Self {
        let url = url.split('#').next().unwrap_or_default();
        let Some(colon) = url.find("://").filter(|&at| is_scheme(&url[..at])) else {
            let (path, query) = cut_at(url, url.find('?'));
            return Self { path, query, ..Self::default() };
        };
        let (scheme, rest) = url.split_at(colon + "://".len());
        let (authority, target) = cut_at(rest, rest.find(['/', '?']));
        let (userinfo, host_and_port) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
        let (host, port) = cut_at(host_and_port, port_start(host_and_port));
        let (path, query) = cut_at(target, target.find('?'));
        Self { scheme, userinfo, host, port, path, query }
    }

    /// The port a client uses when the URL names none, with its colon.
    pub(crate) fn default_port(&self) -> Option<&'static str> {
        let name = self.scheme.trim_end_matches("://");
        if ["https", "wss"].iter().any(|known| name.eq_ignore_ascii_case(known)) {
            Some(":443")
        } else if ["http", "ws"].iter().any(|known| name.eq_ignore_ascii_case(known)) {
            Some(":80")
        } else {
            None
        }
    }

    pub(crate) fn is_websocket(&self) -> bool {
        ["wss://", "ws://"].iter().any(|known| self.scheme.eq_ignore_ascii_case(known))
    }
}

/// Where the port begins: at the last colon, if only digits follow, and not inside the brackets of IPv6.
fn port_start(host_and_port: &str) -> Option<usize> {
    let colon = host_and_port.rfind(':')?;
    host_and_port[colon + 1..].bytes().all(|byte| byte.is_ascii_digit()).then_some(colon).filter(|_| {
        let closed = host_and_port.rfind(']').is_some_and(|bracket| bracket < colon);
        closed || !host_and_port.starts_with('[')
    })
}

fn cut_at(text: &str, at: Option<usize>) -> (&str, &str) {
    text.split_at(at.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn userinfo_port_and_query_are_told_apart() {
        let parts = UrlParts::cut("https://user:p@ss@Host.example:8443/a/b?c=@:/#rc=2");

        let expected = UrlParts {
            scheme: "https://",
            userinfo: "user:p@ss@",
            host: "Host.example",
            port: ":8443",
            path: "/a/b",
            query: "?c=@:/",
        };
        assert_eq!(parts, expected);
    }

    #[test]
    fn the_colons_of_ipv6_are_no_port() {
        assert_eq!(UrlParts::cut("wss://[2001:db8::1]/x").port, "");
        assert_eq!(UrlParts::cut("wss://[2001:db8::1]/x").host, "[2001:db8::1]");
        assert_eq!(UrlParts::cut("wss://[2001:db8::1]:81").port, ":81");
        assert_eq!(UrlParts::cut("wss://[2001:db8::1").port, "");
    }

    #[test]
    fn a_colon_without_digits_is_an_empty_port_and_letters_are_none() {
        assert_eq!(UrlParts::cut("http://h:/x").port, ":");
        assert_eq!(UrlParts::cut("http://h:abc/x").port, "");
    }

    #[test]
    fn text_that_is_no_url_is_kept_whole() {
        let parts = UrlParts::cut("/voice?url=https://h");

        assert_eq!((parts.scheme, parts.path, parts.query), ("", "/voice", "?url=https://h"));
    }

    proptest::proptest! {
        #[test]
        fn the_parts_run_together_are_the_url_without_its_fragment(url in "[a-z:/?#@\\[\\]0-9é%']{0,40}") {
            let p = UrlParts::cut(&url);

            let whole = [p.scheme, p.userinfo, p.host, p.port, p.path, p.query].concat();
            proptest::prop_assert_eq!(whole, url.split('#').next().unwrap());
        }
    }
}
