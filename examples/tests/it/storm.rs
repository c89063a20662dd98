//! A small storm, as the program plays it: nothing is lost, nothing doubled, and few API calls are made.

use crate::server::program;

#[test]
fn a_small_storm_loses_nothing_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("storm.svg");
    let seed = fastrand::u64(..).to_string();
    let sizes = ["--calls", "40", "--turns", "4", "--pause", "600", "--stall-ms", "1500", "--limit", "60/5"];
    let blows = ["--kills", "2", "--revocations", "1", "--seed", &seed, "--svg"];

    let output = program("storm").args(sizes).args(blows).arg(&picture).output().unwrap();

    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    for fate in ["lost ", "doubled ", "out of order ", "answers after 8 s "] {
        let figure = said.lines().find(|line| line.starts_with(fate)).unwrap_or_default();
        assert!(figure.ends_with(" 0"), "{said}");
    }
    assert!(std::fs::read_to_string(picture).unwrap().ends_with("</svg>\n"));
}

#[test]
fn a_storm_that_cannot_be_says_how_it_is_asked_for() {
    let output = program("storm").args(["--calls", "none"]).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("--svg FILE"));
}
