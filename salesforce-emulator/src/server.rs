//! Sockets: accepts connections, reads requests whole, and can end a connection without an answer.

use std::{fmt, io, net::SocketAddr, sync::Arc};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
};

use crate::{
    error::{ApiError, Code},
    front::{Front, Outcome, lock},
};

/// Listens on an address with room for a crowd of connections that arrive at once.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Accepts connections until the org stops.
pub(crate) async fn accept(front: Arc<Front>, listener: TcpListener, mut stop: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stop) => return,
        };
        match accepted {
            Ok((stream, _)) => {
                lock(&front.traffic).stats.connections += 1;
                tokio::spawn(connection(Arc::clone(&front), stream, stop.clone()));
            }
            // Out of file descriptors, most likely: they come back when connections end.
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn connection(front: Arc<Front>, stream: TcpStream, mut stop: watch::Receiver<bool>) {
    // An answer is one small write; waiting for more would only delay it.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(Arc::clone(&front), request));
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ = served => {}
        () = stopped(&mut stop) => {}
    }
}

async fn answer(
    front: Arc<Front>,
    request: http::Request<Incoming>,
) -> Result<http::Response<Full<Bytes>>, Cut> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            Err(ApiError::new(Code::RequestTooLarge, "The request body is larger than 50 MB"))
        }
        // The client hung up in the middle of its request.
        Err(_) => return Err(Cut),
    };
    // A task of its own: what was received is carried out, whether or not the client waits.
    let outcome = tokio::spawn(async move { front.serve(parts, body).await }).await;
    match outcome {
        Ok(Outcome::Answer(response)) => Ok(response.map(Full::new)),
        Ok(Outcome::Cut) | Err(_) => Err(Cut),
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that the org is gone, which is as good as stopped.
    drop(stop.wait_for(|stopped| *stopped).await);
}

/// Ends a connection without an answer.
#[derive(Debug)]
struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is cut")
    }
}

impl std::error::Error for Cut {}

const BACKLOG: u32 = 4_096;
const MAX_BODY: usize = 50 * 1024 * 1024;
const ACCEPT_PAUSE: std::time::Duration = std::time::Duration::from_millis(10);
