//! Recordings kept as files: fetched from where they lie, and brought into the CRM piece by piece.
//!
//! A recording is a write of its own in a lane of its own, so that its size holds up neither the record of the call nor
//! anything else.

use std::{fmt, io};

use async_trait::async_trait;
use bytes::Bytes;

use crate::crm::CrmError;

mod keeper;
#[cfg(feature = "twilio")]
mod twilio;

pub(crate) use keeper::Keeper;
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
    /// [`CrmError`] of the kinds a CRM has; the writer repeats it as it repeats a write.
    async fn open(&self, url: &str) -> Result<Sound, CrmError>;

    /// How many bytes a recording may have; a longer one is given up.
    fn largest(&self) -> u64 {
        LARGEST
    }
}

/// The pieces of a recording, as they come in.
#[async_trait]
pub trait Pieces: Send + 'static {
    /// The next piece; none at the end.
    ///
    /// # Errors
    /// When the connection breaks: what came before it is not the whole.
    async fn next(&mut self) -> io::Result<Option<Bytes>>;
}

/// A recording that was opened.
pub struct Sound {
    pieces: Box<dyn Pieces>,
    length: Option<u64>,
    ending: &'static str,
}

impl Sound {
    /// A recording in pieces, in a format with this ending of file names, such as `mp3`; `length` in bytes, where it is
    /// known.
    pub fn new(pieces: impl Pieces, length: Option<u64>, ending: &'static str) -> Self {
        Self { pieces: Box::new(pieces), length, ending }
    }

    /// Its length in bytes, where it is known.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The ending of its file name.
    pub fn ending(&self) -> &'static str {
        self.ending
    }

    /// The pieces, as they come in.
    pub fn into_pieces(self) -> Box<dyn Pieces> {
        self.pieces
    }
}

impl fmt::Debug for Sound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sound")
            .field("length", &self.length)
            .field("ending", &self.ending)
            .finish_non_exhaustive()
    }
}
