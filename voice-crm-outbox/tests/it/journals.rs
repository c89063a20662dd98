//! The journals that every claim is tried on: in memory, in a real SQLite file, and in a real PostgreSQL server.

use std::time::Duration;

/// Runs a claim about the outbox on every journal, each time on a fresh one.
///
/// What begins with `long:` runs on the durable journals only when `VOICE_CRM_TEST_ALL` is set.
macro_rules! on_every_journal {
    (long: $($claims:tt)*) => { $crate::journals::on_every_journal!(@ $crate::journals::is_long_form(); $($claims)*); };
    (@ $durable:expr;
        $($(#[$meta:meta])* async fn $name:ident($journal:ident: Arc<dyn Journal>) $body:block)*
    ) => {
        $($(#[$meta])* async fn $name($journal: Arc<dyn Journal>) $body)*
        mod in_memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let journal = std::sync::Arc::new(voice_crm_outbox::journal::MemoryJournal::new());
                $crate::journals::bounded(super::$name(journal)).await;
            })*
        }
        #[cfg(feature = "sqlite")]
        mod in_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if !$durable { return $crate::journals::left_out() }
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("journal.db");
                let journal = voice_crm_outbox::journal::SqliteJournal::open(file).unwrap();
                $crate::journals::bounded(super::$name(std::sync::Arc::new(journal))).await;
            })*
        }
        #[cfg(all(unix, feature = "postgres"))]
        mod in_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if !$durable { return $crate::journals::left_out() }
                let Some(cluster) = $crate::cluster::shared() else { return };
                let journal = cluster.options().connect().await.unwrap();
                $crate::journals::bounded(super::$name(std::sync::Arc::new(journal))).await;
            })*
        }
    };
    ($($claims:tt)*) => { $crate::journals::on_every_journal!(@ true; $($claims)*); };
}
pub(crate) use on_every_journal;

/// Whether what takes long is tried as well.
pub(crate) fn is_long_form() -> bool {
    std::env::var_os("VOICE_CRM_TEST_ALL").is_some()
}

/// Says that a long form is not tried.
#[expect(clippy::print_stderr, reason = "what is left out shall be seen")]
pub(crate) fn left_out() {
    eprintln!("left out: what takes long on a durable journal; VOICE_CRM_TEST_ALL is not set");
}

/// Fails a test that does not come to its end.
pub(crate) async fn bounded(test: impl Future<Output = ()>) {
    let limit = Duration::from_secs(if is_long_form() { 600 } else { 60 });
    tokio::time::timeout(limit, test).await.expect("the test does not come to its end");
}

/// Lets a journal of a test have the store of the journal inside it.
macro_rules! store_of_inner {
    ($journal:ty, $inner:tt) => {
        const _: () = {
            #[allow(unused_imports, reason = "where a trait object is inside, it is in scope already")]
            use voice_crm_outbox::store::Store as _;

            #[async_trait::async_trait]
            impl voice_crm_outbox::store::Store for $journal {
                async fn get(
                    &self,
                    key: &str,
                    now: jiff::Timestamp,
                ) -> Result<
                    Option<voice_crm_outbox::store::StoredValue>,
                    voice_crm_outbox::journal::JournalError,
                > {
                    self.$inner.get(key, now).await
                }

                async fn put(
                    &self,
                    key: &str,
                    value: &str,
                    expected: voice_crm_outbox::store::Expected,
                    lasts: std::time::Duration,
                    now: jiff::Timestamp,
                ) -> Result<Option<u64>, voice_crm_outbox::journal::JournalError> {
                    self.$inner.put(key, value, expected, lasts, now).await
                }

                async fn add(
                    &self,
                    key: &str,
                    by: i64,
                    lasts: std::time::Duration,
                    now: jiff::Timestamp,
                ) -> Result<i64, voice_crm_outbox::journal::JournalError> {
                    self.$inner.add(key, by, lasts, now).await
                }

                async fn remove(
                    &self,
                    key: &str,
                    expected: voice_crm_outbox::store::Expected,
                    now: jiff::Timestamp,
                ) -> Result<bool, voice_crm_outbox::journal::JournalError> {
                    self.$inner.remove(key, expected, now).await
                }

                async fn list(
                    &self,
                    prefix: &str,
                    limit: usize,
                    now: jiff::Timestamp,
                ) -> Result<
                    Vec<(String, voice_crm_outbox::store::StoredValue)>,
                    voice_crm_outbox::journal::JournalError,
                > {
                    self.$inner.list(prefix, limit, now).await
                }
            }
        };
    };
}
pub(crate) use store_of_inner;
