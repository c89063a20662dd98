//! Positions in a file, replaced as a whole so that a crash leaves the old one or the new one.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Mutex;

use super::{Channel, ReplayId, ReplayStore};
use crate::error::{Error, ErrorKind, Result, Retry};

type Positions = BTreeMap<String, i64>;

/// Keeps positions in one small JSON file. One process may use the file at a time.
#[derive(Debug)]
pub struct FileReplayStore {
    path: Arc<Path>,
    known: Mutex<Option<Positions>>,
}

impl FileReplayStore {
    /// A store in this file, which is made when the first position is saved; its folder must be there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into().into(), known: Mutex::new(None) }
    }

    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let path = Arc::clone(&self.path);
        let done = tokio::task::spawn_blocking(move || work(&path)).await;
        done.unwrap_or_else(|_| Err(io::ErrorKind::Interrupted.into())).map_err(|error| {
            let hint = "the file of positions cannot be used: check that it can be written and is JSON";
            Error::new(ErrorKind::Configuration, hint).with_retry(Retry::Safe).with_source(error)
        })
    }
}

#[async_trait]
impl ReplayStore for FileReplayStore {
    async fn load(&self, channel: &Channel) -> Result<Option<ReplayId>> {
        let mut known = self.known.lock().await;
        if known.is_none() {
            *known = Some(self.on_disk(read).await?);
        }
        Ok(known.as_ref().and_then(|known| known.get(channel.as_str())).copied().map(ReplayId::new))
    }

    async fn save(&self, channel: &Channel, position: ReplayId) -> Result<()> {
        let mut known = self.known.lock().await;
        let mut next = match known.as_ref() {
            Some(known) => known.clone(),
            None => self.on_disk(read).await?,
        };
        next.insert(channel.as_str().to_owned(), position.number());
        let written = next.clone();
        self.on_disk(move |path| write(path, &written)).await?;
        *known = Some(next);
        Ok(())
    }
}

fn read(path: &Path) -> io::Result<Positions> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| io::ErrorKind::InvalidData.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Positions::new()),
        Err(error) => Err(error),
    }
}

fn write(path: &Path, positions: &Positions) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut file = File::create(&beside)?;
    file.write_all(&serde_json::to_vec(positions)?)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    // The new name is durable once the folder is. Some systems cannot open folders, nor need it.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).map_or(Ok(()), |folder| folder.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_position_outlives_the_store_and_a_damaged_file_is_told() {
        let folder = std::env::temp_dir().join(format!("positions-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("positions.json");
        let (cases, calls) = (Channel::changes("Case").unwrap(), Channel::push_topic("Calls").unwrap());

        let store = FileReplayStore::new(&path);
        assert_eq!(store.load(&cases).await.unwrap(), None);
        store.save(&cases, ReplayId::new(7)).await.unwrap();
        store.save(&calls, ReplayId::new(9)).await.unwrap();

        let again = FileReplayStore::new(&path);
        assert_eq!(again.load(&cases).await.unwrap(), Some(ReplayId::new(7)));
        assert_eq!(again.load(&calls).await.unwrap(), Some(ReplayId::new(9)));

        fs::write(&path, "{").unwrap();
        assert!(FileReplayStore::new(&path).load(&cases).await.is_err());
        fs::remove_dir_all(&folder).unwrap();
    }
}
