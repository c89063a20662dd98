//! How many connections the process has descriptors for.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors for everything else: the journal, connections to CRM and database, logs.
const RESERVED: usize = 256;

/// As many connections as wanted, or as descriptors allow. Raises the limit on descriptors where it may.
pub(super) fn limit(wanted: usize) -> usize {
    let needed = u64::try_from(wanted.saturating_add(RESERVED)).unwrap_or(u64::MAX);
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    // None is no limit.
    let raised = maximum.map_or(needed, |maximum| maximum.min(needed));
    let current = match current {
        Some(current) if current < raised => {
            match setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum }) {
                Ok(()) => Some(raised),
                Err(error) => {
                    tracing::debug!(%error, "the limit on open files cannot be raised");
                    Some(current)
                }
            }
        }
        current => current,
    };
    let descriptors = current.map_or(usize::MAX, |current| usize::try_from(current).unwrap_or(usize::MAX));
    // Where there are hardly any, half of them are better than none.
    let limit = wanted.min(descriptors.saturating_sub(RESERVED).max(descriptors / 2).max(1));
    if limit < wanted {
        tracing::warn!(
            limit,
            wanted,
            "fewer connections than wanted may be open at once; raise the limit on open files (ulimit -n, LimitNOFILE)"
        );
    } else {
        tracing::info!(limit, "connections may be open at once");
    }
    limit
}
