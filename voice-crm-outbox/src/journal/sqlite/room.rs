//! Room for what must go on when the disk is full, and whether the file is still in its place.
//!
//! A file beside the journal holds space in reserve. When the disk is full it is freed: new jobs are refused, and what
//! became of old ones is written into that space. When there is room again the reserve is taken again, and new jobs too.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rusqlite::Connection;

/// How much is held in reserve: a quarter of what is free, and no more than this.
const LARGEST_RESERVE: u64 = 64 * 1024 * 1024;
/// And no less, on the smallest disks.
const SMALLEST_RESERVE: u64 = 256 * 1024;
/// How many pages of 4 KiB may go beyond a limit on the file, for what became of old jobs.
const RESERVED_PAGES: u32 = 512;
/// So many pages must be free below a limit before new jobs are taken again.
const FREE_PAGES: u32 = 4;
/// How often it is looked whether there is room again, and whether the file is in its place.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// The room on the disk.
#[derive(Debug)]
pub(super) struct Room {
    path: PathBuf,
    identity: Option<(u64, u64)>,
    reserve: PathBuf,
    size: u64,
    page_limit: Option<u32>,
    full: bool,
    /// When it was last looked whether the file is in its place.
    looked_at: Instant,
    gone: bool,
    /// When it was last tried to take the reserve again.
    tried_at: Instant,
}

impl Room {
    /// Looks at the disk on which the file lies, and takes the reserve.
    pub(super) fn take(path: &Path, page_limit: Option<u32>) -> Self {
        let mut reserve = path.as_os_str().to_owned();
        reserve.push("-reserve");
        let reserve = PathBuf::from(reserve);
        let held = fs::metadata(&reserve).map_or(0, |held| held.len());
        let quarter = free_bytes(path).saturating_add(held) / 4;
        let size = quarter.clamp(SMALLEST_RESERVE, LARGEST_RESERVE);
        let mut room = Self {
            path: path.to_owned(),
            identity: identity(path),
            reserve,
            size,
            page_limit,
            full: false,
            looked_at: Instant::now(),
            gone: false,
            tried_at: Instant::now(),
        };
        if let Err(error) = room.hold() {
            tracing::error!(%error, "no room can be held in reserve beside the journal; it takes no jobs until there is");
            room.full = true;
        }
        room
    }

    /// How many bytes the write-ahead log may reach before it is folded into the file. What is in the log needs room in
    /// the file, so it must fit into the reserve.
    pub(super) fn log_limit(&self) -> u64 {
        self.size / 2
    }

    /// Why no new job can be taken now, if so.
    pub(super) fn refusal(&mut self) -> Option<&'static str> {
        if self.looked_at.elapsed() >= LOOK_EVERY {
            self.looked_at = Instant::now();
            self.gone = self.identity.is_some() && identity(&self.path) != self.identity;
        }
        if self.gone {
            return Some(
                "its file was moved, replaced or deleted while the program runs; move it to its place again, or stop \
                 the program and start it again",
            );
        }
        self.full.then_some(
            "the disk is full, or the file has come to its limit; make room, and it goes on by itself",
        )
    }

    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// The disk is full: frees the reserve.
    pub(super) fn release(&mut self, connection: &Connection) {
        if !self.full {
            tracing::error!("the disk of the journal is full; it takes no new jobs until there is room");
        }
        self.full = true;
        self.tried_at = Instant::now();
        if let Err(error) = fs::remove_file(&self.reserve)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::error!(%error, "the reserve beside the journal cannot be freed");
        }
        let _ = self.limit_pages(connection, true);
    }

    /// Takes the reserve again if there is room for it by now.
    pub(super) fn try_retake(&mut self, connection: &Connection) {
        if !self.full || self.tried_at.elapsed() < LOOK_EVERY {
            return;
        }
        self.tried_at = Instant::now();
        // Beside the reserve the log needs room to grow in.
        let has_room = free_bytes(&self.path) >= self.size + self.size / 4;
        if has_room && self.has_pages(connection) && self.hold().is_ok() {
            let _ = self.limit_pages(connection, false);
            self.full = false;
            tracing::info!("there is room again for the journal; it takes new jobs");
        }
    }

    /// Limits the size of the file; with the reserve where the limit is reached.
    pub(super) fn limit_pages(&self, connection: &Connection, with_reserve: bool) -> rusqlite::Result<()> {
        let Some(limit) = self.page_limit else { return Ok(()) };
        let most = if with_reserve { limit.saturating_add(RESERVED_PAGES) } else { limit };
        connection.pragma_update(None, "max_page_count", most)
    }

    fn has_pages(&self, connection: &Connection) -> bool {
        let Some(limit) = self.page_limit else { return true };
        let count = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, u32>(0));
        let (Ok(all), Ok(free)) = (count("page_count"), count("freelist_count")) else { return false };
        all.saturating_sub(free).saturating_add(FREE_PAGES) <= limit
    }

    /// Makes the reserve, so that the space is really there.
    fn hold(&self) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&self.reserve)?;
        let held = allocate(&file, self.size).and_then(|()| file.sync_all());
        if held.is_err() {
            // A part of it is worth nothing, and takes the room that is needed.
            drop(fs::remove_file(&self.reserve));
        }
        held
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // It is taken anew at the next start; a copy of the folder need not carry it.
        drop(fs::remove_file(&self.reserve));
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<(u64, u64)> {
    // An open file cannot be removed there.
    fs::metadata(path).ok().map(|_| (0, 0))
}

#[cfg(unix)]
fn free_bytes(path: &Path) -> u64 {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    rustix::fs::statvfs(folder).map_or(0, |disk| disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_: &Path) -> u64 {
    LARGEST_RESERVE * 4
}

#[cfg(unix)]
fn allocate(file: &File, size: u64) -> io::Result<()> {
    use rustix::{fs::FallocateFlags, io::Errno};
    match rustix::fs::fallocate(file, FallocateFlags::empty(), 0, size) {
        Ok(()) => Ok(()),
        Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => fill(file, size),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(unix))]
fn allocate(file: &File, size: u64) -> io::Result<()> {
    fill(file, size)
}

fn fill(mut file: &File, size: u64) -> io::Result<()> {
    io::copy(&mut io::Read::take(io::repeat(0), size), &mut file).map(|_| ())
}
