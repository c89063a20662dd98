//! Which host answers, and where the API key may be sent.

use url::Url;
use voice_crm_rest::may_see_credentials;

/// Where an organization lives.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Host {
    /// The United States, `api.vapi.ai`.
    Us,
    /// The European Union, `api.eu.vapi.ai`.
    Eu,
    /// Another address: a test double or a proxy. It gets the API key, so it has to be `https`, or this machine.
    At(Url),
}

impl Host {
    /// The address that paths are put after.
    pub(crate) fn base(&self) -> &str {
        match self {
            Self::Us => "https://api.vapi.ai",
            Self::Eu => "https://api.eu.vapi.ai",
            Self::At(url) => url.as_str(),
        }
    }

    /// True for the addresses that live control may go to: hosts of Vapi over TLS, and the host of a test double.
    ///
    /// The URL comes with a call, so it is a stranger's word until this has looked at it.
    pub(crate) fn is_trusted(&self, url: &Url) -> bool {
        if !may_see_credentials(url) {
            return false;
        }
        if let Self::At(base) = self
            && base.origin() == url.origin()
        {
            return true;
        }
        let of_vapi = |name: &str| name == "vapi.ai" || name.ends_with(".vapi.ai");
        url.scheme() == "https" && url.domain().is_some_and(of_vapi)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str) -> Host {
        Host::At(url.parse().unwrap())
    }

    #[test]
    fn live_control_goes_to_vapi_alone() {
        for (url, trusted) in [
            ("https://aws-us-west-2-production1-phone-call-websocket.vapi.ai/7420f27a/control", true),
            ("http://127.0.0.1:4010/7420f27a/control", true),
            ("http://phone-call-websocket.vapi.ai/7420f27a/control", false),
            ("https://vapi.ai.example.com/control", false),
            ("https://evilvapi.ai/control", false),
            ("https://user@phone.vapi.ai/control", false),
            ("http://127.0.0.1:4011/control", false),
            ("https://169.254.169.254/control", false),
        ] {
            assert_eq!(at("http://127.0.0.1:4010/").is_trusted(&url.parse().unwrap()), trusted, "{url}");
        }
    }
}
