//! Recordings kept as files: fetched from where they lie, and brought into the CRM chunk by chunk.
//!
//! A recording is a write of its own in a lane of its own, so that its size holds up neither the record of the call nor
//! anything else.

use std::{fmt, io, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;

use crate::service_error::ServiceError;

pub(crate) mod sink;
#[cfg(feature = "twilio")]
mod twilio;

#[cfg(feature = "twilio")]
pub use twilio::TwilioRecordings;

/// How many bytes a recording may have unless its source says otherwise: 100 MB, three hours of a telephone call.
const LARGEST: u64 = 100_000_000;

/// Where recordings lie.
#[async_trait]
pub trait RecordingSource: Send + Sync + 'static {
    /// Whether a recording at this address is one of this source. Others stay links.
    ///
    /// The address came in a webhook. Whatever goes there goes with our credentials, so look at all of it.
    fn has(&self, url: &str) -> bool;

    /// Opens a recording.
    ///
    /// # Errors
    /// [`ServiceError`] of the service [`Recordings`](crate::service_error::Service::Recordings):
    /// [`NotReady`](crate::service_error::ServiceErrorKind::NotReady) while the recording is not there yet. The outbox
    /// repeats what can succeed later.
    async fn open(&self, url: &str) -> Result<RecordingStream, ServiceError>;

    /// How many bytes a recording may have; a longer one is refused.
    fn largest(&self) -> u64 {
        LARGEST
    }
}

macro_rules! forward {
    ($($pointer:ident),+) => { $(
        #[async_trait]
        impl<T: RecordingSource + ?Sized> RecordingSource for $pointer<T> {
            fn has(&self, url: &str) -> bool {
                (**self).has(url)
            }

            async fn open(&self, url: &str) -> Result<RecordingStream, ServiceError> {
                (**self).open(url).await
            }

            fn largest(&self) -> u64 {
                (**self).largest()
            }
        }
    )+ };
}

forward!(Arc, Box);

/// The chunks of a recording, as they come in.
#[async_trait]
pub trait Chunks: Send + 'static {
    /// The next chunk; `None` at the end.
    ///
    /// # Errors
    /// When the connection breaks: what came before it is not the whole.
    async fn next(&mut self) -> io::Result<Option<Bytes>>;
}

#[async_trait]
impl<T: Chunks + ?Sized> Chunks for Box<T> {
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        (**self).next().await
    }
}

/// A recording that was opened.
pub struct RecordingStream {
    chunks: Box<dyn Chunks>,
    length: Option<u64>,
    ending: &'static str,
}

impl RecordingStream {
    /// A recording in chunks, in a format with this ending of file names, such as `mp3`; `length` in bytes, where it is
    /// known.
    pub fn new(chunks: impl Chunks, length: Option<u64>, ending: &'static str) -> Self {
        Self { chunks: Box::new(chunks), length, ending }
    }

    /// Its length in bytes, where it is known.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The ending of its file name, such as `mp3`.
    pub fn ending(&self) -> &'static str {
        self.ending
    }

    /// The chunks, as they come in.
    pub fn into_chunks(self) -> Box<dyn Chunks> {
        self.chunks
    }
}

impl fmt::Debug for RecordingStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordingStream")
            .field("length", &self.length)
            .field("ending", &self.ending)
            .finish_non_exhaustive()
    }
}
