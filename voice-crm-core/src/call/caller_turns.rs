//! How often the caller has spoken, where a platform tells.

use std::{fmt, sync::Arc};

/// How many turns of the caller a platform has told of; counted only when somebody asks.
#[derive(Clone)]
pub struct CallerTurns(Arc<dyn Fn() -> Option<u32> + Send + Sync>);

impl CallerTurns {
    /// So many.
    pub fn counted(turns: u32) -> Self {
        Self::when_asked(move || Some(turns))
    }

    /// As many as this finds, `None` where it finds that the platform told nothing.
    pub fn when_asked(count: impl Fn() -> Option<u32> + Send + Sync + 'static) -> Self {
        Self(Arc::new(count))
    }

    pub(crate) fn count(&self) -> Option<u32> {
        (self.0)()
    }
}

impl fmt::Debug for CallerTurns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallerTurns(..)")
    }
}
