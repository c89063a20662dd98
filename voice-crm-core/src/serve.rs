//! The bridge as an HTTP server that strangers cannot stop.
//!
//! ```no_run
//! use voice_crm_core::{Bridge, serve::{Server, stop_signal}};
//!
//! # async fn run(bridge: Bridge) -> std::io::Result<()> {
//! let server = Server::bind("127.0.0.1:3000".parse().expect("an address"))?;
//! server.serve(bridge, stop_signal()).await
//! # }
//! ```
//!
//! It speaks HTTP/1.1 without TLS, so it stands behind whatever ends TLS. Webhooks are taken at the paths of the
//! bridge's channels. `GET /healthz` answers 200 as long as the process runs; `GET /readyz` answers 200 within a second
//! while the journal takes writes, and else 503. What else is to be served is given to [`Server::routes`].
//!
//! | limit | figure |
//! | --- | --- |
//! | connections | 4,096, or as many as the process may have descriptors for |
//! | connections of one address without a whole head | a quarter of them; the oldest makes room |
//! | time for the head of a request | 10 s |
//! | time without a request on a connection that is kept open | 90 s |
//! | the head of a request | 32 KiB |
//! | time for the body, and its size | 10 s and [`Bridge::body_limit`] |

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::{Bridge, telemetry};

mod body;
mod connection;
mod connections;
mod descriptors;
mod proxies;
mod router;
mod signal;
mod watched_stream;

pub use body::RequestBody;
pub use proxies::{NotANetwork, TrustedProxies};
pub use signal::stop_signal;

use connection::{Connection, Order};
use connections::{Connections, TICK};
use router::{ConnectionRouter, Router};
use watched_stream::WatchedStream;

/// Connections that may wait to be accepted: a burst of calls comes in within a moment.
const BACKLOG: u32 = 4_096;
/// How many connections are open at once, where descriptors allow.
const MOST_CONNECTIONS: usize = 4_096;
/// How much of a request is read before somebody asks for it; its head must fit in.
const READ_AHEAD: usize = 32 * 1_024;
/// How long after the signal to stop new webhooks are still taken. Whatever keeps connections open hears in each answer
/// that this one is done with, and whoever asks for the readiness hears it too.
const FAREWELL: Duration = Duration::from_millis(500);
/// How long the last who connected may take to send their request: from here on, connections without one are cut.
const FIRST_REQUEST: Duration = Duration::from_millis(250);
/// How long requests under way may take after that; as long as any answer is allowed to.
const FINISH: Duration = Duration::from_millis(8_050);
/// How long writes under way may take after that.
const LAST_WRITES: Duration = Duration::from_secs(1);
/// The pause after a connection could not be accepted.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// A server that listens already; see the [module](self).
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    most_connections: usize,
    trusted_proxies: TrustedProxies,
    routes: Option<router::Routes>,
}

impl Server {
    /// Listens on an address; port 0 takes a free one.
    ///
    /// Choose a loopback address unless a proxy that ends TLS stands on another machine.
    ///
    /// # Errors
    /// What the system says where the address cannot be listened on.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        Ok(Self {
            listener: socket.listen(BACKLOG)?,
            most_connections: MOST_CONNECTIONS,
            trusted_proxies: TrustedProxies::default(),
            routes: None,
        })
    }

    /// The address that it listens on.
    ///
    /// # Errors
    /// What the system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// How many connections may be open at once; 4,096 unless said. At least one.
    #[must_use]
    pub fn max_connections(mut self, most: usize) -> Self {
        self.most_connections = most.max(1);
        self
    }

    /// The proxies whose connections stand for many callers: the limit for one address does not hold for them.
    ///
    /// Nothing else is believed of a proxy. No decision depends on an address in a header.
    #[must_use]
    pub fn trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.trusted_proxies = proxies;
        self
    }

    /// What is served at all other paths, such as pages or metrics: a tower service, as an `axum::Router` is one.
    ///
    /// It may stream its answers and upgrade connections. A stream that sends nothing for 90 s is cut, and all streams
    /// end when the server stops. The service has to bound the bodies that it reads by itself.
    #[must_use]
    pub fn routes<S, B>(mut self, service: S) -> Self
    where
        S: tower_service::Service<
                http::Request<RequestBody>,
                Response = http::Response<B>,
                Error = std::convert::Infallible,
            > + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.routes = Some(router::Routes::new(service));
        self
    }

    /// Serves until `stop` comes to its end, then lets what is under way finish or leaves it in the journal.
    ///
    /// Nobody who has connected by then is left without an answer. A stop takes 10 s at most.
    ///
    /// # Errors
    /// What the system says of the listener.
    pub async fn serve(self, bridge: Bridge, stop: impl Future<Output = ()> + Send) -> io::Result<()> {
        let limit = descriptors::limit(self.most_connections);
        let connections = Arc::new(Connections::new(limit, self.trusted_proxies));
        let router = Arc::new(Router::new(bridge.clone(), self.routes));
        let start = |stream: TcpStream, connection: Arc<Connection>| {
            tokio::spawn(run(stream, connection, connections.clone(), router.clone()));
        };

        let mut until = std::pin::pin!(async {
            stop.await;
            router.begin_to_stop();
            tokio::time::sleep(FAREWELL).await;
        });
        let mut ticks = tokio::time::interval(TICK);
        let mut waiting = None;
        loop {
            tokio::select! {
                biased;
                () = &mut until => break,
                _ = ticks.tick() => connections.tick(),
                (stream, connection) = next(&self.listener, &mut waiting, &connections) => start(stream, connection),
            }
        }
        for (stream, address) in waiting.into_iter().chain(close(self.listener)?) {
            start(stream, connections.admit_last(address));
        }
        tokio::time::sleep(FIRST_REQUEST).await;
        connections.finish();
        let _ = tokio::time::timeout(FINISH, connections.finished()).await;
        bridge.shutdown(LAST_WRITES).await;
        Ok(())
    }
}

/// The next connection for which there is room. What was accepted and has no room yet stays in `waiting`, so that
/// nothing is lost where this future is dropped.
async fn next(
    listener: &TcpListener,
    waiting: &mut Option<(TcpStream, SocketAddr)>,
    connections: &Connections,
) -> (TcpStream, Arc<Connection>) {
    loop {
        if let Some((stream, address)) = waiting.take() {
            if let Some(connection) = connections.admit(address) {
                return (stream, connection);
            }
            *waiting = Some((stream, address));
            connections.changed().await;
            continue;
        }
        match listener.accept().await {
            Ok(accepted) => *waiting = Some(accepted),
            // Whoever connected has gone, or there are no descriptors left.
            Err(error) => {
                telemetry::not_accepted(&error);
                connections.make_room();
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
}

/// Closes the listener, and gives the connections that nobody has accepted yet.
///
/// The kernel takes connections before anybody accepts them, and resets them when their listener goes.
fn close(listener: TcpListener) -> io::Result<Vec<(TcpStream, SocketAddr)>> {
    let listener = listener.into_std()?;
    let mut last = Vec::new();
    // It does not block, so this ends when nobody waits any more.
    while let Ok((stream, address)) = listener.accept() {
        let stream = stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream));
        last.extend(stream.map(|stream| (stream, address)));
    }
    Ok(last)
}

/// Serves the requests of one connection, until it ends or has to.
async fn run(
    stream: TcpStream,
    connection: Arc<Connection>,
    connections: Arc<Connections>,
    router: Arc<Router>,
) {
    // An answer is one small packet, and nobody waits for a second one. A connection that is gone already says so below.
    let _ = stream.set_nodelay(true);
    let io = TokioIo::new(WatchedStream::new(stream, connection.clone(), connections));
    let service = ConnectionRouter::new(router, connection.clone());
    let served = http1::Builder::new().max_buf_size(READ_AHEAD).serve_connection(io, service);
    let mut served = std::pin::pin!(served.with_upgrades());
    loop {
        tokio::select! {
            ended = served.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection broke off");
                }
                return;
            }
            order = connection.ordered() => match order {
                Order::Finish => served.as_mut().graceful_shutdown(),
                Order::Cut => return,
            },
        }
    }
}
