//! Sockets: accepts connections, hands requests on, and can end a connection without an answer.

use std::{fmt, io, net::SocketAddr, sync::Arc};

use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
};

mod multipart;
mod receive;
mod reply;

use self::reply::Reply;
use crate::{
    blob::Blob,
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

async fn answer(front: Arc<Front>, request: http::Request<Incoming>) -> Result<http::Response<Reply>, Cut> {
    let (parts, body) = request.into_parts();
    let body = receive::receive(&parts.headers, parts.uri.path(), body).await?;
    if parts.uri.path().starts_with("/cometd/") {
        // A connect that waits for events ends with its client.
        return match front.serve(parts, body).await {
            Outcome::Answer(response) => reply(response).await,
            Outcome::Cut => Err(Cut),
        };
    }
    // A task of its own: what was received is carried out, whether or not the client waits.
    let outcome = tokio::spawn(async move { front.serve(parts, body).await }).await;
    match outcome {
        Ok(Outcome::Answer(response)) => reply(response).await,
        Ok(Outcome::Cut) | Err(_) => Err(Cut),
    }
}

async fn reply(response: http::Response<Blob>) -> Result<http::Response<Reply>, Cut> {
    let (parts, blob) = response.into_parts();
    let body = match blob {
        Blob::Memory(bytes) => Reply::Bytes(Some(bytes)),
        Blob::Disk(file) => Reply::file(&file).await.map_err(|_| Cut)?,
    };
    Ok(http::Response::from_parts(parts, body))
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
const ACCEPT_PAUSE: std::time::Duration = std::time::Duration::from_millis(10);
