//! The address by which Vapi knows this server, for plans that sign it.

use super::ConfigError;

/// Scheme, host, port and perhaps a path before those of requests, kept as the operator wrote them.
///
/// A server sees neither the host that Vapi called nor what a proxy took off the path, and what a request says of them
/// is its sender's word.
#[derive(Clone)]
pub(super) struct PublicOrigin(Box<str>);

impl PublicOrigin {
    pub(super) fn parse(text: &str) -> Result<Self, ConfigError> {
        let refused = ConfigError::InvalidPublicOrigin;
        let (scheme, rest) = text.split_once("://").ok_or(refused.clone())?;
        let is_http = ["https", "http"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
        let odd = |c: char| matches!(c, '?' | '#' | '@' | '\\') || c.is_whitespace() || c.is_control();
        let text = text.trim_end_matches('/');
        if !is_http || rest.starts_with(['/', ':']) || rest.is_empty() || rest.contains(odd) {
            return Err(refused);
        }
        Ok(Self(text.into()))
    }

    /// The URL that Vapi called, given the target of the request in any form.
    pub(super) fn url(&self, target: &str) -> String {
        let path = origin_form(target);
        let slash = if path.starts_with(['/', '?']) { "" } else { "/" };
        [&self.0, slash, path].concat()
    }
}

/// Path and query of a target. Only a scheme at its start makes it a whole URL: an address in the query does not.
fn origin_form(target: &str) -> &str {
    let target = target.split('#').next().unwrap_or_default();
    match target.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => rest.find(['/', '?']).map_or("", |start| &rest[start..]),
        _ => target,
    }
}

fn is_scheme(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::{ConfigError, PublicOrigin};

    #[test]
    fn the_host_is_the_operators_and_path_and_query_are_the_requests() {
        let ours = PublicOrigin::parse("https://Bridge.example.com:8443/base/").unwrap();

        for target in ["/x?a=1", "http://evil.example/x?a=1", "HTTPS://u@evil.example:1/x?a=1#/y"] {
            assert_eq!(ours.url(target), "https://Bridge.example.com:8443/base/x?a=1", "{target}");
        }
        for target in
            ["/x?to=https://evil.example/y", "//evil.example/x", "/http://evil.example", "/@evil/\\x"]
        {
            assert_eq!(ours.url(target), format!("https://Bridge.example.com:8443/base{target}"));
        }
        assert_eq!(ours.url("http://evil.example"), "https://Bridge.example.com:8443/base/");
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        let refused = |text| PublicOrigin::parse(text).err();

        for text in
            ["", "h", "ftp://h", "https://", "https:///x", "https://:80", "https://u@h", "https://h?a"]
        {
            assert_eq!(refused(text), Some(ConfigError::InvalidPublicOrigin), "{text:?}");
        }
    }
}
