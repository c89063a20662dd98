//! What went wrong, for the operator: which URL the refused signature does fit.

use std::fmt;

use super::url_parts::UrlParts;

/// The URL that a refused signature does fit, and how it differs from the one that was checked.
///
/// It comes from [`WebhookVerifier::diagnose`](super::WebhookVerifier::diagnose) and changes no verdict.
/// `Display` shows neither the query nor credentials in the URL.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Diagnosis {
    difference: Difference,
    url: String,
}

/// How the signed request differs from the checked one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Difference {
    /// The scheme: TLS ends at a proxy, or a WebSocket handshake was checked as a plain request.
    Scheme,
    /// The slash at the end of the path.
    TrailingSlash,
    /// The URL was signed without its query.
    Query,
    /// The URL was signed without the user name and password in it.
    Userinfo,
    /// The body: the URL fits, but Twilio signed no parameters or other ones.
    Parameters,
    /// The host, the port or the path: one of the other URLs given to `diagnose` fits.
    OtherUrl,
}

impl Diagnosis {
    pub(crate) fn new(difference: Difference, signed_url: &str) -> Self {
        let parts = UrlParts::cut(signed_url);
        let query = if parts.query.is_empty() { "" } else { "?.." };
        let url = [parts.scheme, parts.host, parts.port, parts.path, query].concat();
        Self { difference, url }
    }

    /// How the signed request differs from the checked one.
    pub fn difference(&self) -> Difference {
        self.difference
    }

    /// The URL that fits, without credentials, and with `?..` in place of a query.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.difference {
            Difference::Scheme => "another scheme",
            Difference::TrailingSlash => "the slash at the end of the path changed",
            Difference::Query => "no query",
            Difference::Userinfo => "no user name and password",
            Difference::Parameters => "no body parameters",
            Difference::OtherUrl => "another address",
        };
        write!(f, "the signature fits {} ({what})", self.url)
    }
}

/// URLs that a misconfigured service is likely to mean, each with what it changes.
pub(crate) fn suspects(url: &str) -> Vec<(Difference, String)> {
    let parts = UrlParts::cut(url);
    let join = |p: UrlParts<'_>| [p.scheme, p.userinfo, p.host, p.port, p.path, p.query].concat();
    let mut suspects: Vec<_> = ["https://", "http://", "wss://", "ws://"]
        .into_iter()
        .filter(|scheme| !parts.scheme.eq_ignore_ascii_case(scheme))
        .map(|scheme| (Difference::Scheme, join(UrlParts { scheme, ..parts })))
        .collect();
    let slashed = [parts.path, "/"].concat();
    let path = parts.path.strip_suffix('/').unwrap_or(&slashed);
    suspects.push((Difference::TrailingSlash, join(UrlParts { path, ..parts })));
    suspects.push((Difference::Query, join(UrlParts { query: "", ..parts })));
    suspects.push((Difference::Userinfo, join(UrlParts { userinfo: "", ..parts })));
    suspects
}
