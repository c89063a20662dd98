//! Putting a client together.

use std::num::NonZeroU32;
use std::time::Duration;

use url::Url;
use voice_crm_rest::may_see_credentials;

use super::{Client, Shared};
use crate::auth::{Authorization, Credentials, Tokens};
use crate::error::{Error, Result};
use crate::host::{Hosts, Product, Region, is_label};
use crate::pace::Pace;
use crate::request::Operation;
use crate::service::Twilio;
use crate::sid::AccountSid;

/// Settings of a [`Client`]; only the account and its credentials have no default.
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder {
    account: AccountSid,
    credentials: Credentials,
    hosts: Hosts,
    pace: Pace,
    rest: voice_crm_rest::ClientBuilder<Twilio>,
}

impl ClientBuilder {
    pub(super) fn new(account: AccountSid, credentials: Credentials) -> Self {
        Self {
            account,
            credentials,
            hosts: Hosts::default(),
            pace: Pace::every(Duration::from_secs(1)),
            rest: voice_crm_rest::Client::builder(Hosts::default().base(Product::Api)),
        }
    }

    /// The region where the account's data lives, and the edge through which it is reached: `ie1` through `dublin`, or
    /// `us1` through `sydney`. Each region has credentials of its own.
    ///
    /// Twilio has no host for a region without an edge any more, and an edge without a region was always one of `us1`.
    pub fn region(mut self, region: impl Into<String>, edge: impl Into<String>) -> Self {
        self.hosts.region = Some(Region { name: region.into(), edge: edge.into() });
        self
    }

    /// One address for every product in place of Twilio's hosts, edge and region: a test double or a proxy.
    /// The credentials go there, so it has to be `https`, or this machine.
    pub fn base_url(mut self, base: Url) -> Self {
        self.hosts.base = Some(base);
        self
    }

    /// The address of one product, in place of Twilio's host or that of [`base_url`](Self::base_url).
    pub fn product_url(mut self, product: Product, base: Url) -> Self {
        self.hosts.products.insert(product, base);
        self
    }

    /// How many calls to place in a second; 1 unless set, which is what Twilio gives a new account.
    ///
    /// Calls beyond it wait here for their turn, where their deadline is known, and not in Twilio's queue.
    /// Nothing else waits.
    pub fn calls_per_second(mut self, calls: NonZeroU32) -> Self {
        self.pace = Pace::every(Duration::from_secs(1) / calls.get());
        self
    }

    /// Places calls as fast as they come.
    pub fn unlimited_calls(mut self) -> Self {
        self.pace = Pace::unlimited();
        self
    }

    voice_crm_rest::pass_settings_on!(rest);

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::error::ErrorKind::Configuration) when the region or edge is no
    /// label of a host name, when the base URL would show the credentials to others, or when TLS cannot be
    /// set up.
    pub fn build(self) -> Result<Client> {
        check(&self.hosts)?;
        let rest = self.rest.build()?;
        let authorization = self.credentials.authorization(&self.account);
        let rest = match authorization.ok_or_else(|| wrong("the credentials cannot stand in a header"))? {
            Authorization::Fixed(header) => rest.authorized(header),
            Authorization::OAuth(id, secret) => {
                let login = self.hosts.base(Product::OAuth);
                rest.authorized(Tokens::new(id, secret, login, rest.clone()))
            }
        };
        let shared = Shared { account: self.account, hosts: self.hosts, pace: self.pace };
        Ok(Client { rest, shared: shared.into() })
    }
}

fn check(hosts: &Hosts) -> Result<()> {
    for url in hosts.base.iter().chain(hosts.products.values()) {
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("the base url has more than a scheme, a host, a port and a path"));
        }
        if !may_see_credentials(url) {
            return Err(wrong("the base url is neither https nor on this machine"));
        }
    }
    let labels = hosts.region.iter().flat_map(|region| [&region.name, &region.edge]);
    if labels.into_iter().all(|label| is_label(label)) {
        Ok(())
    } else {
        Err(wrong("the region or edge is not a label of lower-case letters, digits and hyphens"))
    }
}

fn wrong(what: &'static str) -> Error {
    Error::configuration(Operation::new("build", "client"), what)
}

impl std::fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("account", &self.account)
            .field("hosts", &self.hosts)
            .field("rest", &self.rest)
            .finish_non_exhaustive()
    }
}
