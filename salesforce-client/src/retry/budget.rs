//! What repeats may cost in all: each is paid for, and each call that succeeds earns one.

use std::sync::atomic::{AtomicU32, Ordering};

/// How many repeats the calls of one client have left together.
///
/// While the org answers, what is spent comes back at once. While it is down nothing comes back, so
/// the load on it stays what the callers ask for, and is not multiplied.
#[derive(Debug)]
pub(crate) struct Budget {
    reserve: u32,
    left: AtomicU32,
}

impl Budget {
    /// So many repeats without any success.
    pub(crate) fn new(reserve: u32) -> Self {
        Self { reserve, left: AtomicU32::new(reserve) }
    }

    /// Pays for a repeat, if enough is left.
    pub(crate) fn spend(&self) -> bool {
        let pay = |left: u32| left.checked_sub(1);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, pay).is_ok()
    }

    /// A call has succeeded.
    pub(crate) fn earn(&self) {
        let add = |left: u32| (left < self.reserve).then(|| left + 1);
        // Nothing is added to a full one.
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_success_pays_for_a_repeat_but_nothing_is_saved_beyond_the_reserve() {
        let budget = Budget::new(1);
        budget.earn();
        assert!(budget.spend());
        assert!(!budget.spend());
        budget.earn();
        assert!(budget.spend());
    }

    proptest! {
        #[test]
        fn repeats_are_at_most_the_reserve_and_the_successes(
            reserve in 0_u32..20,
            calls in prop::collection::vec(any::<bool>(), 0..300),
        ) {
            let budget = Budget::new(reserve);
            let (mut repeats, mut successes) = (0, 0);
            for succeeds in calls {
                if succeeds {
                    budget.earn();
                    successes += 1;
                } else {
                    repeats += u32::from(budget.spend());
                }
                prop_assert!(repeats <= reserve + successes);
            }
        }
    }
}
