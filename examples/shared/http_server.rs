//! Serves the bridge over HTTP with axum: a listener for bursts, health checks, and a stop that loses nothing.

use std::{io, net::SocketAddr, time::Duration};

use axum::{Router, http::StatusCode, routing::get};
use tokio::net::{TcpListener, TcpSocket};
use voice_crm_core::Bridge;

/// Connections that may wait to be accepted: a burst of calls comes in within a moment.
const BACKLOG: u32 = 4_096;
/// How long requests under way may take after the signal to stop; longer than any answer is allowed to.
const FINISH: Duration = Duration::from_millis(8_500);
/// How long writes under way may take after that.
const PARK: Duration = Duration::from_secs(1);

/// Listens on an address; port 0 takes a free one.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `stop` comes to its end, then lets what is under way finish or leaves it in the journal.
pub(crate) async fn serve(
    listener: TcpListener,
    bridge: Bridge,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let ready = bridge.clone();
    let routes = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(move || readiness(ready)))
        .fallback_service(bridge.service());
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = axum::serve(listener, routes).with_graceful_shutdown(async move {
        stop.await;
        let _ = stopping.send(());
    });
    let too_long = async {
        match stopped.await {
            Ok(()) => tokio::time::sleep(FINISH).await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        ended = server => ended?,
        () = too_long => {}
    }
    bridge.shutdown(PARK).await;
    Ok(())
}

async fn readiness(bridge: Bridge) -> (StatusCode, &'static str) {
    if bridge.is_ready().await {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready")
    }
}
