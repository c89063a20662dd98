//! A job: what a sink is to do, and what identifies it.

use std::{borrow::Cow, fmt, sync::Arc, time::Duration};

use crate::{JobKey, Lane};

/// A job that asks to be taken in.
#[derive(Clone)]
#[must_use = "a job does nothing until it is enqueued"]
pub struct Job {
    pub(crate) key: JobKey,
    pub(crate) lane: Lane,
    pub(crate) kind: Cow<'static, str>,
    pub(crate) body: Arc<str>,
    pub(crate) digest: Digest,
    pub(crate) subject: Option<Subject>,
    pub(crate) after: Option<JobKey>,
    pub(crate) note: Option<Note>,
}

impl Job {
    /// A job in a lane. `kind` is one word for logs and lists; `body` is for the sink, such as JSON.
    pub fn new(
        key: JobKey,
        lane: Lane,
        kind: impl Into<Cow<'static, str>>,
        body: impl Into<Arc<str>>,
    ) -> Self {
        let (kind, body) = (kind.into(), body.into());
        Self { key, lane, kind, body, digest: Digest::default(), subject: None, after: None, note: None }
    }

    /// With a digest of the request that caused the job. It tells a repeat of the request from a conflict.
    ///
    /// The digest is made of the request and not of the job: what a look-up added to the job may differ the next time.
    pub fn digest(mut self, digest: Digest) -> Self {
        self.digest = digest;
        self
    }

    /// With the person whom the job is about, so that what is kept of this person can be found and erased.
    pub fn subject(mut self, subject: Option<Subject>) -> Self {
        self.subject = subject;
        self
    }

    /// Not before another job, of whatever lane and sink, is done or dead.
    ///
    /// A key that the journal does not know holds nothing up.
    pub fn after(mut self, other: JobKey) -> Self {
        self.after = Some(other);
        self
    }

    /// With a value of the store that is written together with the job, and keeps it out where it is there already.
    pub fn note(mut self, note: Note) -> Self {
        self.note = Some(note);
        self
    }

    /// The identity of the job.
    pub fn key(&self) -> JobKey {
        self.key
    }

    /// The lane in which it waits.
    pub fn lane(&self) -> &Lane {
        &self.lane
    }

    /// One word for what it does.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// About how many bytes it takes in a journal.
    #[cfg(feature = "sqlite")]
    pub(crate) fn weight(&self) -> usize {
        self.body.len() + self.lane.as_str().len() + 256
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("key", &self.key)
            .field("lane", &self.lane)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// A value of the [`Store`](crate::store::Store) that is written in one transaction with a job, if nothing is under its
/// key yet. If something is, the job is not enqueued.
///
/// So one of all who would do the same does it, and whoever does it pays for no write beside that of the job.
#[derive(Clone)]
pub struct Note {
    pub(crate) key: Arc<str>,
    pub(crate) value: Arc<str>,
    pub(crate) lasts: Duration,
}

impl Note {
    /// A value that lasts for a span. Key and value are as large as those of the store may be.
    pub fn new(key: impl Into<Arc<str>>, value: impl Into<Arc<str>>, lasts: Duration) -> Self {
        Self { key: key.into(), value: value.into(), lasts }
    }
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Note").field("lasts", &self.lasts).finish_non_exhaustive()
    }
}

/// A digest of the request that caused a job.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Digest([u8; 16]);

impl Digest {
    /// The digest with these sixteen bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The sixteen bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// The person whom a job is about, by whatever names one person everywhere, such as a telephone number.
///
/// Durable journals store a hash of it, keyed where they encrypt, and never the text.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Subject(Arc<str>);

impl Subject {
    /// The person with this name.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subject(..)")
    }
}
