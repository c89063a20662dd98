//! The README names only tests that there are.

use std::path::Path;

#[test]
fn every_test_that_the_readme_links_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let rows: Vec<&str> = readme.lines().filter(|line| line.contains("](tests/it/")).collect();
    assert!(rows.len() > 50);

    for row in rows {
        let (before, link) = row.split_once("`](").unwrap();
        let name = before.rsplit('`').next().unwrap();
        let file = root.join(link.split(')').next().unwrap());
        let source = std::fs::read_to_string(file).unwrap();
        assert!(source.contains(&format!("fn {name}(")), "{name} is where the README says");
    }
}
