//! The operator's program, run on a journal as a stopped server leaves it.

use std::{fs, path::Path, process::Output, sync::Arc, time::Duration};

use jiff::Timestamp;
use voice_crm_core::{
    call::CallId,
    crm::{Change, JobKey, NewCase, Receipt, Write},
    journal::{Accepted, Digest, Entry, Journal, Lane, Reason, Settlement, SqliteJournal},
    phone::{PhoneNumber, Region},
};

use crate::server::program;

const NUMBER: &str = "+14155550142";
const SAID: &str = "canary-transcript-c0de";

fn key(number: u32) -> JobKey {
    JobKey::new("org", "test", &CallId::from("call"), "tool", number)
}

/// A write of the caller's that came to this end.
async fn settled(journal: &SqliteJournal, number: u32, settlement: Settlement) {
    let phone = PhoneNumber::parse(NUMBER, Region::US).unwrap();
    let case = NewCase { description: SAID.to_owned(), phone: Some(phone.clone()), ..NewCase::default() };
    let entry = Entry {
        lane: Lane::new(format!("lane {number}")),
        write: Arc::new(Write { key: key(number), change: Change::CreateCase(case) }),
        digest: Digest::from_bytes([0; 16]),
        caller: Some(phone),
    };
    let now = Timestamp::now();
    let Accepted::Leased(lease) = journal.accept(entry, Some(Duration::from_secs(9)), now).await.unwrap()
    else {
        panic!("no lease")
    };
    journal.settle(vec![(lease, settlement)], now).await.unwrap();
}

fn dead(code: &str) -> Settlement {
    Settlement::Dead(Reason { code: code.to_owned(), sentence: "a rule refuses it".to_owned() })
}

/// A file with one write that is done, two that a rule refused, and one that grew too old.
async fn journal(path: &Path) {
    let journal = SqliteJournal::open(path).unwrap();
    settled(
        &journal,
        1,
        Settlement::Done(Receipt { number: Some("00001001".to_owned()), ..Receipt::default() }),
    )
    .await;
    settled(&journal, 2, dead("RULE")).await;
    settled(&journal, 3, dead("RULE")).await;
    settled(&journal, 4, dead("too_old")).await;
}

fn run(path: &Path, arguments: &[&str]) -> Output {
    let setting = format!("sqlite:{}", path.display());
    program("journal").args(arguments).env("JOURNAL", setting).output().unwrap()
}

fn said(path: &Path, arguments: &[&str]) -> String {
    let output = run(path, arguments);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(!said.contains("canary") && !said.contains("4155550142"), "words of a caller are shown");
    said
}

fn refused(path: &Path, arguments: &[&str]) -> String {
    let output = run(path, arguments);
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn an_operator_lists_shows_retries_and_discards_dead_letters() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    journal(&path).await;

    let list = said(&path, &["list"]);
    assert_eq!(list.lines().count(), 3);
    assert!(list.contains(&format!("{} {} create_case RULE", key(2), key(2).reference().as_str())), "{list}");
    let shown = said(&path, &["show", &key(1).reference().as_str().to_lowercase()]);
    assert!(shown.contains("done: 00001001"), "{shown}");
    let shown = said(&path, &["show", &key(2).to_string()]);
    assert!(shown.contains("dead: RULE") && shown.contains("\"description\":\"(22 characters)\""), "{shown}");

    assert!(said(&path, &["retry", "--code", "RULE"]).starts_with("2 are"));
    assert!(said(&path, &["discard", &key(4).to_string()]).contains("for good"));
    assert!(refused(&path, &["discard", &key(4).to_string()]).contains("no dead letter"));
    assert_eq!(said(&path, &["stats"]), "pending 2\ndone 1\ndead 0\npending create_case 2\n");
}

#[tokio::test]
async fn what_is_kept_of_a_caller_is_erased_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    journal(&path).await;

    assert!(said(&path, &["erase", NUMBER]).starts_with("4 writes"));

    assert!(said(&path, &["list"]).contains("no dead letters"));
    let left: Vec<u8> = fs::read_dir(folder.path())
        .unwrap()
        .flat_map(|file| fs::read(file.unwrap().path()).unwrap())
        .collect();
    for word in [SAID, NUMBER] {
        assert!(!left.windows(word.len()).any(|window| window == word.as_bytes()));
    }
}

#[tokio::test]
async fn a_file_that_a_server_holds_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let server = SqliteJournal::open(&path).unwrap();
    assert!(refused(&path, &["list"]).contains("stop the server first"));
    drop(server);
    assert!(refused(&folder.path().join("other.db"), &["list"]).contains("there is no file"));
    assert!(!folder.path().join("other.db").exists(), "looking makes no file");
}

#[test]
fn every_wrong_command_says_what_is_right() {
    let nowhere = Path::new("nowhere.db");
    for (arguments, hint) in [
        (&["mend"][..], "usage"),
        (&[], "usage"),
        (&["show", "2"], "neither a reference"),
        (&["retry", "x"], "32 hexadecimal digits"),
        (&["erase", "4155550142"], "country code"),
        (&["list", "--limit", "many"], "usage"),
    ] {
        assert!(refused(nowhere, arguments).contains(hint), "{arguments:?}");
    }
}
