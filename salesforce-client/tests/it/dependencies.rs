//! How much comes along with the crate.

use std::collections::BTreeSet;
use std::process::Command;

/// The crates in a build with default features, this one included.
const MOST: usize = 110;

#[test]
fn at_most_a_hundred_and_ten_crates_are_built() {
    let crates = crates(&[]);
    assert!(crates.iter().any(|name| name.starts_with("tokio v")), "the tree is there");
    assert!(crates.len() <= MOST, "{} crates", crates.len());
}

#[test]
fn reqwest_comes_with_its_feature_alone() {
    let is_there = |crates: BTreeSet<String>| crates.iter().any(|name| name.starts_with("reqwest v"));
    assert!(!is_there(crates(&[])), "a client has connections of its own");
    assert!(is_there(crates(&["--features", "reqwest"])));
}

/// The crates that are built, with their versions.
fn crates(features: &[&str]) -> BTreeSet<String> {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package", "salesforce-client", "--edges", "normal", "--prefix", "none"])
        .args(["--locked", "--offline"])
        .args(features)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    tree.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect()
}
