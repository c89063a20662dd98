//! At which path each channel is.

use std::{collections::HashMap, sync::Arc};

use super::BuildError;
use crate::channel::Channel;

/// The channels by their paths, without a slash at the end.
pub(super) fn by_path(
    channels: Vec<(String, Arc<dyn Channel>)>,
) -> Result<HashMap<String, Arc<dyn Channel>>, BuildError> {
    if channels.is_empty() {
        return Err(BuildError::Missing("a channel"));
    }
    let mut mounted = HashMap::new();
    for (path, channel) in channels {
        if let Some(reason) = wrong_path(&path) {
            return Err(BuildError::InvalidPath { path, reason });
        }
        let mount = path.strip_suffix('/').unwrap_or(&path);
        if mounted.insert(mount.to_owned(), channel).is_some() {
            return Err(BuildError::Path(path));
        }
    }
    Ok(mounted)
}

/// What is wrong with a path to mount a channel at, if something is.
fn wrong_path(path: &str) -> Option<&'static str> {
    match path {
        "" => Some("it is empty; it must begin with a slash"),
        _ if !path.starts_with('/') => Some("it must begin with a slash"),
        _ if path.contains('?') => Some("it must hold no query"),
        _ if path.contains('#') => Some("it must hold no fragment"),
        _ => None,
    }
}
