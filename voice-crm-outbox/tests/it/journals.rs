//! The journals that every claim is tried on: in memory, in a real SQLite file, and in a real PostgreSQL server.

/// Runs a claim about the outbox on every journal, each time on a fresh one.
macro_rules! on_every_journal {
    ($($(#[$meta:meta])* async fn $name:ident($journal:ident: Arc<dyn Journal>) $body:block)*) => {
        $($(#[$meta])* async fn $name($journal: std::sync::Arc<dyn voice_crm_outbox::journal::Journal>) $body)*
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
                let Some(cluster) = $crate::cluster::shared() else { return };
                let journal = cluster.options().connect().await.unwrap();
                $crate::journals::bounded(super::$name(std::sync::Arc::new(journal))).await;
            })*
        }
    };
}
pub(crate) use on_every_journal;

/// Fails a test that does not come to its end.
pub(crate) async fn bounded(test: impl Future<Output = ()>) {
    let limit = std::time::Duration::from_secs(60);
    tokio::time::timeout(limit, test).await.expect("the test does not come to its end");
}
