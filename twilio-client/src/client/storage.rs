//! Being sent on to a storage of our own, with nothing that opens the account.

use bytes::Bytes;
use http::{HeaderMap, header};
use url::Url;

/// The request that such an answer sends us on with: by `https`, to one of these hosts, and without credentials. None
/// if it leads anywhere else.
pub(super) fn redirected(headers: &HeaderMap, hosts: &[String]) -> Option<http::Request<Bytes>> {
    let url: Url = headers.get(header::LOCATION)?.to_str().ok()?.parse().ok()?;
    let named = url.host_str().is_some_and(|host| hosts.iter().any(|known| known.eq_ignore_ascii_case(host)));
    let plain = url.scheme() == "https" && url.port().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    if !(named && plain && anonymous) {
        return None;
    }
    http::Request::get(url.as_str())
        .header(header::USER_AGENT, concat!("twilio-client/", env!("CARGO_PKG_VERSION")))
        .body(Bytes::new())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redirected_to(location: &str) -> Option<http::Request<Bytes>> {
        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, location.parse().unwrap());
        redirected(&headers, &["Bucket.s3.example.com".to_owned()])
    }

    #[test]
    fn nothing_leads_to_a_host_that_was_not_named_or_in_the_clear() {
        for foreign in [
            "https://evil.example/a",
            "http://bucket.s3.example.com/a",
            "https://bucket.s3.example.com:8443/a",
            "https://user@bucket.s3.example.com/a",
            "https://bucket.s3.example.com.evil.example/a",
            "https://evil.example/?bucket.s3.example.com",
            "//bucket.s3.example.com/a",
            "/a",
            "",
        ] {
            assert!(redirected_to(foreign).is_none(), "{foreign}");
        }
        let there = redirected_to("https://bucket.s3.example.com/a?X=1").unwrap();
        assert_eq!(there.uri(), "https://bucket.s3.example.com/a?X=1");
        assert!(!there.headers().contains_key(header::AUTHORIZATION));
    }
}
