//! Which host answers: product, edge and region make up its name.

use url::Url;

/// A product of Twilio's, each with its own host.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Product {
    /// The core API of 2010: calls, recordings, conferences, messages, numbers.
    #[default]
    Api,
    /// Flex.
    Flex,
    /// Lookup.
    Lookups,
    /// Studio.
    Studio,
    /// Sync.
    Sync,
    /// `TaskRouter`.
    TaskRouter,
    /// Verify.
    Verify,
    /// Voice settings.
    Voice,
}

impl Product {
    fn subdomain(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Flex => "flex-api",
            Self::Lookups => "lookups",
            Self::Studio => "studio",
            Self::Sync => "sync",
            Self::TaskRouter => "taskrouter",
            Self::Verify => "verify",
            Self::Voice => "voice",
        }
    }
}

/// Where the hosts are.
#[derive(Clone, Debug)]
pub(crate) enum Hosts {
    /// Twilio's, as `product.edge.region.twilio.com`.
    Twilio { edge: Option<String>, region: Option<String> },
    /// One address for all products: a test double or a proxy.
    Base(Url),
}

impl Hosts {
    /// The address that paths are put after, without a slash at its end.
    pub(crate) fn base(&self, product: Product) -> String {
        let (edge, region) = match self {
            Self::Base(url) => return url.as_str().trim_end_matches('/').to_owned(),
            Self::Twilio { edge, region } => (edge.as_deref(), region.as_deref()),
        };
        // An edge only exists in front of a region, and the one without a name is us1.
        let region = region.or(edge.map(|_| "us1"));
        let labels: Vec<_> = [Some(product.subdomain()), edge, region].into_iter().flatten().collect();
        format!("https://{}.twilio.com", labels.join("."))
    }
}

/// Whether the text can stand between two dots of a host name, and nothing more.
pub(crate) fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Whether credentials may be sent there: over TLS anywhere, in the clear to this machine alone.
pub(crate) fn may_see_credentials(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.host().is_some(),
        "http" => match url.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(edge: Option<&str>, region: Option<&str>) -> String {
        Hosts::Twilio { edge: edge.map(Into::into), region: region.map(Into::into) }.base(Product::Api)
    }

    #[test]
    fn edge_and_region_are_put_into_the_host_name() {
        assert_eq!(host(None, None), "https://api.twilio.com");
        assert_eq!(host(None, Some("ie1")), "https://api.ie1.twilio.com");
        assert_eq!(host(Some("dublin"), Some("ie1")), "https://api.dublin.ie1.twilio.com");
    }

    #[test]
    fn an_edge_alone_means_the_region_us1() {
        assert_eq!(host(Some("sydney"), None), "https://api.sydney.us1.twilio.com");
    }

    #[test]
    fn a_label_cannot_name_another_host() {
        for bad in ["", "ie1.evil.example/", "ie1.", "IE1", "a@b", "a b"] {
            assert!(!is_label(bad), "{bad}");
        }
    }

    #[test]
    fn credentials_go_in_the_clear_to_this_machine_alone() {
        for (url, allowed) in [
            ("https://api.example.com", true),
            ("http://127.0.0.1:4010/x", true),
            ("http://[::1]:4010", true),
            ("http://localhost", true),
            ("http://localhost.example.com", false),
            ("http://10.0.0.1", false),
            ("ftp://127.0.0.1", false),
        ] {
            assert_eq!(may_see_credentials(&url.parse().unwrap()), allowed, "{url}");
        }
    }
}
