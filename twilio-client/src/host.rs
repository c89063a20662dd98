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

/// A region, and the edge through which it is reached.
#[derive(Clone, Debug)]
pub(crate) struct Region {
    pub(crate) name: String,
    pub(crate) edge: String,
}

/// Where the hosts are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hosts {
    pub(crate) region: Option<Region>,
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
        let region = self.region.as_ref().filter(|_| product != Product::OAuth);
        let place = region.map_or(String::new(), |region| format!(".{}.{}", region.edge, region.name));
        format!("https://{}{place}.twilio.com", product.subdomain())
    }

    /// The same link after the product's address, if it leads to where the answer came from: to that address or to
    /// Twilio's own. What leads elsewhere is none rather than bent.
    pub(crate) fn rebased(&self, product: Product, link: &str) -> Option<String> {
        let base: Url = self.base(product).parse().ok()?;
        let link = base.join(link).ok()?;
        let twilio: Url = self.twilio(product).parse().ok()?;
        if ![base.origin(), twilio.origin()].contains(&link.origin()) || !link.username().is_empty() {
            return None;
        }
        let path = link.path();
        let path = path.strip_prefix(base.path().trim_end_matches('/')).unwrap_or(path);
        let query = link.query().map(|query| format!("?{query}")).unwrap_or_default();
        Some(self.base(product) + path + &query)
    }
}

/// Whether the text can stand between two dots of a host name, and nothing more.
pub(crate) fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_and_edge_are_put_into_the_host_name_both_or_neither() {
        let ireland = Region { name: "ie1".to_owned(), edge: "dublin".to_owned() };
        let hosts = Hosts { region: Some(ireland), ..Hosts::default() };

        assert_eq!(Hosts::default().base(Product::Api), "https://api.twilio.com");
        assert_eq!(hosts.base(Product::Api), "https://api.dublin.ie1.twilio.com");
        assert_eq!(hosts.base(Product::OAuth), "https://oauth.twilio.com");
    }

    #[test]
    fn a_link_is_taken_only_from_the_host_it_leads_to() {
        let ours = Hosts::at("http://127.0.0.1:1/mock/".parse().unwrap());
        let local = |link| ours.rebased(Product::TaskRouter, link);

        assert_eq!(local("/v1/Tasks?Page=1").as_deref(), Some("http://127.0.0.1:1/mock/v1/Tasks?Page=1"));
        assert_eq!(
            local("http://127.0.0.1:1/mock/v1/Tasks").as_deref(),
            Some("http://127.0.0.1:1/mock/v1/Tasks")
        );
        assert_eq!(
            local("https://taskrouter.twilio.com/v1/Tasks?a=b").as_deref(),
            Some("http://127.0.0.1:1/mock/v1/Tasks?a=b")
        );
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
}
