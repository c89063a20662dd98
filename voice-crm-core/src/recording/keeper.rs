//! Brings recordings into the CRM in tasks of their own, so that none holds up a batch of writes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::Semaphore, task::JoinHandle, time::timeout};

use super::RecordingSource;
use crate::crm::{Crm, CrmError, CrmErrorKind, NewRecording, Receipt, WriteKey};

/// How long a batch waits for a recording; most are in the CRM by then.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many are on their way at once.
const AT_ONCE: usize = 4;

type Tries = HashMap<WriteKey, JoinHandle<Result<Receipt, CrmError>>>;

/// The recordings that are on their way.
pub(crate) struct Keeper {
    crm: Arc<dyn Crm>,
    source: Arc<dyn RecordingSource>,
    tries: Mutex<Tries>,
    room: Arc<Semaphore>,
}

impl Keeper {
    pub(crate) fn new(crm: Arc<dyn Crm>, source: Arc<dyn RecordingSource>) -> Self {
        Self { crm, source, tries: Mutex::default(), room: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Begins to keep a recording, or goes on waiting for it.
    ///
    /// One that takes longer than a batch waits for stays on its way, and a later try of the same write hears what
    /// became of it. Whatever a killed process had on its way is looked for in the CRM and begun anew.
    pub(crate) async fn keep(
        &self,
        key: WriteKey,
        recording: &NewRecording,
        may_exist: bool,
    ) -> Result<Receipt, CrmError> {
        let Some(mut running) = self.running(key, recording, may_exist) else {
            return Err(under_way().that_may_have_applied(may_exist));
        };
        let Ok(ended) = timeout(PATIENCE, &mut running).await else {
            self.tries().insert(key, running);
            return Err(under_way());
        };
        ended.unwrap_or_else(|_panic| {
            tracing::error!(%key, "the keeper of a recording panicked");
            Err(CrmError::new(CrmErrorKind::Unavailable, "the keeper of a recording panicked")
                .that_may_have_applied(true))
        })
    }

    fn running(
        &self,
        key: WriteKey,
        recording: &NewRecording,
        may_exist: bool,
    ) -> Option<JoinHandle<Result<Receipt, CrmError>>> {
        let mut tries = self.tries();
        if let Some(running) = tries.remove(&key) {
            return Some(running);
        }
        // Those that ended unheard, since another replica has their writes by now, are none.
        tries.retain(|_, running| !running.is_finished());
        let room = self.room.clone().try_acquire_owned().ok()?;
        let (crm, source, recording) = (self.crm.clone(), self.source.clone(), recording.clone());
        Some(tokio::spawn(async move {
            let kept = crm.keep_recording(key, &recording, source.as_ref(), may_exist).await;
            drop(room);
            kept
        }))
    }

    fn tries(&self) -> std::sync::MutexGuard<'_, Tries> {
        self.tries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        for running in self.tries.get_mut().unwrap_or_else(PoisonError::into_inner).values() {
            running.abort();
        }
    }
}

/// A try that is dropped may still have brought it in.
fn under_way() -> CrmError {
    CrmError::new(CrmErrorKind::UnderWay, "the recording is on its way").that_may_have_applied(true)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;
    use tokio::time::Instant;

    use super::*;
    use crate::{
        crm::{AccountRecord, Attempt, CallerMatch, CaseRecord, CaseScope, Urgency},
        deadline::Deadline,
        phone::PhoneNumber,
        recording::Sound,
    };

    /// Takes every recording, as soon as there is a permit for it.
    #[derive(Default)]
    struct Slow {
        begun: AtomicUsize,
        permits: Arc<Mutex<usize>>,
    }

    #[async_trait]
    impl Crm for Slow {
        async fn find_caller(&self, _: &PhoneNumber, _: Deadline) -> Result<CallerMatch, CrmError> {
            Ok(CallerMatch::Nobody)
        }

        async fn find_account(&self, _: &str, _: Deadline) -> Result<Vec<AccountRecord>, CrmError> {
            Ok(Vec::new())
        }

        async fn find_case(
            &self,
            _: &str,
            _: &CaseScope,
            _: Deadline,
        ) -> Result<Option<CaseRecord>, CrmError> {
            Ok(None)
        }

        async fn apply(&self, _: &[Attempt], _: Urgency, _: Deadline) -> Vec<Result<Receipt, CrmError>> {
            Vec::new()
        }

        async fn keep_recording(
            &self,
            _: WriteKey,
            _: &NewRecording,
            _: &dyn RecordingSource,
            _: bool,
        ) -> Result<Receipt, CrmError> {
            self.begun.fetch_add(1, Ordering::Relaxed);
            while *self.permits.lock().unwrap() == 0 {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Ok(Receipt::default())
        }
    }

    struct Nowhere;

    #[async_trait]
    impl RecordingSource for Nowhere {
        fn has(&self, _: &str) -> bool {
            true
        }

        async fn open(&self, _: &str) -> Result<Sound, CrmError> {
            Err(under_way())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_one_stays_on_its_way_and_is_begun_once_and_few_are_at_a_time() {
        let slow = Arc::new(Slow::default());
        let keeper = Keeper::new(slow.clone(), Arc::new(Nowhere));
        let key = |number: u8| WriteKey::from_bytes([number; 16]);
        let recording = NewRecording::new("https://example.com/r", key(0), "c");
        let is_under_way = |result: Result<Receipt, CrmError>| {
            result.is_err_and(|error| error.kind() == CrmErrorKind::UnderWay)
        };
        let begun = Instant::now();
        for _ in 0..3 {
            assert!(is_under_way(keeper.keep(key(1), &recording, false).await));
        }
        assert_eq!(begun.elapsed(), PATIENCE * 3, "no batch waits longer");
        assert_eq!(slow.begun.load(Ordering::Relaxed), 1);
        for other in 2..9 {
            assert!(is_under_way(keeper.keep(key(other), &recording, false).await));
        }
        assert_eq!(slow.begun.load(Ordering::Relaxed), AT_ONCE);
        *slow.permits.lock().unwrap() = 1;
        assert!(keeper.keep(key(1), &recording, false).await.is_ok());
        assert!(keeper.keep(key(8), &recording, false).await.is_ok(), "there is room again");
        assert_eq!(slow.begun.load(Ordering::Relaxed), AT_ONCE + 1);
    }
}
