//! The operator's program, run on a journal as a stopped server leaves it.

use std::{fs, path::Path, process::Output, sync::Arc, time::Duration};

use jiff::Timestamp;
use salesforce_client::{Client, LoginHost};
use secrecy::SecretString;
use vapi_types::webhook::{HmacPlan, Verifier};
use voice_crm_core::{
    Bridge,
    call::{Call, Platform},
    caller::Caller,
    channel::{ToolBatch, ToolCall, Vapi},
    crm::{Change, NewCase, RecordRef, Write},
    function::{Answer, CallContext, Spec},
    journal::{Enqueued, Journal, Outcome, PayloadKeys, SqliteJournal},
    outbox::{Job, JobKey, Lane, Reason, Receipt, Subject},
    phone::{PhoneNumber, Region},
    sinks,
};

use voice_crm_salesforce::SalesforceCrm;

use crate::server::program;

const NUMBER: &str = "+14155550142";
const SAID: &str = "canary-transcript-c0de";
const CONTACT: &str = "003000000000001AAA";

fn key(number: u32) -> JobKey {
    JobKey::derive(["org", "test", "call", "tool"], number)
}

/// A write of the caller's that came to this end.
async fn settled(journal: &SqliteJournal, number: u32, outcome: Outcome) {
    let phone = PhoneNumber::parse(NUMBER, Region::US).unwrap();
    let case = NewCase { description: SAID.to_owned(), phone: Some(phone.clone()), ..NewCase::default() };
    let write = Write { key: key(number), change: Change::CreateCase(case) };
    let body = serde_json::to_string(&write).unwrap();
    let lane = Lane::new(&sinks::CRM, &format!("lane-{number}"));
    let job = Job::new(key(number), lane, write.change.kind(), body);
    let job = job.subject(Some(Subject::new(phone.as_e164())));
    let now = Timestamp::now();
    let Enqueued::Leased(lease) = journal.enqueue(job, Some(Duration::from_secs(9)), now).await.unwrap()
    else {
        panic!("no lease")
    };
    journal.settle(vec![(lease, outcome)], now).await.unwrap();
}

fn dead(code: &str) -> Outcome {
    Outcome::Dead(Reason::new(code, "a rule refuses it"))
}

/// A file with one write that is done, two that a rule refused, and one that grew too old.
async fn journal(path: &Path) {
    let journal = SqliteJournal::open(path).unwrap();
    settled(&journal, 1, Outcome::Done(Receipt::new(r#"{"number":"00001001"}"#))).await;
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

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Guess {
    word: String,
}

/// Guesses at one contact, each on a call of its own, by a bridge that keeps its journal there.
async fn guessed(path: &Path, guesses: std::ops::Range<u32>) {
    let guess = |cx: Arc<CallContext>, args: Guess| async move {
        let attempt = cx.try_proof(Some(&RecordRef::new(CONTACT)), &args.word).await?;
        attempt.wrong();
        Ok(Answer::say("wrong"))
    };
    let crm = Client::builder(LoginHost::parse("http://127.0.0.1:9").unwrap())
        .client_credentials("client", SecretString::from("secret"))
        .build()
        .unwrap();
    let bridge = Bridge::builder()
        .channel("/vapi", Vapi::new(Verifier::hmac(HmacPlan::new("canary-webhook-secret-91be")).unwrap()))
        .crm(SalesforceCrm::new(crm))
        .journal(SqliteJournal::open(path).unwrap())
        .closure("guess", Spec::write("Guesses."), guess)
        .start()
        .unwrap();
    for number in guesses {
        let word = format!("{SAID} {number}");
        let id = word.as_str().into();
        let arguments = serde_json::json!({ "word": word }).to_string().into_bytes().into();
        let caller = PhoneNumber::parse(NUMBER, Region::US).unwrap();
        let call = Call::new(Platform::VAPI.call(format!("call {number}")), Caller::Number(caller));
        let calls = vec![ToolCall { id, name: "guess".to_owned(), arguments }];
        bridge.call("vapi", ToolBatch { call, calls }).await;
    }
    bridge.shutdown(Duration::from_secs(5)).await;
    drop(bridge);
    // Its workers let go of the file a moment later.
    for _ in 0..1_000 {
        if SqliteJournal::open(path).is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the file was not let go");
}

#[tokio::test]
async fn an_operator_unlocks_a_caller_who_could_not_prove_who_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    guessed(&path, 0..4).await;

    let locks = said(&path, &["locks"]);
    let (name, failures) = locks.trim_end().split_once(' ').unwrap();
    assert_eq!(failures, "4 wrong answers");
    assert!(said(&path, &["unlock", name]).contains("unlocked"));
    assert!(said(&path, &["locks"]).contains("no proofs have failed"));
    assert!(refused(&path, &["unlock", name]).contains("no proofs have failed"));
    assert!(said(&path, &["unlock", NUMBER]).contains("unlocked"), "and whoever calls from the number");

    guessed(&path, 4..6).await;
    assert!(refused(&path, &["unlock", &CONTACT[..15]]).contains("18 characters"));
    assert!(said(&path, &["unlock", CONTACT]).contains("unlocked"));
}

#[tokio::test]
async fn an_operator_lists_shows_retries_and_discards_dead_jobs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    journal(&path).await;
    let reference = |number| key(number).reference().as_str().to_owned();

    let list = said(&path, &["list"]);
    assert_eq!(list.lines().count(), 3);
    let told = format!("{} {} crm create_case RULE lane lane-2, ", key(2), key(2).reference().as_str());
    assert!(list.contains(&told) && list.contains(": a rule refuses it\n"), "{list}");
    assert!(
        said(&path, &["list", "--limit", "1"]).ends_with("these are 1 of 3 dead jobs; --limit shows more\n")
    );
    let shown = said(&path, &["show", &reference(1)]);
    assert!(shown.contains("done: 00001001"), "{shown}");
    let shown = said(&path, &["show", &key(2).to_string()]);
    assert!(shown.contains("dead: RULE") && shown.contains("\"description\":\"(22 characters)\""), "{shown}");

    let retried = said(&path, &["retry", "--code", "RULE"]);
    assert!(
        retried.contains(&told) && retried.ends_with("2 are tried again when the server runs\n"),
        "{retried}"
    );
    assert!(said(&path, &["discard", &reference(4)]).contains("cannot be retried any more"));
    assert!(refused(&path, &["discard", &key(4).to_string()]).contains("is no dead job"));
    assert!(said(&path, &["show", &key(4).to_string()]).contains("discarded: too_old"));
    assert_eq!(said(&path, &["stats"]), "pending 2\ndone 1\ndead 0\nwaiting crm create_case 2\n");
    assert_eq!(said(&path, &["list"]), "no dead jobs\n");
}

#[tokio::test]
async fn a_dead_job_whose_key_is_not_given_is_listed_as_such_and_retried_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let keys = PayloadKeys::new(7, &SecretString::from("a7".repeat(32))).unwrap();
    let journal = SqliteJournal::options(&path).encrypted(keys).open().unwrap();
    settled(&journal, 1, dead("RULE")).await;
    drop(journal);

    for told in [said(&path, &["list"]), said(&path, &["show", &key(1).to_string()])] {
        assert!(told.contains("crm create_case") && told.contains("content cannot be read"), "{told}");
    }
    assert!(said(&path, &["stats"]).contains("dead 1\n"));
    assert!(
        said(&path, &["retry", &key(1).to_string()]).ends_with("1 is tried again when the server runs\n")
    );
}

#[tokio::test]
async fn a_backup_is_a_journal_of_its_own_and_is_written_over_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    journal(&path).await;
    let copy = folder.path().join("copy.db");
    let name = copy.display().to_string();

    assert!(said(&path, &["backup", &name]).contains("copied to"));
    said(&path, &["discard", &key(4).to_string()]);

    assert!(said(&path, &["stats"]).contains("dead 2\n"));
    assert!(said(&copy, &["stats"]).contains("dead 3\n"));
    refused(&path, &["backup", &name]);
    assert!(said(&copy, &["stats"]).contains("dead 3\n"));
}

#[tokio::test]
async fn what_is_kept_of_a_caller_is_erased_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    journal(&path).await;

    assert!(said(&path, &["erase", NUMBER]).starts_with("4 writes"));

    assert!(said(&path, &["list"]).contains("no dead jobs"));
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
        (&["retry", "x"], "neither a reference"),
        (&["discard"], "usage"),
        (&["backup"], "usage"),
        (&["erase", "4155550142"], "country code"),
        (&["list", "--limit", "many"], "usage"),
    ] {
        assert!(refused(nowhere, arguments).contains(hint), "{arguments:?}");
    }
}
