//! What only a file can be asked: durability, recovery, one owner, and trouble with the file.

use std::{fs, path::Path, sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use secrecy::SecretString;
use voice_crm_outbox::{
    JobStatus, Subject,
    journal::{Enqueued, Journal, JournalError, Outcome, PayloadKeys, SqliteJournal},
    store::{Expected, Store},
};

use crate::jobs::{LEASE, at, claim, done, job, key, leased, receipt, said, settle, status};

#[tokio::test]
async fn what_was_accepted_is_there_after_a_restart_and_due_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    {
        let journal = SqliteJournal::open(&path).unwrap();
        let _lost_with_the_process = leased(&journal, "a", 1).await;
        let lease = leased(&journal, "b", 2).await;
        settle(&journal, lease, Outcome::Done(receipt(2)), at(1)).await;
        journal.enqueue(job("c", 3), None, at(0)).await.unwrap();
    }

    let journal = SqliteJournal::open(&path).unwrap();

    let mut leases = claim(&journal, at(2)).await;
    leases.sort_by_key(|lease| lease.key() != key(1));
    assert_eq!(leases.len(), 2);
    assert!(leases[0].may_have_applied(), "it was under way when the process ended");
    assert!(!leases[1].may_have_applied(), "it was never tried");
    assert_eq!(status(&journal, 2).await, Some(done(2)));
}

#[tokio::test]
async fn a_lease_of_the_process_before_has_no_force() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let old = {
        let journal = SqliteJournal::open(&path).unwrap();
        leased(&journal, "a", 1).await
    };
    let journal = SqliteJournal::open(&path).unwrap();

    settle(&journal, old, Outcome::Done(receipt(1)), at(1)).await;

    assert_eq!(status(&journal, 1).await, Some(JobStatus::Pending));
}

/// All that the files of a folder hold.
fn on_disk(folder: &Path) -> Vec<u8> {
    fs::read_dir(folder).unwrap().flat_map(|file| fs::read(file.unwrap().path()).unwrap()).collect()
}

/// What a caller said in a job that is done by now.
const WORDS: &str = "words of a caller that nobody shall find again";

async fn said_and_done(journal: &SqliteJournal) {
    let said = said("a", 1, &WORDS.repeat(400));
    let Enqueued::Leased(lease) = journal.enqueue(said, Some(LEASE), at(0)).await.unwrap() else {
        panic!("no lease")
    };
    settle(journal, lease, Outcome::Done(receipt(1)), at(1)).await;
}

fn stands(text: &str, bytes: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn the_body_of_a_write_that_is_done_does_not_stay_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let journal = SqliteJournal::open(folder.path().join("journal.db")).unwrap();
    said_and_done(&journal).await;
    drop(journal);

    let left = on_disk(folder.path());
    assert!(left.len() > 4_096, "there is a file");
    assert!(!stands(WORDS, &left));
}

#[tokio::test]
async fn what_was_said_leaves_the_disk_when_old_jobs_are_forgotten_or_a_person_is_erased() {
    for erased in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let journal = SqliteJournal::open(folder.path().join("journal.db")).unwrap();
        said_and_done(&journal).await;
        assert!(stands(WORDS, &on_disk(folder.path())), "in the log");

        if erased {
            journal.erase(&Subject::new("nobody")).await.unwrap();
        } else {
            assert_eq!(journal.forget(at(0), 9).await.unwrap(), 0, "none is old");
        }

        assert!(!stands(WORDS, &on_disk(folder.path())), "erased: {erased}");
    }
}

#[tokio::test]
async fn a_thousand_at_once_share_transactions_and_all_are_durable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = Arc::new(SqliteJournal::open(&path).unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..1000 {
        let journal = journal.clone();
        tasks.spawn(async move {
            journal.enqueue(job(&format!("lane {number}"), number), Some(LEASE), at(0)).await.unwrap()
        });
    }
    while let Some(accepted) = tasks.join_next().await {
        assert!(matches!(accepted.unwrap(), Enqueued::Leased(_)));
    }
    drop(journal);

    let journal = SqliteJournal::open(&path).unwrap();
    assert_eq!(journal.stats().await.unwrap().pending, 1000);
}

#[test]
fn a_file_has_one_owner_and_the_second_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let _owner = SqliteJournal::open(&path).unwrap();

    let Err(JournalError::Open { problem, .. }) = SqliteJournal::open(&path) else { panic!("opened twice") };

    assert!(problem.contains("another process has it open"), "{problem}");
}

#[test]
fn a_file_that_is_no_journal_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    fs::write(&path, "this is a letter to grandmother, and longer than a header of SQLite ".repeat(20))
        .unwrap();
    let Err(JournalError::Open { problem, .. }) = SqliteJournal::open(&path) else {
        panic!("opened a letter")
    };
    assert!(problem.contains("move it away"), "{problem}");

    let Err(JournalError::Open { problem, .. }) =
        SqliteJournal::open(folder.path().join("no/such/folder.db"))
    else {
        panic!("opened nowhere")
    };
    assert!(problem.contains("folder is missing"), "{problem}");
}

#[tokio::test]
async fn a_job_that_cannot_be_read_is_dead_and_holds_up_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    {
        let journal = SqliteJournal::open(&path).unwrap();
        journal.enqueue(job("a", 1), None, at(0)).await.unwrap();
        journal.enqueue(job("a", 2), None, at(0)).await.unwrap();
        journal.enqueue(job("b", 3), None, at(1)).await.unwrap();
    }
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute("UPDATE job SET body = x'010000' WHERE sequence = 1", []).unwrap();
    drop(connection);
    let journal = SqliteJournal::open(&path).unwrap();

    let mut claimed: Vec<_> =
        claim(&journal, at(2)).await.iter().map(voice_crm_outbox::journal::Lease::key).collect();
    claimed.sort_by_key(|claimed| *claimed != key(2));

    assert_eq!(claimed, [key(2), key(3)]);
    assert_eq!(journal.stats().await.unwrap().dead, 1);
    assert!(journal.discard(key(1)).await.unwrap());
    assert_eq!(journal.forget(at(3), 9).await.unwrap(), 1, "discarded, it is forgotten as all others are");
}

fn keys(number: u32) -> PayloadKeys {
    PayloadKeys::new(number, &SecretString::from(format!("{number:02x}").repeat(32))).unwrap()
}

#[tokio::test]
async fn an_encrypted_journal_shows_no_word_in_its_files_and_needs_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let said = said("a", 1, "canary-transcript-c0de");
    let journal = SqliteJournal::options(&path).encrypted(keys(1)).open().unwrap();
    journal.enqueue(said, None, at(0)).await.unwrap();
    let lease = leased(&journal, "b", 2).await;
    settle(&journal, lease, Outcome::Done(receipt(2)), at(1)).await;
    drop(journal);
    let stored = on_disk(folder.path());
    assert!(!stored.windows(6).any(|window| window == b"canary" || window == b"000002"));

    let journal = SqliteJournal::open(&path).unwrap();
    assert!(claim(&journal, at(2)).await.is_empty(), "it waits for its key");
    assert_eq!(journal.stats().await.unwrap().pending, 1);
    drop(journal);
    let rotated = keys(2).with_old(1, &SecretString::from("01".repeat(32))).unwrap();
    let journal = SqliteJournal::options(&path).encrypted(rotated).open().unwrap();

    let lease = claim(&journal, at(3)).await.pop().unwrap();
    assert!(lease.body().contains("canary"));
    assert_eq!(status(&journal, 2).await, Some(done(2)));
}

#[test]
fn a_file_of_another_layout_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    drop(SqliteJournal::open(&path).unwrap());
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();

    let Err(JournalError::Open { problem, .. }) = SqliteJournal::open(&path) else { panic!("opened") };

    assert!(problem.contains("layout 99") && problem.contains("begin a new file"), "{problem}");
}

#[cfg(unix)]
fn mode_of(path: &Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions()) & 0o777
}

#[cfg(unix)]
#[test]
fn the_file_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let _journal = SqliteJournal::open(&path).unwrap();
    assert_eq!(mode_of(&path), 0o600);
}

#[tokio::test]
async fn whoever_gave_up_waiting_was_told_the_truth() {
    let folder = tempfile::tempdir().unwrap();
    let journal = SqliteJournal::open(folder.path().join("journal.db")).unwrap();
    let report = "x".repeat(2 * 1024 * 1024);
    for number in 0..4 {
        journal.enqueue(said("large", number, &report), None, at(0)).await.unwrap();
    }
    for number in 10..30 {
        // The job stands in the queue behind a copy that takes its time, and nobody waits for it.
        let mut copying = Box::pin(journal.backup(folder.path().join(format!("{number}.db"))));
        assert!((&mut copying).now_or_never().is_none());
        let mut enqueueing = journal.enqueue(job("a", number), None, at(0));
        assert!((&mut enqueueing).now_or_never().is_none());
        drop(enqueueing);
        let was_in_time = (&mut copying).now_or_never().is_none();
        if was_in_time {
            copying.await.unwrap();
            assert_eq!(status(&journal, number).await, None, "the caller took it that it failed");
            return;
        }
    }
    panic!("no job was given up before the journal came to it");
}

#[tokio::test]
async fn a_file_at_its_limit_refuses_new_jobs_and_recovers_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    {
        let journal = SqliteJournal::open(&path).unwrap();
        journal.enqueue(job("a", 1), None, at(0)).await.unwrap();
    }
    let journal = SqliteJournal::options(&path).page_limit(40).open().unwrap();
    let mut number = 2;
    let refused = loop {
        match journal.enqueue(job("a", number), None, at(0)).await {
            Ok(_) => number += 1,
            Err(refused) => break refused,
        }
        assert!(number < 10_000, "the disk never filled up");
    };
    assert!(matches!(refused, JournalError::Store { .. }), "{refused:?}");
    assert_eq!(status(&journal, number).await, None, "what was refused is not there");
    assert!(journal.check().await.is_err(), "it is not ready");

    // Room is made: all is done, which needs no room, and forgotten.
    while let Some(lease) = claim(&journal, at(1)).await.pop() {
        settle(&journal, lease, Outcome::Done(receipt(1)), at(1)).await;
    }
    assert_eq!(journal.stats().await.unwrap().pending, 0);
    journal.forget(at(2), 10_000).await.unwrap();

    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if journal.check().await.is_ok() {
            break;
        }
    }
    journal.enqueue(job("b", number), None, at(3)).await.unwrap();
}

#[tokio::test]
async fn a_broken_file_is_refused_with_what_to_do_and_a_copy_takes_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    {
        let journal = SqliteJournal::open(&path).unwrap();
        journal.enqueue(job("a", 1), None, at(0)).await.unwrap();
    }
    let whole = fs::read(&path).unwrap();
    let mut broken = whole.clone();
    // The first page, but for the header by which the file is known.
    broken[100..4_096].fill(0xA5);
    fs::write(&path, &broken).unwrap();

    let Err(JournalError::Open { problem, .. }) = SqliteJournal::open(&path) else { panic!("opened") };
    assert!(problem.contains("restore a copy"), "{problem}");

    fs::write(&path, &whole).unwrap();
    assert_eq!(claim(&SqliteJournal::open(&path).unwrap(), at(1)).await.len(), 1);
}

#[test]
fn the_sqlite_that_is_built_in_has_not_the_bug_of_the_log() {
    assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
}

#[tokio::test]
async fn many_large_jobs_leave_a_small_log_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = Arc::new(SqliteJournal::open(&path).unwrap());
    let report = "x".repeat(2 * 1024 * 1024);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..60 {
        let (journal, report) = (journal.clone(), report.clone());
        tasks.spawn(async move {
            let job = said(&format!("lane {number}"), number, &report);
            let Ok(Enqueued::Leased(lease)) = journal.enqueue(job, Some(LEASE), at(0)).await else {
                panic!("no lease")
            };
            settle(journal.as_ref(), lease, Outcome::Done(receipt(number)), at(1)).await;
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
    let log = fs::metadata(folder.path().join("journal.db-wal")).unwrap().len();
    assert!(log <= 64 * 1024 * 1024, "{log} bytes");
}

#[tokio::test]
async fn a_backup_is_a_journal_with_all_that_was_promised() {
    let folder = tempfile::tempdir().unwrap();
    let journal = SqliteJournal::open(folder.path().join("journal.db")).unwrap();
    journal.enqueue(job("a", 1), None, at(0)).await.unwrap();
    let copy = folder.path().join("copy.db");

    journal.backup(&copy).await.unwrap();
    journal.enqueue(job("a", 2), None, at(0)).await.unwrap();

    #[cfg(unix)]
    assert_eq!(mode_of(&copy), 0o600, "others can read the copy");
    let restored = SqliteJournal::open(&copy).unwrap();
    assert_eq!(claim(&restored, at(1)).await[0].key(), key(1));
    assert_eq!(restored.stats().await.unwrap().pending, 1);
    assert!(journal.backup(&copy).await.is_err(), "a file that is there is not written over");
    assert_eq!(restored.stats().await.unwrap().pending, 1, "it is as it was");
    let empty = folder.path().join("empty.db");
    fs::write(&empty, "").unwrap();
    assert!(journal.backup(&empty).await.is_err(), "an empty file has whatever mode it was given");
}

#[tokio::test]
async fn a_file_that_is_moved_away_is_noticed_before_anything_is_promised() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = SqliteJournal::open(&path).unwrap();
    journal.check().await.unwrap();

    fs::rename(&path, folder.path().join("elsewhere.db")).unwrap();
    tokio::time::sleep(Duration::from_millis(400)).await;

    let Err(JournalError::Store { problem }) = journal.check().await else { panic!("it is ready") };
    assert!(problem.contains("moved"), "{problem}");
    assert!(journal.enqueue(job("a", 1), None, at(0)).await.is_err());
    fs::rename(folder.path().join("elsewhere.db"), &path).unwrap();
    tokio::time::sleep(Duration::from_millis(400)).await;
    journal.enqueue(job("a", 1), None, at(0)).await.unwrap();
}

#[tokio::test]
async fn values_last_over_a_restart_until_they_expire_and_versions_never_repeat() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let hour = Duration::from_secs(3600);
    let first = {
        let journal = SqliteJournal::open(&path).unwrap();
        assert_eq!(journal.add("count", 2, hour, at(0)).await.unwrap(), 2);
        journal.put("proof", "contact", Expected::Absent, hour, at(0)).await.unwrap().unwrap()
    };
    let journal = SqliteJournal::open(&path).unwrap();
    assert_eq!(journal.add("count", 3, hour, at(9)).await.unwrap(), 5);
    assert_eq!(&*journal.get("proof", at(9)).await.unwrap().unwrap().value, "contact");
    assert!(journal.put("proof", "other", Expected::Absent, hour, at(9)).await.unwrap().is_none());
    let second = journal.put("proof", "other", Expected::Version(first), hour, at(9)).await.unwrap();
    assert!(second.unwrap() > first);
    assert!(journal.get("proof", at(4000)).await.unwrap().is_none(), "it has expired");
    assert_eq!(journal.list("co", 9, at(9)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_file_of_the_layout_before_is_brought_up_to_date_with_all_that_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(include_str!("../../src/journal/sqlite/schema_2.sql")).unwrap();
    old.pragma_update(None, "user_version", 2).unwrap();
    for (number, kind, lane) in
        [(1_u32, "create_case", "vapi:a"), (2, "send_text", "vapi:a"), (3, "keep_recording", "recording:b")]
    {
        old.execute(
            "INSERT INTO entry (key, digest, lane, kind, body, accepted_at) VALUES (?1, zeroblob(16), ?2, ?3, '{}', 1)",
            rusqlite::params![key(number).as_bytes().as_slice(), lane, kind],
        )
        .unwrap();
    }
    drop(old);

    let journal = SqliteJournal::open(&path).unwrap();

    let stats = journal.stats().await.unwrap();
    let sinks: Vec<_> = stats.waiting.keys().map(|(sink, kind)| format!("{sink} {kind}")).collect();
    assert_eq!(sinks, ["crm create_case", "recordings keep_recording", "texts send_text"]);
    assert_eq!(claim(&journal, at(0)).await[0].key(), key(1));
}
