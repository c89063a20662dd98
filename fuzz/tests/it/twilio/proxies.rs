//! The address that proxies name: one of ours, or none.

use std::net::{IpAddr, Ipv4Addr};

use twilio_client::origin::TrustedProxies;

use crate::bound::check_values;

const NAMES: [&str; 6] =
    ["host", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "X-Forwarded-For", "forwarded"];
const VALUES: [&str; 10] = [
    "voice.example.com",
    "https",
    "http, https",
    "voice.example.com:8443, evil.example",
    "10.0.0.1, 203.0.113.9",
    "10.0.0.1:443",
    "[2001:db8::1]:80",
    "443",
    "voice.example.com@evil.example",
    "voice.example.com/..",
];

#[test]
fn whatever_the_headers_say_an_address_is_at_one_of_our_hosts() {
    let proxies = TrustedProxies::new(["10.0.0.0/8"], ["voice.example.com"]).unwrap();
    check_values!((u32, Vec<(u8, u8, Vec<u8>)>), |(peer, said)| {
        let headers = said.iter().map(|(name, value, bytes)| {
            let value =
                VALUES.get(usize::from(*value) % 16).map_or(bytes.as_slice(), |value| value.as_bytes());
            (NAMES[usize::from(*name) % NAMES.len()], value)
        });
        // Every second peer is a proxy of ours.
        let peer = Ipv4Addr::from(if peer % 2 == 0 { 0x0a00_0000 | (peer >> 8) } else { *peer });
        let origin = proxies.origin(IpAddr::V4(peer), headers);
        if let Ok(origin) = origin {
            let url = origin.url("/v").to_ascii_lowercase();
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap();
            let port = rest.strip_prefix("voice.example.com").unwrap().strip_suffix("/v").unwrap();
            assert!(
                port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok())
            );
            assert_eq!(peer.octets()[0], 10);
        }
    });
}
