//! The public origin as the proxies in front of us saw it, where there is not one alone.

use std::net::{IpAddr, SocketAddr};

use super::PublicOrigin;
use super::network::Network;

/// Proxies that may say which address a request was sent to.
///
/// A configured [`PublicOrigin`] is simpler and safer. This is for a service that is reached under several names,
/// which are all known: `X-Forwarded-Host` (or `Host`), `X-Forwarded-Proto` and `X-Forwarded-Port` are believed only if
/// the connection comes from one of these networks, and choose only among these hosts. What a sender wrote into the
/// headers before the first of our proxies is left out, as far as `X-Forwarded-For` tells the proxies apart.
///
/// ```
/// use twilio_client::origin::TrustedProxies;
///
/// let proxies = TrustedProxies::new(["10.0.0.0/8"], ["voice.example.com", "voice.example.org"])?;
/// let headers = [("x-forwarded-host", &b"voice.example.org"[..]), ("x-forwarded-proto", b"https")];
///
/// let origin = proxies.origin("10.1.2.3".parse()?, headers)?;
/// assert_eq!(origin.url("/voice"), "https://voice.example.org/voice");
/// assert!(proxies.origin("203.0.113.9".parse()?, headers).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TrustedProxies {
    networks: Vec<Network>,
    hosts: Vec<Box<str>>,
}

/// The list of proxies or of hosts cannot be meant so.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidProxies {
    /// A network is not written as `10.0.0.0/8`, `2001:db8::/32` or a single address.
    #[error("a network of proxies is an address, or an address and its number of bits")]
    Network,
    /// A host is not a host name alone.
    #[error("a public host is a name without scheme, port and path")]
    Host,
}

/// Why the headers do not say which address a request was sent to.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotForwarded {
    /// The connection comes from none of our proxies, so its headers say nothing.
    #[error("the request does not come from a trusted proxy")]
    Stranger,
    /// The proxies did not say by which scheme the request came, or not in a way that can be read.
    #[error("the proxies did not say whether the request came by https")]
    Scheme,
    /// The proxies named no host, or one that is not ours.
    #[error("the request was sent to a host that is not one of ours")]
    Host,
    /// The port is none.
    #[error("the port that the proxies named is not a port")]
    Port,
}

impl TrustedProxies {
    /// Believes proxies in these networks, which front these hosts.
    ///
    /// # Errors
    ///
    /// [`InvalidProxies`] when one of them cannot be read.
    pub fn new<'a>(
        networks: impl IntoIterator<Item = &'a str>,
        hosts: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, InvalidProxies> {
        let networks = networks.into_iter().map(|text| text.parse().map_err(|()| InvalidProxies::Network));
        let named = |host: &str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
            let is_name = !host.is_empty() && host.bytes().all(plain);
            is_name.then(|| host.into()).ok_or(InvalidProxies::Host)
        };
        let hosts = hosts.into_iter().map(named);
        Ok(Self { networks: networks.collect::<Result<_, _>>()?, hosts: hosts.collect::<Result<_, _>>()? })
    }

    /// The public origin of a request: `peer` is the other end of its connection, `headers` are all of its headers, in
    /// order.
    ///
    /// # Errors
    ///
    /// [`NotForwarded`] when it cannot be known; answer 403, or go on with a configured origin.
    pub fn origin<'h>(
        &self,
        peer: IpAddr,
        headers: impl IntoIterator<Item = (&'h str, &'h [u8])>,
    ) -> Result<PublicOrigin, NotForwarded> {
        if !self.trust(peer) {
            return Err(NotForwarded::Stranger);
        }
        let said = Forwarded::read(headers);
        let hops = self.hops(&said.addresses);
        let secure = match outermost(&said.schemes, hops) {
            Some(scheme) if scheme.eq_ignore_ascii_case("https") => true,
            Some(scheme) if scheme.eq_ignore_ascii_case("http") => false,
            _ => return Err(NotForwarded::Scheme),
        };
        let host = outermost(&said.hosts, hops).or(said.host).ok_or(NotForwarded::Host)?;
        let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
        if !self.hosts.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            return Err(NotForwarded::Host);
        }
        let port = match port.or(outermost(&said.ports, hops)) {
            None => None,
            Some(port) => Some(port.parse::<u16>().map_err(|_| NotForwarded::Port)?),
        };
        let usual = if secure { 443 } else { 80 };
        let rest = match port.filter(|port| *port != usual) {
            None => name.to_owned(),
            Some(port) => format!("{name}:{port}"),
        };
        Ok(PublicOrigin { secure, rest: rest.into() })
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(address))
    }

    /// How many proxies of ours the request came through: the one that connected to us, and those before it.
    fn hops(&self, addresses: &[&str]) -> usize {
        let ours = |text: &&&str| address(text).is_some_and(|address| self.trust(address));
        1 + addresses.iter().rev().take_while(ours).count()
    }
}

/// An address as proxies write it: alone, in brackets, or with the port of the connection.
fn address(text: &str) -> Option<IpAddr> {
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    text.parse().ok().or_else(with_port).or_else(bracketed)
}

/// What the headers say, each list with what was added last at its end.
#[derive(Default)]
struct Forwarded<'h> {
    addresses: Vec<&'h str>,
    schemes: Vec<&'h str>,
    hosts: Vec<&'h str>,
    ports: Vec<&'h str>,
    host: Option<&'h str>,
}

impl<'h> Forwarded<'h> {
    fn read(headers: impl IntoIterator<Item = (&'h str, &'h [u8])>) -> Self {
        let mut said = Self::default();
        for (name, value) in headers {
            // What cannot be read counts as said, so that it does not shift what others said.
            let value = std::str::from_utf8(value).unwrap_or("?");
            let list = match name {
                _ if name.eq_ignore_ascii_case("x-forwarded-for") => &mut said.addresses,
                _ if name.eq_ignore_ascii_case("x-forwarded-proto") => &mut said.schemes,
                _ if name.eq_ignore_ascii_case("x-forwarded-host") => &mut said.hosts,
                _ if name.eq_ignore_ascii_case("x-forwarded-port") => &mut said.ports,
                _ => {
                    if name.eq_ignore_ascii_case("host") {
                        said.host = Some(value);
                    }
                    continue;
                }
            };
            list.extend(value.split(',').map(str::trim));
        }
        said
    }
}

/// What the outermost of our proxies said. A proxy that takes over what it was told, rather than adding to it, leaves
/// fewer values than there are proxies; then it is the first of them.
fn outermost<'h>(list: &[&'h str], hops: usize) -> Option<&'h str> {
    list.get(list.len().saturating_sub(hops)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn url(peer: &str, headers: &[(&str, &str)]) -> Result<String, NotForwarded> {
        let hosts = ["voice.example.com", "voice.example.org"];
        let proxies = TrustedProxies::new(["10.0.0.0/8", "2001:db8::/32"], hosts).unwrap();
        let headers = headers.iter().map(|(name, value)| (*name, value.as_bytes()));
        Ok(proxies.origin(peer.parse().unwrap(), headers)?.url("/v"))
    }

    #[test]
    fn headers_of_a_stranger_are_not_believed() {
        let headers = [("X-Forwarded-Host", "voice.example.com"), ("X-Forwarded-Proto", "https")];

        assert_eq!(url(PROXY, &headers).unwrap(), "https://voice.example.com/v");
        assert_eq!(url("::ffff:10.0.0.1", &headers).unwrap(), "https://voice.example.com/v");
        assert_eq!(url("203.0.113.9", &headers), Err(NotForwarded::Stranger));
    }

    #[test]
    fn a_proxy_chooses_among_our_hosts_alone() {
        for foreign in [
            "evil.example",
            "voice.example.com.evil.example",
            "voice.example.com/x",
            "u@voice.example.com",
            "",
        ] {
            let headers = [("x-forwarded-host", foreign), ("x-forwarded-proto", "https")];
            assert_eq!(url(PROXY, &headers), Err(NotForwarded::Host), "{foreign}");
        }
        let passed_on = [("host", "Voice.Example.Org:8443"), ("x-forwarded-proto", "https")];
        assert_eq!(url(PROXY, &passed_on).unwrap(), "https://Voice.Example.Org:8443/v");
    }

    #[test]
    fn what_the_sender_wrote_before_the_first_proxy_is_left_out() {
        let one = [
            ("x-forwarded-for", "10.9.9.9, 203.0.113.9"),
            ("x-forwarded-host", "voice.example.org, voice.example.com"),
            ("x-forwarded-proto", "http"),
            ("x-forwarded-proto", "https"),
        ];
        assert_eq!(url(PROXY, &one).unwrap(), "https://voice.example.com/v");

        let two = [
            ("x-forwarded-for", "203.0.113.9, 10.0.0.2"),
            ("x-forwarded-host", "voice.example.org, voice.example.com, inner"),
            ("x-forwarded-proto", "http, https, http"),
        ];
        assert_eq!(url(PROXY, &two).unwrap(), "https://voice.example.com/v");
    }

    #[test]
    fn a_proxy_is_known_by_its_address_whether_or_not_a_port_stands_with_it() {
        for inner in ["10.0.0.2", "10.0.0.2:443", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:51234"] {
            let addresses = format!("203.0.113.9:51000, {inner}");
            let headers = [
                ("x-forwarded-for", addresses.as_str()),
                ("x-forwarded-host", "voice.example.org, voice.example.com, inner"),
                ("x-forwarded-proto", "http, https, http"),
            ];
            assert_eq!(url(PROXY, &headers).unwrap(), "https://voice.example.com/v", "{inner}");
        }
    }

    #[test]
    fn a_value_that_inner_proxies_take_over_is_the_outermost_ones() {
        let headers = [
            ("x-forwarded-for", "203.0.113.9, 10.0.0.3, 10.0.0.2"),
            ("x-forwarded-host", "voice.example.com"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-port", "443"),
        ];
        assert_eq!(url(PROXY, &headers).unwrap(), "https://voice.example.com/v");
    }

    #[test]
    fn an_unusual_port_is_part_of_the_address_and_nonsense_is_refused() {
        let with = |name, value| {
            url(PROXY, &[("host", "voice.example.com"), ("x-forwarded-proto", "https"), (name, value)])
        };
        assert_eq!(with("x-forwarded-port", "8443").unwrap(), "https://voice.example.com:8443/v");
        assert_eq!(with("x-forwarded-port", "x"), Err(NotForwarded::Port));
        assert_eq!(with("x-forwarded-proto", "gopher"), Err(NotForwarded::Scheme));
        assert_eq!(url(PROXY, &[("host", "voice.example.com")]), Err(NotForwarded::Scheme));
    }

    #[test]
    fn lists_that_cannot_be_meant_are_refused() {
        let new = |network, host| TrustedProxies::new([network], [host]).unwrap_err();

        assert_eq!(new("10.0.0.0/40", "h"), InvalidProxies::Network);
        for wrong in ["https://h", "h:443", "h/x", "", "u@h"] {
            assert_eq!(new("10.0.0.0/8", wrong), InvalidProxies::Host, "{wrong}");
        }
    }
}
