//! `LoginHost`: where logins go, and which hosts a token may send us to.

use std::fmt;

use url::{Host, Url};

use crate::error::{Error, ErrorKind, Result};

/// The host that logins are sent to: the org's My Domain, a sandbox's, or a shared login host.
#[derive(Clone, Eq, PartialEq)]
pub struct LoginHost(Url);

impl LoginHost {
    /// Reads `https://acme.my.salesforce.com`; the scheme may be left out. Plain http is for loopback only.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] with a sentence that says what to write instead.
    pub fn parse(text: &str) -> Result<Self> {
        let refuse = |hint| Err(Error::new(ErrorKind::Configuration, hint));
        let text = text.trim();
        let url =
            if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("https://{text}")) };
        let Ok(url) = url else {
            return refuse("the login host cannot be read: write it as https://<name>.my.salesforce.com");
        };
        let Some(host) = url.host_str() else {
            return refuse("the login host is missing: write it as https://<name>.my.salesforce.com");
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("the login host must not contain a user name or password");
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return refuse("the login host must not have a path or query: end it after the host name");
        }
        if host.ends_with(".lightning.force.com") {
            return refuse(
                "a lightning.force.com page takes no logins: use https://<name>.my.salesforce.com",
            );
        }
        if matches!(url.host(), Some(Host::Domain(name)) if !name.trim_end_matches('.').contains('.'))
            && !is_loopback(&url)
        {
            return refuse(
                "the login host is a name without a domain: write it as https://<name>.my.salesforce.com",
            );
        }
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_loopback(&url) => Ok(Self(url)),
            _ => refuse("the login host must be https; plain http is for loopback addresses only"),
        }
    }

    /// The address without a path.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// Whether it is login.salesforce.com or test.salesforce.com, which serve all orgs.
    pub fn is_shared(&self) -> bool {
        matches!(self.0.host_str(), Some("login.salesforce.com" | "test.salesforce.com"))
    }

    /// Whether it is the host of a sandbox or a scratch org, or the one that serves all of them.
    pub(crate) fn is_test(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default();
        let Some(name) = SALESFORCE.iter().find_map(|domain| host.strip_suffix(domain)) else { return false };
        // A pod of sandboxes, as it stood in names before My Domains told the sort of the org.
        let is_pod = |part: &str| {
            part.strip_prefix("cs")
                .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
        };
        match name.strip_suffix(".my") {
            None => name == "test" || is_pod(name),
            Some(my) => {
                let (org, sort) = my.split_once('.').unwrap_or((my, ""));
                matches!(sort, "sandbox" | "scratch") || is_pod(sort) || org.contains("--")
            }
        }
    }

    /// Whether it is this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }
}

impl fmt::Debug for LoginHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LoginHost({})", self.0.origin().ascii_serialization())
    }
}

/// What Salesforce's own host names end in; the second is that of the United States' armed forces.
const SALESFORCE: [&str; 2] = [".salesforce.com", ".salesforce.mil"];

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The hosts that may receive our requests and the token with them.
#[derive(Clone, Debug)]
pub(crate) struct HostPolicy {
    login: LoginHost,
    more: Vec<String>,
}

impl HostPolicy {
    pub(crate) fn new(login: LoginHost, more: Vec<String>) -> Self {
        Self { login, more: more.into_iter().map(|host| host.to_ascii_lowercase()).collect() }
    }

    pub(crate) fn login(&self) -> &LoginHost {
        &self.login
    }

    /// Refuses an address that a login answer or a token must not send us to.
    pub(crate) fn check(&self, instance: &Url) -> Result<()> {
        if self.permits(instance) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Authentication,
            "the token names an instance host that is not allowed: if it is right, name it with \
             `allow_instance_host`",
        ))
    }

    fn permits(&self, instance: &Url) -> bool {
        let Some(host) = instance.host_str() else { return false };
        let login = self.login.as_url();
        if instance.scheme() == login.scheme()
            && instance.host() == login.host()
            && instance.port_or_known_default() == login.port_or_known_default()
        {
            return true;
        }
        if is_loopback(instance) {
            return self.login.is_loopback();
        }
        instance.scheme() == "https"
            && instance.port().is_none()
            && (SALESFORCE.iter().any(|domain| host.ends_with(domain))
                || self.more.iter().any(|allowed| allowed == host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn plain_http_is_for_loopback_alone() {
        assert!(LoginHost::parse("http://127.0.0.1:8080").is_ok());
        assert!(LoginHost::parse("http://localhost:1").is_ok());
        assert!(LoginHost::parse("http://[::1]:1").is_ok());
        assert!(LoginHost::parse("acme.my.salesforce.com").is_ok());
        for bad in [
            "http://acme.my.salesforce.com",
            "ftp://localhost",
            "https://user:pass@acme.my.salesforce.com",
            "https://acme.my.salesforce.com/services",
            "https://acme.lightning.force.com",
            "",
            "https://",
            "acme",
            "https://acme.",
        ] {
            assert_eq!(LoginHost::parse(bad).map_err(|e| e.kind()), Err(ErrorKind::Configuration), "{bad}");
        }
    }

    #[test]
    fn a_token_cannot_send_us_to_a_stranger() {
        let policy = HostPolicy::new(
            LoginHost::parse("https://acme.my.salesforce.com").unwrap(),
            vec!["Gov.Example.mil".into()],
        );

        for good in [
            "https://acme.my.salesforce.com",
            "https://na1.salesforce.com",
            "https://acme.my.salesforce.mil",
            "https://gov.example.mil",
        ] {
            assert!(policy.check(&url(good)).is_ok(), "{good}");
        }
        for bad in [
            "http://acme.my.salesforce.com",
            "https://acme.my.salesforce.com.evil.example",
            "https://salesforce.com.evil.example",
            "https://notsalesforce.com",
            "https://acme.my.salesforce.mil.evil.example",
            "http://127.0.0.1:80",
            "https://na1.salesforce.com:8443",
        ] {
            assert!(policy.check(&url(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn loopback_is_allowed_from_loopback_only() {
        let policy = HostPolicy::new(LoginHost::parse("http://127.0.0.1:8080").unwrap(), Vec::new());

        assert!(policy.check(&url("http://127.0.0.1:9090")).is_ok());
        assert!(policy.check(&url("http://10.0.0.1:9090")).is_err());
    }
}
