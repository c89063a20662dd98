//! At which path each channel is.

use std::{collections::HashMap, sync::Arc};

use super::SetupProblem;
use crate::channel::Channel;

/// The channels by their paths, without a slash at the end.
pub(super) fn by_path(
    channels: Vec<(String, Arc<dyn Channel>)>,
    problems: &mut Vec<SetupProblem>,
) -> HashMap<String, Arc<dyn Channel>> {
    if channels.is_empty() {
        problems.push(SetupProblem::Missing("a channel"));
    }
    let mut mounted = HashMap::new();
    for (path, channel) in channels {
        if let Some(reason) = wrong_path(&path) {
            problems.push(SetupProblem::InvalidPath { path, reason });
            continue;
        }
        let mount = path.strip_suffix('/').unwrap_or(&path);
        if mounted.insert(mount.to_owned(), channel).is_some() {
            problems.push(SetupProblem::Path(path));
        }
    }
    mounted
}

/// What is wrong with a path to mount a channel at, if something is.
fn wrong_path(path: &str) -> Option<&'static str> {
    let is_written_so = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@%".contains(&byte);
    match path {
        "" => Some("it is empty; it must begin with a slash"),
        _ if path.contains("://") => Some("it is a whole address; give what follows the host"),
        _ if !path.starts_with('/') => Some("it must begin with a slash"),
        _ if path.contains('?') => Some("it must hold no query"),
        _ if path.contains('#') => Some("it must hold no fragment"),
        _ if path.contains("//") => Some("it has two slashes in a row; write one"),
        _ if path.split('/').any(|part| part == "." || part == "..") => {
            Some("no client sends a path with such parts; write it without . and ..")
        }
        _ if !path.bytes().all(is_written_so) => {
            Some("a request has such signs in the form %20 alone; choose letters, digits and -")
        }
        _ => None,
    }
}
