//! A recording of a call, and whom of the call it has.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A recording of a call.
#[derive(Clone, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
pub struct Recording {
    /// Where it lies.
    pub url: String,
    /// Its length in whole seconds.
    pub seconds: Option<u32>,
    /// Whom it has.
    pub tracks: Tracks,
}

/// Whom a recording has. Ordered by how good it is to listen to.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Tracks {
    /// Everybody, mixed.
    #[default]
    Mixed,
    /// The two sides, on a channel each.
    TwoChannels,
    /// The caller alone.
    Caller,
    /// The voice agent alone.
    Agent,
    /// Everybody, with pictures.
    Video,
}

impl Recording {
    /// A recording of everybody that lies at a URL.
    pub fn at(url: impl Into<String>) -> Self {
        Self { url: url.into(), ..Self::default() }
    }

    /// A recording of these that lies at a URL.
    pub fn of(tracks: Tracks, url: impl Into<String>) -> Self {
        Self { tracks, ..Self::at(url) }
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("seconds", &self.seconds)
            .field("tracks", &self.tracks)
            .finish_non_exhaustive()
    }
}
