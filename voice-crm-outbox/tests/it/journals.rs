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
