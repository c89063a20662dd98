//! `GET /2010-04-01/Accounts/{AccountSid}/Recordings/{RecordingSid}.wav`: the sound, piece by piece.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

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

/// The sound of a recording to be opened, from [`Recordings::media`](super::Recordings::media); await it.
///
/// Awaiting gives the [`Media`]. The errors are those every request has; [`NotFound`](ErrorKind::NotFound) also while
/// Twilio is still making the sound ready, for a short time after it says that it is, and
/// [`Unexpected`](ErrorKind::Unexpected) when it is kept at a host that was not named.
///
/// See Twilio's page "Recordings resource", "Fetch a recording's media file".
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct OpenMedia<'a> {
    client: &'a Client,
    request: Request,
    storage: Vec<String>,
    patience: Duration,
}

impl<'a> OpenMedia<'a> {
    pub(super) fn new(client: &'a Client, request: Request) -> Self {
        Self { client, request, storage: Vec::new(), patience: Duration::ZERO }
    }

    /// A host of our own storage, such as `bucket.s3.amazonaws.com`, to which Twilio may send us on. The way there is
    /// gone by `https` alone, and without the credentials. No host unless set.
    pub fn storage_host(mut self, host: impl Into<String>) -> Self {
        self.storage.push(host.into());
        self
    }

    /// Asks again for so long when the sound is not there yet.
    pub fn wait_until_ready(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

impl<'a> IntoFuture for OpenMedia<'a> {
    type Output = Result<Media>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let answer = self.client.open(&self.request, &self.storage, self.patience).await?;
            Ok(Media::new(self.request.operation(), answer))
        })
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
    fn new(operation: Operation, answer: http::Response<Body>) -> Self {
        let header = |name| answer.headers().get(name)?.to_str().ok();
        Self {
            operation,
            content_type: header(http::header::CONTENT_TYPE).map(str::to_owned),
            length: header(http::header::CONTENT_LENGTH).and_then(|text| text.parse().ok()),
            body: answer.into_body(),
        }
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
