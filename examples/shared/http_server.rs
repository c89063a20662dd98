//! Serves the bridge over HTTP with axum: a listener for bursts, health checks, and a stop that loses nothing.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header::CONNECTION},
    middleware::map_response_with_state,
    response::Response,
    routing::get,
};
use tokio::{
    net::{TcpListener, TcpSocket},
    sync::oneshot,
};
use voice_crm_core::Bridge;

use closing::ClosingListener;

#[path = "http_server/closing.rs"]
mod closing;

/// Connections that may wait to be accepted: a burst of calls comes in within a moment.
const BACKLOG: u32 = 4_096;
/// How long after the signal to stop new webhooks are still taken. Whatever keeps connections open hears in each answer
/// that this one is done with, and whoever asks for the readiness hears it too.
const FAREWELL: Duration = Duration::from_millis(500);
/// How long the last who connected may take to send their request: from here on, connections without one are cut.
const FIRST_REQUEST: Duration = Duration::from_millis(250);
/// How long requests under way may take after that; as long as any answer is allowed to.
const FINISH: Duration = Duration::from_millis(8_050);
/// How long writes under way may take after that.
const LAST_WRITES: Duration = Duration::from_secs(1);

/// Listens on an address; port 0 takes a free one.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `stop` comes to its end, then lets what is under way finish or leaves it in the journal.
///
/// Nobody who has connected by then is left without an answer.
pub(crate) async fn serve(
    listener: TcpListener,
    bridge: Bridge,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let stopping = Arc::new(AtomicBool::new(false));
    let (ready, is_stopping) = (bridge.clone(), stopping.clone());
    let routes = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(move || readiness(ready, is_stopping)))
        .fallback_service(bridge.service())
        .layer(map_response_with_state(stopping.clone(), last_on_its_connection));
    let (close, to_close) = oneshot::channel();
    let (closing, closed) = oneshot::channel();
    let listener = ClosingListener::new(listener, to_close, closing)?;
    let (stopped, finishing) = oneshot::channel::<()>();
    let server = axum::serve(listener, routes).with_graceful_shutdown(async move {
        // The listener tells, and does not go before it has.
        let _ = closed.await;
        tokio::time::sleep(FIRST_REQUEST).await;
        let _ = stopped.send(());
    });
    let farewell = async {
        stop.await;
        stopping.store(true, Ordering::Relaxed);
        tokio::time::sleep(FAREWELL).await;
        let _ = close.send(());
        match finishing.await {
            Ok(()) => tokio::time::sleep(FINISH).await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        ended = server => ended?,
        () = farewell => {}
    }
    bridge.shutdown(LAST_WRITES).await;
    Ok(())
}

/// A connection that is kept open would be cut in the middle of the next request.
async fn last_on_its_connection(State(stopping): State<Arc<AtomicBool>>, mut answer: Response) -> Response {
    if stopping.load(Ordering::Relaxed) {
        answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    answer
}

async fn readiness(bridge: Bridge, stopping: Arc<AtomicBool>) -> (StatusCode, &'static str) {
    if !stopping.load(Ordering::Relaxed) && bridge.is_ready().await {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready")
    }
}
