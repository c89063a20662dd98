//! The bytes of a file: in memory while they are few, else in a temporary file on disk.

use std::{fmt, io, path::Path, sync::Arc};

use bytes::{Bytes, BytesMut};
use tempfile::{NamedTempFile, TempPath};
use tokio::io::AsyncWriteExt;

/// Bytes that are complete.
#[derive(Clone)]
pub(crate) enum Blob {
    Memory(Bytes),
    Disk(Arc<OnDisk>),
}

/// A temporary file, which goes away with the last that uses it.
pub(crate) struct OnDisk {
    path: TempPath,
    length: u64,
}

impl Blob {
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Self::Disk(file) => file.length,
        }
    }

    /// All the bytes at once.
    pub(crate) fn to_bytes(&self) -> io::Result<Bytes> {
        match self {
            Self::Memory(bytes) => Ok(bytes.clone()),
            Self::Disk(file) => std::fs::read(&file.path).map(Bytes::from),
        }
    }
}

impl OnDisk {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }
}

/// Only the length: the contents are somebody's file.
impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blob").field("length", &self.len()).finish()
    }
}

/// Bytes that are still arriving.
#[derive(Default)]
pub(crate) struct Arriving {
    memory: BytesMut,
    disk: Option<(tokio::fs::File, TempPath)>,
    length: u64,
}

impl Arriving {
    pub(crate) async fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.length += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if let Some((file, _)) = &mut self.disk {
            return file.write_all(bytes).await;
        }
        self.memory.extend_from_slice(bytes);
        if self.memory.len() > MAX_IN_MEMORY {
            let (file, path) = NamedTempFile::new()?.into_parts();
            let mut file = tokio::fs::File::from_std(file);
            file.write_all(&std::mem::take(&mut self.memory)).await?;
            self.disk = Some((file, path));
        }
        Ok(())
    }

    pub(crate) async fn finish(self) -> io::Result<Blob> {
        let Some((mut file, path)) = self.disk else { return Ok(Blob::Memory(self.memory.freeze())) };
        file.flush().await?;
        Ok(Blob::Disk(Arc::new(OnDisk { path, length: self.length })))
    }
}

const MAX_IN_MEMORY: usize = 1024 * 1024;
