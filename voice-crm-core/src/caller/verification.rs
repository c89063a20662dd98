//! Who has proved who they are on which call, and who has failed to too often.

use std::{fmt, time::Duration};

use moka::{ops::compute::Op, sync::Cache};

use crate::{call::CallId, crm::CallerRecord, phone::PhoneNumber};

/// How often a verification may fail, on one call and from one number.
const FAILURES: u32 = 3;
/// How long a proof holds; no call is longer.
const PROOF: Duration = Duration::from_secs(4 * 3600);
/// How long the failures of a number count.
const LOCK: Duration = Duration::from_secs(24 * 3600);
/// How many calls and numbers are kept in mind.
const ROOM: u64 = 100_000;

/// A call, by channel and id.
type CallKey = (&'static str, CallId);

/// The proofs and failures of this process.
///
/// They are not shared between replicas: a call whose webhooks go to several has to prove itself on each.
pub(crate) struct Verifications {
    proofs: Cache<CallKey, CallerRecord>,
    failed_calls: Cache<CallKey, u32>,
    failed_numbers: Cache<PhoneNumber, u32>,
}

impl Default for Verifications {
    fn default() -> Self {
        let (calls, numbers) = (PROOF, LOCK);
        Self {
            proofs: Cache::builder().max_capacity(ROOM).time_to_live(calls).build(),
            failed_calls: Cache::builder().max_capacity(ROOM).time_to_live(calls).build(),
            failed_numbers: Cache::builder().max_capacity(ROOM).time_to_live(numbers).build(),
        }
    }
}

impl Verifications {
    /// Who has proved to be calling.
    pub(crate) fn proof(&self, call: &CallKey) -> Option<CallerRecord> {
        self.proofs.get(call)
    }

    /// Whether too much has failed on this call, or from this number, for another try.
    pub(crate) fn is_locked(&self, call: &CallKey, number: Option<&PhoneNumber>) -> bool {
        let of_number = number.and_then(|number| self.failed_numbers.get(number)).unwrap_or(0);
        self.failed_calls.get(call).unwrap_or(0).max(of_number) >= FAILURES
    }

    /// Notes a proof, unless it comes too late.
    pub(crate) fn succeeded(
        &self,
        call: CallKey,
        number: Option<&PhoneNumber>,
        caller: CallerRecord,
    ) -> bool {
        if self.is_locked(&call, number) {
            return false;
        }
        // The failures of the number stay: else whoever proves to be themselves after every second guess could
        // guess at others for ever.
        self.proofs.insert(call, caller);
        true
    }

    /// Notes a failure; gives how many more there may be.
    pub(crate) fn failed(&self, call: CallKey, number: Option<&PhoneNumber>) -> u32 {
        let on_call = count(&self.failed_calls, call);
        let from_number = number.map_or(0, |number| count(&self.failed_numbers, number.clone()));
        FAILURES.saturating_sub(on_call.max(from_number))
    }
}

/// One more, in a single step, so that failures at the same moment all count.
fn count<K: std::hash::Hash + Eq + Send + Sync + 'static>(failures: &Cache<K, u32>, key: K) -> u32 {
    let counted = failures
        .entry(key)
        .and_compute_with(|entry| Op::Put(entry.map_or(0, moka::Entry::into_value).saturating_add(1)));
    counted.into_entry().map_or(0, moka::Entry::into_value)
}

impl fmt::Debug for Verifications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifications").field("proofs", &self.proofs.entry_count()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{crm::RecordRef, phone::Region};

    fn call(id: &str) -> CallKey {
        ("vapi", id.into())
    }

    fn number() -> PhoneNumber {
        PhoneNumber::parse("+14155550123", Region::US).unwrap()
    }

    fn ada() -> CallerRecord {
        CallerRecord::new(RecordRef::new("003"), "Ada", None)
    }

    #[test]
    fn three_failures_lock_the_call_and_the_number_even_for_the_right_answer() {
        let known = Verifications::default();
        assert_eq!([0; 3].map(|_| known.failed(call("one"), Some(&number()))), [2, 1, 0]);
        assert!(!known.succeeded(call("one"), Some(&number()), ada()));
        assert!(known.is_locked(&call("two"), Some(&number())), "the number calls again");
        assert!(!known.is_locked(&call("two"), None));
        assert_eq!(known.proof(&call("one")), None);
    }

    #[test]
    fn a_number_that_changes_its_mind_over_many_calls_is_locked_all_the_same() {
        let known = Verifications::default();
        for id in ["one", "two", "three"] {
            known.failed(call(id), Some(&number()));
        }
        assert!(known.is_locked(&call("four"), Some(&number())));
    }

    #[test]
    fn a_proof_holds_for_its_call_only_and_wipes_no_failure_away() {
        let known = Verifications::default();
        known.failed(call("one"), Some(&number()));
        assert!(known.succeeded(call("one"), Some(&number()), ada()));
        assert_eq!(known.proof(&call("one")), Some(ada()));
        assert_eq!(known.proof(&call("two")), None);
        assert_eq!(
            known.failed(call("two"), Some(&number())),
            1,
            "who proves to be one may be guessing at another"
        );
    }
}
