//! hyper serves a tower service once `hyper-util` has wrapped it.

use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::net::TcpListener;
use voice_crm_core::Bridge;

/// Serves one connection after the other, each in a task of its own.
///
/// # Errors
///
/// When no connection can be accepted any more.
pub async fn serve(listener: TcpListener, bridge: Bridge) -> std::io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(bridge.service());
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}
