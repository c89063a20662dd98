//! `Connector`: opens connections, by TLS and through a proxy where one is set.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::time::timeout;
use tower_service::Service;

use super::connection::Wire;

/// Name, address, TLS and proxy together take no longer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// A silent peer is asked after so long whether it is still there, and given up after as long again unheard.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// Opens connections.
pub(super) struct Connector {
    near: HttpsConnector<HttpConnector>,
    tls: Arc<ClientConfig>,
    proxies: Option<Matcher>,
}

impl Connector {
    /// One that trusts whom the system trusts, and goes through the proxies that the environment names if it may.
    pub(super) fn new(by_proxy: bool) -> Result<Self, rustls::Error> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        tcp.set_keepalive(Some(KEEPALIVE));
        tcp.set_keepalive_interval(Some(KEEPALIVE));
        tcp.set_keepalive_retries(Some(3));
        // While something is on its way it is not asked; a path that died then would be noticed by the kernel alone,
        // after a quarter of an hour.
        #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
        tcp.set_tcp_user_timeout(Some(2 * KEEPALIVE));
        let tls = Arc::new(tls()?);
        let near = HttpsConnector::from((tcp, Arc::clone(&tls)));
        Ok(Self { near, tls, proxies: by_proxy.then(Matcher::from_system) })
    }

    /// A connection to the host of `address`.
    pub(super) async fn connect(&self, address: Uri) -> io::Result<Box<dyn Wire>> {
        let connected = timeout(CONNECT_TIMEOUT, self.wire(address)).await;
        connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    async fn wire(&self, address: Uri) -> io::Result<Box<dyn Wire>> {
        let mut near = self.near.clone();
        let Some(proxy) = self.proxies.as_ref().and_then(|proxies| proxies.intercept(&address)) else {
            let wire = near.call(address).await.map_err(io::Error::other)?;
            return Ok(Box::new(wire));
        };
        let mut tunnel = Tunnel::new(proxy.uri().clone(), near);
        if let Some(credentials) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(credentials.clone());
        }
        let mut far = HttpsConnector::from((tunnel, Arc::clone(&self.tls)));
        let wire = far.call(address).await.map_err(io::Error::other)?;
        Ok(Box::new(wire))
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").field("by_proxy", &self.proxies.is_some()).finish_non_exhaustive()
    }
}

fn tls() -> Result<ClientConfig, rustls::Error> {
    let installed = CryptoProvider::get_default().cloned();
    let provider = installed.unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?;
    let mut config = config.with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
