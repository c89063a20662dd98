//! The tasks of channels that run after their replies: bounded in number and time, and waited for at the end.

use std::{
    fmt,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::FutureExt as _;
use tokio::{sync::Semaphore, time::timeout};

use crate::channel::After;

/// How many may run at a time.
const AT_ONCE: u32 = 256;

/// How long one may take.
const LONGEST: Duration = Duration::from_secs(30);

/// The tasks that run after replies.
pub(super) struct AfterReply {
    room: Arc<Semaphore>,
    stopping: AtomicBool,
}

impl Default for AfterReply {
    fn default() -> Self {
        Self { room: Arc::new(Semaphore::new(AT_ONCE as usize)), stopping: AtomicBool::new(false) }
    }
}

impl AfterReply {
    /// Starts a task, unless too many run already or the bridge has stopped.
    pub(super) fn start(&self, channel: &'static str, act: After) {
        let room = self.room.clone().try_acquire_owned().ok();
        let Some(permit) = room.filter(|_| !self.stopping.load(Ordering::Relaxed)) else {
            tracing::warn!(channel, "a task after a reply was dropped: too many run, or the bridge stops");
            return;
        };
        tokio::spawn(async move {
            let _permit = permit;
            match timeout(LONGEST, AssertUnwindSafe(act).catch_unwind()).await {
                Ok(Ok(())) => {}
                Ok(Err(_panic)) => tracing::error!(channel, "a task after a reply panicked"),
                Err(_) => tracing::warn!(channel, "a task after a reply took too long and was broken off"),
            }
        });
    }

    /// Lets none begin any more, and waits for those that run. False when the time ran out first.
    pub(super) async fn stop(&self, within: Duration) -> bool {
        self.stopping.store(true, Ordering::Relaxed);
        timeout(within, self.room.acquire_many(AT_ONCE)).await.is_ok()
    }
}

impl fmt::Debug for AfterReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AfterReply").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_task_is_broken_off_when_it_takes_too_long_and_no_more_begin_than_may() {
        let (tasks, begun) = (AfterReply::default(), Arc::new(AtomicUsize::new(0)));
        for _ in 0..300 {
            let begun = begun.clone();
            let act = async move {
                begun.fetch_add(1, Ordering::Relaxed);
                std::future::pending::<()>().await;
            };
            tasks.start("test", Box::pin(act));
        }
        assert!(!tasks.stop(Duration::from_secs(1)).await, "they run still");
        assert_eq!(begun.load(Ordering::Relaxed), 256);

        let tasks = AfterReply::default();
        tasks.start("test", Box::pin(std::future::pending()));
        tasks.start("test", Box::pin(async { panic!("broken") }));
        assert!(tasks.stop(Duration::from_secs(31)).await);
        tasks.start("test", Box::pin(std::future::pending()));
        assert!(tasks.stop(Duration::ZERO).await, "none begins after the stop");
    }
}
