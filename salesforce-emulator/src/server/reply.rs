//! The body of an answer: bytes in memory, or a file that is read as it is sent.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};
use tokio::{
    fs::File,
    io::{AsyncRead, ReadBuf},
};

use crate::blob::OnDisk;

/// What is sent after the headers.
pub(super) enum Reply {
    Bytes(Option<Bytes>),
    File { file: File, left: u64 },
}

impl Reply {
    pub(super) async fn file(of: &OnDisk) -> io::Result<Self> {
        Ok(Self::File { file: File::open(of.path()).await?, left: of.length() })
    }
}

impl Body for Reply {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match &mut *self {
            Self::Bytes(bytes) => Poll::Ready(
                bytes.take().filter(|bytes| !bytes.is_empty()).map(|bytes| Ok(Frame::data(bytes))),
            ),
            Self::File { left: 0, .. } => Poll::Ready(None),
            Self::File { file, left } => {
                let mut chunk = BytesMut::zeroed(CHUNK.min(usize::try_from(*left).unwrap_or(CHUNK)));
                let mut read = ReadBuf::new(&mut chunk);
                ready!(Pin::new(file).poll_read(context, &mut read))?;
                let filled = read.filled().len();
                if filled == 0 {
                    return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
                }
                *left -= u64::try_from(filled).unwrap_or(*left);
                chunk.truncate(filled);
                Poll::Ready(Some(Ok(Frame::data(chunk.freeze()))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Bytes(bytes) => bytes.as_ref().is_none_or(Bytes::is_empty),
            Self::File { left, .. } => *left == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match self {
            Self::Bytes(bytes) => {
                bytes.as_ref().map_or(0, |bytes| u64::try_from(bytes.len()).unwrap_or(u64::MAX))
            }
            Self::File { left, .. } => *left,
        })
    }
}

const CHUNK: usize = 64 * 1024;
