//! `Bell`: who is to be woken for a connection, and whether that is needed at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Wake, Waker};

use futures_util::task::AtomicWaker;

/// Whoever polls is awake: a ring is only remembered.
const AWAKE: u8 = 0;
/// It rang since the poll began.
const RUNG: u8 = 1;
/// Nobody polls: a ring wakes the task.
const ASLEEP: u8 = 2;

/// Wakes a task for the parts that it polls together.
///
/// The parts wake each other while they are polled, and each of these wakes would send the task through its
/// scheduler once more for what can be done on the spot.
#[derive(Debug, Default)]
pub(super) struct Bell {
    state: AtomicU8,
    task: AtomicWaker,
}

impl Bell {
    /// A poll begins, for this task.
    pub(super) fn begin(&self, task: &Waker) {
        self.task.register(task);
        self.state.store(AWAKE, Ordering::SeqCst);
    }

    /// The poll ends with nothing done. `false` when it rang since it began: then there is more to poll.
    pub(super) fn rest(&self) -> bool {
        let rested = self.state.compare_exchange(AWAKE, ASLEEP, Ordering::SeqCst, Ordering::SeqCst).is_ok();
        if !rested {
            self.state.store(AWAKE, Ordering::SeqCst);
        }
        rested
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.state.swap(RUNG, Ordering::SeqCst) == ASLEEP {
            self.task.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn a_ring_wakes_who_sleeps_and_tells_who_is_awake() {
        let woken = Arc::new(Woken::default());
        let bell = Arc::new(Bell::default());
        let count = || woken.0.load(Ordering::SeqCst);

        bell.begin(&Waker::from(Arc::clone(&woken)));
        bell.wake_by_ref();
        assert!(!bell.rest(), "it rang");
        assert!(bell.rest(), "it did not ring again");
        assert_eq!(count(), 0);

        bell.wake_by_ref();
        bell.wake_by_ref();
        assert_eq!(count(), 1, "once is enough for one sleep");

        bell.begin(&Waker::from(Arc::clone(&woken)));
        assert!(bell.rest());
        bell.wake_by_ref();
        assert_eq!(count(), 2);
    }

    #[test]
    fn no_ring_of_another_thread_is_lost() {
        for _ in 0..2000 {
            let woken = Arc::new(Woken::default());
            let bell = Arc::new(Bell::default());
            bell.begin(&Waker::from(Arc::clone(&woken)));
            let ringer = Arc::clone(&bell);
            let rings = std::thread::spawn(move || ringer.wake_by_ref());
            let rested = bell.rest();
            rings.join().unwrap();
            // Either the poll goes on, or the task is woken.
            assert_eq!(woken.0.load(Ordering::SeqCst), usize::from(rested));
        }
    }
}
