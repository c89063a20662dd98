//! A proxy on loopback that can close a connection after any byte.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinHandle,
};

/// Passes bytes through to a server, until it is told to cut.
///
/// For tests that must survive a connection lost at every byte of a request or of its answer.
#[derive(Debug)]
pub struct CutProxy {
    url: String,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

/// How many bytes a connection has carried.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct BytesSeen {
    /// From the client to the server.
    pub request: usize,
    /// From the server to the client.
    pub response: usize,
}

#[derive(Debug, Default)]
struct Shared {
    /// The cut waiting for the next connection.
    armed: Mutex<Cut>,
    /// The connections so far, in order.
    seen: Mutex<Vec<BytesSeen>>,
}

/// After how many bytes of each direction the connection ends.
#[derive(Clone, Copy, Debug, Default)]
struct Cut {
    request: Option<usize>,
    response: Option<usize>,
}

impl CutProxy {
    /// Listens on a free port of 127.0.0.1 and passes connections on to `upstream`.
    ///
    /// # Errors
    ///
    /// The error of the socket, if it cannot listen.
    pub async fn start(upstream: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Shared::default());
        let accepting = tokio::spawn(accept(listener, upstream, Arc::clone(&shared)));
        Ok(Self { url, shared, accepting })
    }

    /// Where the proxy listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends the next connection after `n` bytes from the client have reached the server.
    pub fn cut_request_at(&self, n: usize) {
        lock(&self.shared.armed).request = Some(n);
    }

    /// Ends the next connection after `n` bytes from the server have reached the client.
    pub fn cut_response_at(&self, n: usize) {
        lock(&self.shared.armed).response = Some(n);
    }

    /// Bytes passed on by each connection so far, in the order in which they were opened.
    pub fn bytes_seen(&self) -> Vec<BytesSeen> {
        lock(&self.shared.seen).clone()
    }

    /// Whether a cut is still waiting for its connection.
    pub fn is_armed(&self) -> bool {
        let cut = *lock(&self.shared.armed);
        cut.request.is_some() || cut.response.is_some()
    }
}

impl Drop for CutProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, upstream: SocketAddr, shared: Arc<Shared>) {
    while let Ok((client, _)) = listener.accept().await {
        let cut = std::mem::take(&mut *lock(&shared.armed));
        let number = {
            let mut seen = lock(&shared.seen);
            seen.push(BytesSeen::default());
            seen.len() - 1
        };
        tokio::spawn(pass(client, upstream, Arc::clone(&shared), number, cut));
    }
}

/// Carries both directions; when one ends, the connection does.
async fn pass(client: TcpStream, upstream: SocketAddr, shared: Arc<Shared>, number: usize, cut: Cut) {
    let Ok(server) = TcpStream::connect(upstream).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let requests = carry(from_client, to_server, cut.request, |count| {
        lock(&shared.seen)[number].request += count;
    });
    let responses = carry(from_server, to_client, cut.response, |count| {
        lock(&shared.seen)[number].response += count;
    });
    tokio::select! {
        () = requests => {}
        () = responses => {}
    }
}

/// Copies up to `limit` bytes; it returns once they are written, or when either side ends.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, limit: Option<usize>, count: impl Fn(usize)) {
    let mut left = limit.unwrap_or(usize::MAX);
    let mut buffer = vec![0; 16 * 1024];
    while left > 0 {
        let room = buffer.len().min(left);
        let Ok(read @ 1..) = from.read(&mut buffer[..room]).await else { return };
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
        count(read);
        left -= read;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
