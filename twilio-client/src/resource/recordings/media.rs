//! `GET /2010-04-01/Accounts/{AccountSid}/Recordings/{RecordingSid}.wav`: the sound, piece by piece.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt as _;

use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::request::{Operation, Request};
use crate::transport::Body;

/// How the sound is packed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum MediaFormat {
    /// 16 bits per sample, 8000 samples per second.
    Wav,
    /// Smaller, and worse for a transcription.
    Mp3,
}

impl MediaFormat {
    pub(super) fn template(self) -> &'static str {
        match self {
            Self::Wav => "/2010-04-01/Accounts/{AccountSid}/Recordings/{RecordingSid}.wav",
            Self::Mp3 => "/2010-04-01/Accounts/{AccountSid}/Recordings/{RecordingSid}.mp3",
        }
    }
}

/// The sound of a recording, as it comes in. It is a stream of bytes; none of it is kept.
#[must_use = "nothing is read until it is asked for"]
pub struct Media {
    operation: Operation,
    content_type: Option<String>,
    length: Option<u64>,
    body: Body,
}

impl Media {
    pub(super) async fn open(client: &Client, request: &Request) -> Result<Self> {
        let answer = client.open(request).await?;
        let header = |name| answer.headers().get(name)?.to_str().ok();
        Ok(Self {
            operation: request.operation(),
            content_type: header(http::header::CONTENT_TYPE).map(str::to_owned),
            length: header(http::header::CONTENT_LENGTH).and_then(|text| text.parse().ok()),
            body: answer.into_body(),
        })
    }

    /// The media type, such as `audio/x-wav`.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// How many bytes it has, if that is known before.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    ///
    /// [`Network`](ErrorKind::Network) when the connection broke: what came before it is not the whole.
    pub async fn piece(&mut self) -> Result<Option<Bytes>> {
        self.next().await.transpose()
    }
}

impl Stream for Media {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let operation = self.operation;
        let wrap = |error| Error::new(ErrorKind::Network, operation).caused_by(error);
        self.body.poll_next_unpin(cx).map(|piece| piece.map(|piece| piece.map_err(wrap)))
    }
}

impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Media")
            .field("content_type", &self.content_type)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
