//! Every journal and store of this crate keeps every rule, and the suites find what breaks one.

use voice_crm_outbox::{
    conformance::{self, Violation},
    journal::MemoryJournal,
    store::MemoryStore,
};

mod broken;
mod sink;

#[tokio::test]
async fn the_journal_in_memory_keeps_every_rule() -> Result<(), Violation> {
    conformance::journal(|| async { MemoryJournal::new() }).await?;
    conformance::store(|| async { MemoryStore::new() }).await?;
    conformance::store(|| async { MemoryJournal::new() }).await
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journal_in_sqlite_keeps_every_rule() -> Result<(), Violation> {
    use std::sync::atomic::{AtomicU32, Ordering};

    use voice_crm_outbox::journal::SqliteJournal;

    let (folder, files) = (tempfile::tempdir().unwrap(), AtomicU32::new(0));
    let make = || {
        let file = folder.path().join(format!("{}.db", files.fetch_add(1, Ordering::Relaxed)));
        async { SqliteJournal::open(file).unwrap() }
    };
    conformance::journal(make).await?;
    conformance::store(make).await
}

#[cfg(all(unix, feature = "postgres"))]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journal_in_postgresql_keeps_every_rule() -> Result<(), Violation> {
    let Some(cluster) = crate::cluster::shared() else { return Ok(()) };
    let make = || async { cluster.options().connect().await.unwrap() };
    conformance::journal(make).await?;
    conformance::store(make).await
}

#[test]
fn no_two_rules_have_one_name() {
    let mut names: Vec<_> = conformance::journal::rules().map(conformance::Rule::name).collect();
    names.extend(conformance::store::rules().map(conformance::Rule::name));
    names.extend(conformance::sink::rules().map(conformance::Rule::name));
    let rules = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), rules);
}
