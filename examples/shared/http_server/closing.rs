//! A listener that closes without losing anybody who has already connected.

use std::{io, net::SocketAddr};

use axum::serve::Listener;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

/// A listener that is told when to close.
///
/// The kernel takes connections before anybody accepts them, and resets those that nobody did when their listener
/// goes. So the last ones are accepted first, and served like all others.
pub(crate) struct ClosingListener {
    address: SocketAddr,
    /// None once it is closed.
    open: Option<TcpListener>,
    close: oneshot::Receiver<()>,
    last: Vec<TcpStream>,
    closed: Option<oneshot::Sender<()>>,
}

impl ClosingListener {
    /// Closes when it is told by `close`, and tells `closed` when it has given out its last connection.
    pub(crate) fn new(
        listener: TcpListener,
        close: oneshot::Receiver<()>,
        closed: oneshot::Sender<()>,
    ) -> io::Result<Self> {
        let address = listener.local_addr()?;
        Ok(Self { address, open: Some(listener), close, last: Vec::new(), closed: Some(closed) })
    }

    fn close(&mut self) {
        let Some(listener) = self.open.take().and_then(|listener| listener.into_std().ok()) else { return };
        // It does not block, so this ends when nobody waits any more.
        while let Ok((stream, _)) = listener.accept() {
            let stream = stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream));
            self.last.extend(stream);
        }
    }
}

impl Listener for ClosingListener {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        if let Some(listener) = &mut self.open {
            tokio::select! {
                accepted = Listener::accept(listener) => return accepted,
                _ = &mut self.close => self.close(),
            }
        }
        if let Some(stream) = self.last.pop() {
            let from = stream.peer_addr().unwrap_or(self.address);
            return (stream, from);
        }
        if let Some(closed) = self.closed.take() {
            // Nobody may be left to hear it; it is closed all the same.
            let _ = closed.send(());
        }
        std::future::pending().await
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
