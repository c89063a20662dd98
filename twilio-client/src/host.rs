//! Which host answers: product, edge and region make up its name.

use std::collections::BTreeMap;

use url::Url;

/// A product of Twilio's, each with its own host.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Product {
    /// The core API of 2010: calls, recordings, conferences, messages, numbers.
    #[default]
    Api,
    /// Flex.
    Flex,
    /// Lookup.
    Lookups,
    /// Tokens of OAuth, at one host for all regions.
    OAuth,
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
            Self::OAuth => "oauth",
            Self::Studio => "studio",
            Self::Sync => "sync",
            Self::TaskRouter => "taskrouter",
            Self::Verify => "verify",
            Self::Voice => "voice",
        }
    }
}

/// Where the hosts are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hosts {
    pub(crate) edge: Option<String>,
    pub(crate) region: Option<String>,
    /// One address for all products: a test double or a proxy.
    pub(crate) base: Option<Url>,
    /// Addresses of single products.
    pub(crate) products: BTreeMap<Product, Url>,
}

impl Hosts {
    #[cfg(test)]
    pub(crate) fn at(base: Url) -> Self {
        Self { base: Some(base), ..Self::default() }
    }

    /// The address that paths are put after, without a slash at its end.
    pub(crate) fn base(&self, product: Product) -> String {
        match self.products.get(&product).or(self.base.as_ref()) {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => self.twilio(product),
        }
    }

    /// Twilio's own host, as `product.edge.region.twilio.com`.
    fn twilio(&self, product: Product) -> String {
        let (edge, region) = match product {
            Product::OAuth => (None, None),
            _ => (self.edge.as_deref(), self.region.as_deref()),
        };
        // An edge only exists in front of a region, and the one without a name is us1.
        let region = region.or(edge.map(|_| "us1"));
        let labels: Vec<_> = [Some(product.subdomain()), edge, region].into_iter().flatten().collect();
        format!("https://{}.twilio.com", labels.join("."))
    }

    /// The path and query of a link in an answer, if it leads to where the answer came from.
    ///
    /// What stands before the path is never used: the request goes to the product's address in any case, and
    /// a link that names another is refused rather than bent.
    pub(crate) fn local(&self, product: Product, link: &str) -> Option<String> {
        let base: Url = self.base(product).parse().ok()?;
        let link = base.join(link).ok()?;
        let twilio: Url = self.twilio(product).parse().ok()?;
        if ![base.origin(), twilio.origin()].contains(&link.origin()) || !link.username().is_empty() {
            return None;
        }
        let path = link.path();
        let path = path.strip_prefix(base.path().trim_end_matches('/')).unwrap_or(path);
        Some(link.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
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
        let (edge, region) = (edge.map(Into::into), region.map(Into::into));
        Hosts { edge, region, ..Hosts::default() }.base(Product::Api)
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
    fn a_link_is_taken_only_from_the_host_it_leads_to() {
        let ours = Hosts::at("http://127.0.0.1:1/mock/".parse().unwrap());
        let local = |link| ours.local(Product::TaskRouter, link);

        assert_eq!(local("/v1/Tasks?Page=1").as_deref(), Some("/v1/Tasks?Page=1"));
        assert_eq!(local("http://127.0.0.1:1/mock/v1/Tasks").as_deref(), Some("/v1/Tasks"));
        assert_eq!(local("https://taskrouter.twilio.com/v1/Tasks?a=b").as_deref(), Some("/v1/Tasks?a=b"));
        for foreign in [
            "https://evil.example/v1/Tasks",
            "//evil.example/v1/Tasks",
            "http://taskrouter.twilio.com/v1/Tasks",
            "https://taskrouter.twilio.com.evil.example/",
            "https://user@taskrouter.twilio.com/v1",
            "http://127.0.0.1:2/v1",
        ] {
            assert_eq!(local(foreign), None, "{foreign}");
        }
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
