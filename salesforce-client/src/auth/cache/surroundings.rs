//! What the cache stands on: locks, tasks and a clock. They are std's and tokio's, or with `--cfg shuttle` those of a
//! model checker, which runs all tasks in one order after the other.

#[cfg(shuttle)]
pub(super) use self::model::{
    AbortHandle, ArcSwapOption, AtomicBool, Handle, Mutex, MutexGuard, now, sleep_until, timeout,
};
#[cfg(not(shuttle))]
pub(super) use self::real::{
    AbortHandle, ArcSwapOption, AtomicBool, Handle, Mutex, MutexGuard, now, sleep_until, timeout,
};

#[cfg(not(shuttle))]
mod real {
    pub(in super::super) use std::sync::atomic::AtomicBool;
    pub(in super::super) use std::sync::{Mutex, MutexGuard};

    pub(in super::super) use arc_swap::ArcSwapOption;
    pub(in super::super) use tokio::runtime::Handle;
    pub(in super::super) use tokio::task::AbortHandle;
    use tokio::time::Instant;
    pub(in super::super) use tokio::time::{sleep_until, timeout};

    #[inline]
    pub(in super::super) fn now() -> Instant {
        Instant::now()
    }
}

#[cfg(shuttle)]
pub(super) mod model {
    use std::cell::Cell;
    use std::convert::Infallible;
    use std::sync::Arc;
    use std::time::Duration;

    pub(in super::super) use shuttle::future::AbortHandle;
    use shuttle::future::{JoinHandle, spawn, yield_now};
    pub(in super::super) use shuttle::sync::atomic::AtomicBool;
    pub(in super::super) use shuttle::sync::{Mutex, MutexGuard};
    use tokio::time::Instant;

    thread_local! {
        static CLOCK: Cell<Option<Instant>> = const { Cell::new(None) };
    }

    /// The clock of the model; it goes on by [`advance`] alone.
    pub(in super::super) fn now() -> Instant {
        CLOCK.with(|clock| {
            let now = clock.get().unwrap_or_else(Instant::now);
            clock.set(Some(now));
            now
        })
    }

    #[cfg(test)]
    pub(in super::super) fn advance(by: Duration) {
        let then = now() + by;
        CLOCK.with(|clock| clock.set(Some(then)));
    }

    pub(in super::super) async fn sleep_until(at: Instant) {
        while now() < at {
            yield_now().await;
        }
    }

    /// A login of the model always ends.
    pub(in super::super) async fn timeout<F: Future>(_: Duration, work: F) -> Result<F::Output, Infallible> {
        Ok(work.await)
    }

    /// The runtime of the model, which is always there.
    #[derive(Clone)]
    pub(in super::super) struct Handle;

    impl Handle {
        #[expect(clippy::unnecessary_wraps, reason = "as tokio has it")]
        pub(in super::super) fn try_current() -> Result<Self, Infallible> {
            Ok(Self)
        }

        #[expect(clippy::unused_self, reason = "as tokio has it")]
        pub(in super::super) fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
        where
            F: Future<Output: Send + 'static> + Send + 'static,
        {
            spawn(work)
        }
    }

    /// A swap under a lock, so that the model checker sees each of them.
    pub(in super::super) struct ArcSwapOption<T>(Mutex<Option<Arc<T>>>);

    impl<T> ArcSwapOption<T> {
        pub(in super::super) fn empty() -> Self {
            Self(Mutex::new(None))
        }

        pub(in super::super) fn load(&self) -> Option<Arc<T>> {
            self.0.lock().ok().and_then(|current| current.clone())
        }

        pub(in super::super) fn load_full(&self) -> Option<Arc<T>> {
            self.load()
        }

        pub(in super::super) fn store(&self, next: Option<Arc<T>>) {
            let before = self.0.lock().ok().and_then(|mut current| std::mem::replace(&mut *current, next));
            // What is dropped with it may take a lock as well.
            drop(before);
        }
    }
}
