//! Small storms, as the program plays them: nothing is lost, nothing doubled, and few API calls are made.

use crate::server::program;

const SMALL: [&str; 6] = ["--calls", "40", "--turns", "4", "--stall-ms", "1500"];

/// Plays it, and gives what it said, once nothing in there is wrong.
fn play(storm: &[&str]) -> String {
    let seed = fastrand::u64(..).to_string();
    let output = program("storm").args(SMALL).args(["--seed", &seed]).args(storm).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    for fate in ["lost ", "doubled ", "out of order ", "answers after 8 s "] {
        let figure = said.lines().find(|line| line.starts_with(fate)).unwrap_or_default();
        assert!(figure.ends_with(" 0"), "{said}");
    }
    said
}

#[test]
fn a_small_storm_loses_nothing_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("storm.svg");
    let file = picture.display().to_string();
    play(&["--pause", "600", "--limit", "60/5", "--kills", "2", "--revocations", "1", "--svg", &file]);
    assert!(std::fs::read_to_string(picture).unwrap().ends_with("</svg>\n"));
}

/// Where PostgreSQL is not installed the storm says so, and so does this.
#[cfg(feature = "postgres")]
#[test]
fn a_small_storm_over_replicas_and_crashes_of_postgresql_loses_nothing_and_doubles_nothing() {
    if crate::private_postgres::PrivatePostgres::start().unwrap().is_none() {
        eprintln!("left out: the storm on PostgreSQL; initdb and postgres are not installed");
        return;
    }
    let shared = ["--journal", "postgres", "--replicas", "2", "--postgres-restarts", "1"];
    let blows = ["--pause", "1500", "--limit", "90/5", "--kills", "1", "--revocations", "1"];
    let said = play(&[&shared[..], &blows].concat());
    let row = said.lines().find(|line| line.starts_with("lanes of a killed replica leased again"));
    assert!(row.is_some_and(|row| row.contains("within")), "{said}");
}

#[test]
fn replicas_that_could_share_no_journal_are_refused() {
    let output = program("storm").args(["--replicas", "2"]).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("--journal postgres"));
}

#[test]
fn a_storm_that_cannot_be_says_how_it_is_asked_for() {
    let output = program("storm").args(["--calls", "none"]).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("--svg FILE"));
}
