//! How much comes along with the crate.

use std::collections::BTreeSet;
use std::process::Command;

/// The crates in a build with default features, this one included.
const MOST: usize = 110;

#[test]
fn at_most_a_hundred_and_ten_crates_are_built() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package", "salesforce-client", "--edges", "normal", "--prefix", "none"])
        .args(["--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));

    let tree = String::from_utf8(tree.stdout).unwrap();
    let crates: BTreeSet<&str> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    assert!(crates.iter().any(|name| name.starts_with("tokio v")), "the tree is there");
    assert!(crates.len() <= MOST, "{} crates", crates.len());
}
