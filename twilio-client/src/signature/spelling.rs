//! The ways one URL may have been spelt when Twilio signed it.
//!
//! Twilio's back end is not of one mind about ports, and a proxy or framework may have respelt a few
//! characters on the way. Each spelling here names the same resource of the same host, so accepting it
//! accepts nothing that Twilio did not sign for us.

use std::borrow::Cow;
use std::fmt;

use super::url_parts::UrlParts;

/// How the signed URL differs from the one that was received.
///
/// `Display` lists the differences, for a log line; it shows nothing of the URL.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Spelling {
    port: Port,
    lower_case: bool,
    slash: bool,
    query: Query,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Port {
    #[default]
    Kept,
    Removed,
    Added,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Query {
    #[default]
    Kept,
    Decoded,
    Encoded,
}

impl Spelling {
    /// Whether the URL was signed exactly as it was received.
    pub fn is_as_received(self) -> bool {
        self == Self::default()
    }
}

impl fmt::Display for Spelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = match self.port {
            Port::Kept => None,
            Port::Removed => Some("port removed"),
            Port::Added => Some("default port added"),
        };
        let query = match self.query {
            Query::Kept => None,
            Query::Decoded => Some("query decoded"),
            Query::Encoded => Some("query encoded"),
        };
        let case = self.lower_case.then_some("host in lower case");
        let slash = self.slash.then_some("slash at the end of the path");
        let mut differences = [port, case, slash, query].into_iter().flatten();
        f.write_str(differences.next().unwrap_or("as received"))?;
        differences.try_for_each(|difference| write!(f, ", {difference}"))
    }
}

/// All spellings of one URL, the received one first.
pub(crate) struct Spellings<'a> {
    userinfo: &'a str,
    origins: Vec<(bool, Cow<'a, str>, Cow<'a, str>)>,
    ports: Vec<(Port, &'a str)>,
    paths: Vec<(bool, Cow<'a, str>)>,
    queries: Vec<(Query, Cow<'a, str>)>,
}

impl<'a> Spellings<'a> {
    pub(crate) fn of(parts: &UrlParts<'a>) -> Self {
        Self {
            userinfo: parts.userinfo,
            origins: origins(parts),
            ports: ports(parts),
            paths: paths(parts),
            queries: queries(parts.query),
        }
    }

    /// Calls `fits` with the pieces of each spelling until it says yes.
    pub(crate) fn find(&self, mut fits: impl FnMut([&str; 6]) -> bool) -> Option<Spelling> {
        for (query, query_text) in &self.queries {
            for (slash, path) in &self.paths {
                for (lower_case, scheme, host) in &self.origins {
                    for (port, port_text) in &self.ports {
                        if fits([scheme, self.userinfo, host, port_text, path, query_text]) {
                            return Some(Spelling {
                                port: *port,
                                lower_case: *lower_case,
                                slash: *slash,
                                query: *query,
                            });
                        }
                    }
                }
            }
        }
        None
    }
}

/// Some frameworks lower the case of scheme and host.
fn origins<'a>(parts: &UrlParts<'a>) -> Vec<(bool, Cow<'a, str>, Cow<'a, str>)> {
    let mut origins = vec![(false, parts.scheme.into(), parts.host.into())];
    if [parts.scheme, parts.host].iter().any(|text| text.bytes().any(|byte| byte.is_ascii_uppercase())) {
        let lower = |text: &str| Cow::from(text.to_ascii_lowercase());
        origins.push((true, lower(parts.scheme), lower(parts.host)));
    }
    origins
}

fn ports<'a>(parts: &UrlParts<'a>) -> Vec<(Port, &'a str)> {
    let mut spelt = vec![(Port::Kept, parts.port)];
    if parts.port.is_empty() {
        spelt.extend(parts.default_port().map(|port| (Port::Added, port)));
    } else {
        spelt.push((Port::Removed, ""));
    }
    spelt
}

/// A host without a path is requested as `/`, and WebSocket URLs are signed with or without their last slash.
fn paths<'a>(parts: &UrlParts<'a>) -> Vec<(bool, Cow<'a, str>)> {
    let mut paths = vec![(false, Cow::from(parts.path))];
    if parts.is_websocket() || parts.path == "/" || (parts.path.is_empty() && !parts.scheme.is_empty()) {
        let other = match parts.path.strip_suffix('/') {
            Some(bare) => Cow::from(bare),
            None => Cow::from([parts.path, "/"].concat()),
        };
        paths.push((true, other));
    }
    paths
}

/// Apostrophe, `@` and `:` may stand plain or escaped in a query, and hops on the way choose differently.
fn queries(query: &str) -> Vec<(Query, Cow<'_, str>)> {
    let mut queries = vec![(Query::Kept, Cow::from(query))];
    let mut add = |kind, text: String| {
        if queries.iter().all(|(_, known)| *known != text) {
            queries.push((kind, text.into()));
        }
    };
    if query.contains('%') {
        add(Query::Decoded, decoded(query, "'@:"));
        add(Query::Decoded, decoded(query, "'"));
        add(Query::Decoded, decoded(query, "@:"));
    }
    if query.contains(['@', ':']) {
        add(Query::Encoded, decoded(query, "'").replace('@', "%40").replace(':', "%3A"));
    }
    if query.contains('\'') {
        add(Query::Encoded, query.replace('\'', "%27"));
    }
    queries
}

/// Puts the given ASCII characters in place of their escapes and leaves all other escapes alone.
fn decoded(text: &str, plain: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let escape = rest.get(at..at + 3).unwrap_or_default();
        let found = plain.chars().find(|c| escape.eq_ignore_ascii_case(&format!("%{:02x}", u32::from(*c))));
        out.push(found.unwrap_or('%'));
        rest = &rest[at + if found.is_some() { 3 } else { 1 }..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(url: &str) -> Vec<String> {
        let mut seen = Vec::new();
        Spellings::of(&UrlParts::cut(url)).find(|pieces| {
            seen.push(pieces.concat());
            false
        });
        seen
    }

    #[test]
    fn the_received_url_comes_first_and_without_its_fragment() {
        assert_eq!(all("https://h/x#rc=3"), ["https://h/x", "https://h:443/x"]);
    }

    #[test]
    fn a_port_is_kept_or_removed_and_userinfo_stays() {
        assert_eq!(all("https://u:p@h:1234/x"), ["https://u:p@h:1234/x", "https://u:p@h/x"]);
    }

    #[test]
    fn a_websocket_path_may_gain_or_lose_its_last_slash() {
        let spellings = all("ws://h/media/");

        assert_eq!(spellings, ["ws://h/media/", "ws://h:80/media/", "ws://h/media", "ws://h:80/media"]);
    }

    #[test]
    fn only_three_characters_of_the_query_are_respelt() {
        let spellings = all("ftp://h/x?a=%27%40%3a%2F&b=é%");

        assert!(spellings.contains(&"ftp://h/x?a='@:%2F&b=é%".to_owned()));
        assert!(spellings.contains(&"ftp://h/x?a='%40%3a%2F&b=é%".to_owned()));
        assert!(spellings.contains(&"ftp://h/x?a=%27@:%2F&b=é%".to_owned()));
        assert_eq!(spellings.len(), 4);
    }

    #[test]
    fn the_number_of_spellings_is_bounded() {
        assert!(all("WSS://H/x/?a=%27'%40@%3a:").len() <= 48);
    }

    #[test]
    fn display_lists_the_differences_and_nothing_else() {
        let spelling =
            Spellings::of(&UrlParts::cut("https://H:1/x?a=1")).find(|p| p.concat() == "https://h/x?a=1");

        assert_eq!(spelling.unwrap().to_string(), "port removed, host in lower case");
        assert_eq!(Spelling::default().to_string(), "as received");
    }
}
