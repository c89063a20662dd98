//! What only a file can be asked: durability, recovery, one owner, and trouble with the file.

use std::{fs, sync::Arc};

use secrecy::SecretString;
use voice_crm_core::{
    crm::{Change, OwnRecord, Write},
    journal::{Accepted, Journal, JournalError, PayloadKeys, Settlement, SqliteJournal, Standing},
};

use super::{LEASE, at, claim, entry, key, leased, receipt, settle, standing};

#[tokio::test]
async fn what_was_accepted_is_there_after_a_restart_and_due_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    {
        let journal = SqliteJournal::open(&path).unwrap();
        let _lost_with_the_process = leased(&journal, "a", 1).await;
        let lease = leased(&journal, "b", 2).await;
        settle(&journal, lease, Settlement::Done(receipt(2)), at(1)).await;
        journal.accept(entry("c", 3), None, at(0)).await.unwrap();
    }

    let journal = SqliteJournal::open(&path).unwrap();

    let mut leases = claim(&journal, at(2)).await;
    leases.sort_by_key(|lease| lease.attempt().write.key != key(1));
    assert_eq!(leases.len(), 2);
    assert!(leases[0].attempt().may_exist, "it was under way when the process ended");
    assert!(!leases[1].attempt().may_exist, "it was never tried");
    assert_eq!(standing(&journal, 2).await, Some(Standing::Done(receipt(2))));
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

    settle(&journal, old, Settlement::Done(receipt(1)), at(1)).await;

    assert_eq!(standing(&journal, 1).await, Some(Standing::Pending));
}

#[tokio::test]
async fn the_body_of_a_write_that_is_done_does_not_stay_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let journal = SqliteJournal::open(folder.path().join("journal.db")).unwrap();
    let words = "words of a caller that nobody shall find again";
    let mut said = entry("a", 1);
    let mut fields = serde_json::Map::new();
    fields.insert("Text__c".to_owned(), words.repeat(400).into());
    let change = Change::SaveRecord(OwnRecord { object: "Thing__c".to_owned(), fields });
    said.write = Arc::new(Write { key: key(1), change });
    let Accepted::Leased(lease) = journal.accept(said, Some(LEASE), at(0)).await.unwrap() else {
        panic!("no lease")
    };
    settle(&journal, lease, Settlement::Done(receipt(1)), at(1)).await;
    drop(journal);

    let left: Vec<u8> = fs::read_dir(folder.path())
        .unwrap()
        .flat_map(|file| fs::read(file.unwrap().path()).unwrap())
        .collect();
    assert!(left.len() > 4_096, "there is a file");
    assert!(!left.windows(words.len()).any(|window| window == words.as_bytes()));
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
            journal.accept(entry(&format!("lane {number}"), number), Some(LEASE), at(0)).await.unwrap()
        });
    }
    while let Some(accepted) = tasks.join_next().await {
        assert!(matches!(accepted.unwrap(), Accepted::Leased(_)));
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
async fn an_entry_that_cannot_be_read_is_set_aside_and_holds_up_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    {
        let journal = SqliteJournal::open(&path).unwrap();
        journal.accept(entry("a", 1), None, at(0)).await.unwrap();
        journal.accept(entry("a", 2), None, at(0)).await.unwrap();
        journal.accept(entry("b", 3), None, at(1)).await.unwrap();
    }
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection
        .execute("UPDATE entry SET body = '{\"of\": \"another release\"}' WHERE sequence = 1", [])
        .unwrap();
    drop(connection);
    let journal = SqliteJournal::open(&path).unwrap();

    let mut claimed: Vec<_> =
        claim(&journal, at(2)).await.iter().map(|lease| lease.attempt().write.key).collect();
    claimed.sort_by_key(|claimed| *claimed != key(2));

    assert_eq!(claimed, [key(2), key(3)]);
    assert_eq!(journal.stats().await.unwrap().dead, 1);
    assert!(journal.discard(key(1)).await.unwrap());
    assert_eq!(journal.forget(at(3), 9).await.unwrap(), 1, "given up, it is forgotten as all others are");
}

fn keys(number: u32) -> PayloadKeys {
    PayloadKeys::new(number, &SecretString::from(format!("{number:02x}").repeat(32))).unwrap()
}

#[tokio::test]
async fn an_encrypted_journal_shows_no_word_in_its_files_and_needs_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let mut said = entry("a", 1);
    let change = Change::SaveRecord(OwnRecord {
        object: "Thing__c".to_owned(),
        fields: serde_json::Map::from_iter([("Text__c".to_owned(), "canary-transcript-c0de".into())]),
    });
    said.write = Arc::new(Write { key: key(1), change });
    let journal = SqliteJournal::options(&path).encrypted(keys(1)).open().unwrap();
    journal.accept(said, None, at(0)).await.unwrap();
    let lease = leased(&journal, "b", 2).await;
    settle(&journal, lease, Settlement::Done(receipt(2)), at(1)).await;
    drop(journal);
    let stored: Vec<u8> = fs::read_dir(folder.path())
        .unwrap()
        .flat_map(|file| fs::read(file.unwrap().path()).unwrap())
        .collect();
    assert!(!stored.windows(6).any(|window| window == b"canary" || window == b"000002"));

    let journal = SqliteJournal::open(&path).unwrap();
    assert!(claim(&journal, at(2)).await.is_empty(), "it waits for its key");
    assert_eq!(journal.stats().await.unwrap().pending, 1);
    drop(journal);
    let rotated = keys(2).with_old(1, &SecretString::from("01".repeat(32))).unwrap();
    let journal = SqliteJournal::options(&path).encrypted(rotated).open().unwrap();

    let lease = claim(&journal, at(3)).await.pop().unwrap();
    assert!(serde_json::to_string(lease.attempt().write.as_ref()).unwrap().contains("canary"));
    assert_eq!(standing(&journal, 2).await, Some(Standing::Done(receipt(2))));
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
#[test]
fn the_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let _journal = SqliteJournal::open(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn whoever_gave_up_waiting_was_told_the_truth() {
    let folder = tempfile::tempdir().unwrap();
    let journal = SqliteJournal::open(folder.path().join("journal.db")).unwrap();
    // Dropped before its first poll is over: the job stands in the queue, and nobody waits for it.
    for number in 0..50 {
        let accepting = journal.accept(entry("a", number), None, at(0));
        tokio::select! {
            biased;
            () = std::future::ready(()) => {}
            _ = accepting => {}
        }
    }
    assert_eq!(journal.stats().await.unwrap().pending, 0);
}

#[tokio::test]
async fn a_full_disk_refuses_new_writes_and_recovers_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    {
        let journal = SqliteJournal::open(&path).unwrap();
        journal.accept(entry("a", 1), None, at(0)).await.unwrap();
    }
    // The limit on pages is kept by SQLite as a full disk is: an insert fails with SQLITE_FULL.
    let journal = SqliteJournal::options(&path).page_limit(16).open().unwrap();
    let mut number = 2;
    let refused = loop {
        match journal.accept(entry("a", number), None, at(0)).await {
            Ok(_) => number += 1,
            Err(refused) => break refused,
        }
        assert!(number < 10_000, "the disk never filled up");
    };
    assert!(matches!(refused, JournalError::Store { .. }), "{refused:?}");
    assert_eq!(standing(&journal, number).await, None, "what was refused is not there");

    // Room is made: the first write is done, and forgotten.
    while let Some(lease) = claim(&journal, at(1)).await.pop() {
        settle(&journal, lease, Settlement::Done(receipt(1)), at(1)).await;
    }
    journal.forget(at(2), 10_000).await.unwrap();

    journal.accept(entry("b", number), None, at(3)).await.unwrap();
}

#[tokio::test]
async fn a_broken_file_is_refused_with_what_to_do_and_a_copy_takes_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    {
        let journal = SqliteJournal::open(&path).unwrap();
        journal.accept(entry("a", 1), None, at(0)).await.unwrap();
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
