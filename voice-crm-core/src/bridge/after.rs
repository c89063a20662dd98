//! What channels do after their answers were given: bounded in number and time, and waited for at the end.

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

/// The acts that run after answers.
pub(super) struct Afterwards {
    room: Arc<Semaphore>,
    stopping: AtomicBool,
}

impl Default for Afterwards {
    fn default() -> Self {
        Self { room: Arc::new(Semaphore::new(AT_ONCE as usize)), stopping: AtomicBool::new(false) }
    }
}

impl Afterwards {
    /// Starts an act in a task of its own, unless too many run already or the bridge has stopped.
    pub(super) fn start(&self, channel: &'static str, act: After) {
        let room = self.room.clone().try_acquire_owned().ok();
        let Some(permit) = room.filter(|_| !self.stopping.load(Ordering::Relaxed)) else {
            tracing::warn!(channel, "an act after an answer was dropped: too many run, or the bridge stops");
            return;
        };
        tokio::spawn(async move {
            let _permit = permit;
            match timeout(LONGEST, AssertUnwindSafe(act).catch_unwind()).await {
                Ok(Ok(())) => {}
                Ok(Err(_panic)) => tracing::error!(channel, "an act after an answer panicked"),
                Err(_) => tracing::warn!(channel, "an act after an answer took too long and was broken off"),
            }
        });
    }

    /// Lets none begin any more, and waits for those that run. False when the time ran out first.
    pub(super) async fn stop(&self, within: Duration) -> bool {
        self.stopping.store(true, Ordering::Relaxed);
        timeout(within, self.room.acquire_many(AT_ONCE)).await.is_ok()
    }
}

impl fmt::Debug for Afterwards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Afterwards").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_act_is_broken_off_when_it_takes_too_long_and_no_more_begin_than_may() {
        let (acts, begun) = (Afterwards::default(), Arc::new(AtomicUsize::new(0)));
        for _ in 0..300 {
            let begun = begun.clone();
            let act = async move {
                begun.fetch_add(1, Ordering::Relaxed);
                std::future::pending::<()>().await;
            };
            acts.start("test", Box::pin(act));
        }
        assert!(!acts.stop(Duration::from_secs(1)).await, "they run still");
        assert_eq!(begun.load(Ordering::Relaxed), 256);

        let acts = Afterwards::default();
        acts.start("test", Box::pin(std::future::pending()));
        acts.start("test", Box::pin(async { panic!("broken") }));
        assert!(acts.stop(Duration::from_secs(31)).await);
        acts.start("test", Box::pin(std::future::pending()));
        assert!(acts.stop(Duration::ZERO).await, "none begins after the stop");
    }
}
