//! What large reports of calls leave behind: a small log, and nothing that was said.

use std::{fs, time::Duration};

use futures_util::future::join_all;
use voice_crm_core::journal::SqliteJournal;

use crate::stage::{NUMBER, Stage, builder, org};

const SAID: &str = "canary-transcript-c0de";
/// How many reports come at once.
const AT_ONCE: usize = 10;

/// `REPORTS` says how many reports there are.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_of_two_megabytes_leave_a_small_log_and_nothing_that_was_said() {
    let reports = std::env::var("REPORTS").ok().and_then(|reports| reports.parse().ok()).unwrap_or(20);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    let org = org().start().await.unwrap();
    let bridge = builder(org.url(), SqliteJournal::open(&file).unwrap()).start().unwrap();
    let stage = Stage::of(org, bridge);
    let transcript = format!("User: {SAID}.\n").repeat(2 * 1024 * 1024 / (SAID.len() + 8));

    for first in (0..reports).step_by(AT_ONCE) {
        let calls: Vec<_> = (first..reports.min(first + AT_ONCE)).map(|call| format!("c{call}")).collect();
        let reported = join_all(calls.iter().map(|call| stage.end_call(call, &transcript))).await;
        assert!(reported.iter().all(|status| *status == 200), "{reported:?}");
    }
    stage.drained().await;

    let log = fs::metadata(folder.path().join("journal.db-wal")).unwrap().len();
    assert!(log <= 64 * 1024 * 1024, "{log} bytes of log");
    assert_eq!(stage.org.count("Task"), reports);
    assert!(stage.bridge.shutdown(Duration::from_secs(10)).await);
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let kept = fs::read(&path).unwrap();
        for secret in [SAID, NUMBER, &NUMBER[1..]] {
            let is_kept = kept.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!is_kept, "{secret} is kept in {}", path.display());
        }
    }
    drop(stage);
    let receipts = "SELECT count(*) FROM job WHERE state = 1 AND outcome IS NOT NULL";
    let receipts: i64 =
        rusqlite::Connection::open(&file).unwrap().query_row(receipts, [], |row| row.get(0)).unwrap();
    assert!(usize::try_from(receipts).unwrap() >= reports, "{receipts} receipts");
}
