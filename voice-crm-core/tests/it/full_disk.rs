//! A disk that is really full: a small file system of its own, which the variable `SMALL_DISK` names.

use std::{
    fs::{self, File},
    io::Write as _,
    path::PathBuf,
    time::{Duration, Instant},
};

use salesforce_emulator::Fault;
use voice_crm_core::{WriteLimits, journal::SqliteJournal};

use crate::stage::{Stage, builder, case, org};

/// How many promises are made before the disk is full.
const PROMISES: usize = 300;

#[expect(clippy::print_stderr, reason = "what is left out shall be seen")]
fn small_disk() -> Option<PathBuf> {
    let folder = std::env::var_os("SMALL_DISK").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("left out: the test of a full disk; SMALL_DISK names no small file system");
    }
    folder
}

/// Takes every byte that is left.
fn fill(folder: &std::path::Path) -> PathBuf {
    let path = folder.join("filler");
    let mut file = File::create(&path).unwrap();
    for size in [64 * 1024, 4 * 1024, 512, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
    path
}

async fn eventually(what: &str, within: Duration, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < within, "{what} took too long");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_promised_is_delivered_from_a_full_disk_and_nothing_more_is_promised() {
    let Some(folder) = small_disk() else { return };
    let folder = tempfile::tempdir_in(folder).unwrap();
    let org = org().start().await.unwrap();
    let journal = SqliteJournal::open(folder.path().join("journal.db")).unwrap();
    let bridge = builder(org.url(), journal).write_limits(WriteLimits::unlimited()).start().unwrap();
    let stage = Stage::of(org, bridge);
    stage.org.faults().next(100_000, Fault::Unavailable503BeforeWrite);
    for promise in 0..PROMISES {
        let description = format!("promise {promise}");
        let said = stage.tool(&format!("c{promise}"), "1", "create_case", case(&description)).await;
        assert!(said.contains("is being saved"), "{said}");
    }
    assert!(stage.bridge.is_ready().await);

    let filler = fill(folder.path());
    // Somebody is the first to meet the full disk, and is promised nothing.
    let said = stage.tool("first", "1", "create_case", case(&"It smokes. ".repeat(2_000))).await;
    assert!(!said.contains("saved"), "{said}");
    eventually("not being ready", Duration::from_secs(2), async || !stage.bridge.is_ready().await).await;

    // The disk stays full, and the org is well again.
    stage.org.faults().clear();
    eventually("delivery", Duration::from_secs(60), async || stage.org.count("Case") == PROMISES).await;
    eventually("settling", Duration::from_secs(20), async || {
        stage.bridge.journal().stats().await.unwrap().pending == 0
    })
    .await;

    fs::remove_file(filler).unwrap();
    eventually("being ready again", Duration::from_secs(5), async || stage.bridge.is_ready().await).await;
    let said = stage.tool("later", "1", "create_case", case("It hums.")).await;
    assert!(said.contains("has been created"), "{said}");
    assert_eq!(stage.org.count("Case"), PROMISES + 1, "none is lost and none doubled");
}
