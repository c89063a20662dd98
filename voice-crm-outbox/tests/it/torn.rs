//! A power cut at every frame: what the log held by then is there, and nothing of what it did not.

use std::{fs, path::Path};

use voice_crm_outbox::journal::{Enqueued, Journal, Outcome, SqliteJournal};

use crate::jobs::{LEASE, at, claim, done, job, receipt, settle, status};

/// The header of the log, and of each frame in it ("Database File Format", sqlite.org).
const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// Where each frame ends, and whether it ends a transaction.
fn frames(log: &[u8]) -> Vec<(usize, bool)> {
    let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
    let frame = FRAME_HEADER + number(8) as usize;
    let ends = (HEADER + frame..=log.len()).step_by(frame);
    // The size of the file after the transaction stands in its last frame alone.
    ends.map(|end| (end, number(end - frame + 4) > 0)).collect()
}

/// What was known to be on the disk, with the length of the log at that moment.
struct Recorded {
    database: Vec<u8>,
    log: Vec<u8>,
    /// For each write, how long the log was when it was accepted, and when it was settled.
    promises: Vec<(u32, usize, usize)>,
}

/// One write after the other, half of them settled, with copies of the files before they are folded together.
async fn record(folder: &Path) -> Recorded {
    let path = folder.join("journal.db");
    let log = folder.join("journal.db-wal");
    // The tables alone.
    drop(SqliteJournal::open(&path).unwrap());
    let journal = SqliteJournal::open(&path).unwrap();
    let database = fs::read(&path).unwrap();
    let length = || usize::try_from(fs::metadata(&log).unwrap().len()).unwrap();
    let mut promises = Vec::new();
    for number in 0..12 {
        let lane = format!("lane {}", number % 3);
        let accepted = journal.enqueue(job(&lane, number), Some(LEASE), at(0)).await.unwrap();
        let accepted_by = length();
        let mut settled_by = usize::MAX;
        if let Enqueued::Leased(lease) = accepted {
            settle(&journal, lease, Outcome::Done(receipt(number)), at(1)).await;
            settled_by = length();
        }
        promises.push((number, accepted_by, settled_by));
    }
    let log = fs::read(&log).unwrap();
    drop(journal);
    Recorded { database, log, promises }
}

/// Opens what a power cut left, of which so much is whole, and looks at everything.
async fn examine(recorded: &Recorded, log: &[u8], whole: usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    fs::write(&path, &recorded.database).unwrap();
    fs::write(folder.path().join("journal.db-wal"), log).unwrap();

    let journal = SqliteJournal::open(&path).unwrap();
    let mut there = 0;
    for (number, accepted_by, settled_by) in &recorded.promises {
        let found = status(&journal, *number).await;
        there += u64::from(found.is_some());
        if *accepted_by <= whole {
            assert!(found.is_some(), "write {number} was promised and is lost at {whole}");
        }
        if *settled_by <= whole {
            assert_eq!(found, Some(done(*number)), "write {number} at {whole}");
        }
    }
    let stats = journal.stats().await.unwrap();
    assert_eq!(stats.pending + stats.done, there, "something is there by half");
    // What is pending can be leased, a lane at a time, until nothing is left.
    let mut left = stats.pending;
    while left > 0 {
        let leases = claim(&journal, at(2)).await;
        assert!(!leases.is_empty(), "{left} are pending and none can be leased");
        for lease in leases {
            settle(&journal, lease, Outcome::Done(receipt(0)), at(2)).await;
            left -= 1;
        }
    }
}

#[tokio::test]
async fn after_a_cut_at_any_frame_every_promise_is_there_and_nothing_by_half() {
    let folder = tempfile::tempdir().unwrap();
    let recorded = record(folder.path()).await;
    let frames = frames(&recorded.log);
    assert!(frames.iter().filter(|(_, commit)| *commit).count() >= 18, "{} frames", frames.len());

    for (end, _) in &frames {
        // At its end, in its middle, and with its last sector never written.
        examine(&recorded, &recorded.log[..*end], *end).await;
        examine(&recorded, &recorded.log[..*end - 2_000], *end - 2_000).await;
        let mut torn = recorded.log[..*end].to_vec();
        torn[end - 512..].fill(0xA5);
        examine(&recorded, &torn, *end - 1).await;
    }
}
