//! The rules of the house that no compiler knows.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The crates of the workspace, and which of the others each may name in its `[dependencies]`.
const IMPORTS: [(&str, &[&str]); 8] = [
    ("salesforce-client", &[]),
    ("salesforce-emulator", &[]),
    ("twilio-client", &["voice-crm-rest"]),
    ("vapi-types", &["voice-crm-rest"]),
    ("voice-crm-outbox", &[]),
    ("voice-crm-rest", &[]),
    ("voice-crm-core", &["twilio-client", "vapi-types", "voice-crm-outbox"]),
    ("voice-crm-salesforce", &["salesforce-client", "voice-crm-core"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Every file below a folder, except what a build or a version control keeps there.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == "target" || name == "node_modules" || name == ".git" {
            continue;
        }
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn sources(ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    files(&root(), &mut found);
    found
        .into_iter()
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .filter_map(|path| {
            let name = path.strip_prefix(root()).ok()?.to_string_lossy().into_owned();
            Some((name, fs::read_to_string(&path).ok()?))
        })
        .collect()
}

#[test]
fn each_room_imports_only_what_it_may() {
    for (room, allowed) in IMPORTS {
        let manifest = fs::read_to_string(root().join(room).join("Cargo.toml")).unwrap();
        let start = manifest.find("\n[dependencies]").unwrap();
        let end = manifest[start + 1..].find("\n[").map_or(manifest.len(), |end| start + 1 + end);
        for (other, _) in IMPORTS {
            let named = manifest[start..end]
                .lines()
                .any(|line| line.starts_with(&format!("{other}.")) || line.starts_with(&format!("{other} ")));
            assert!(!named || allowed.contains(&other), "{room} may not depend on {other}");
        }
    }
}

#[test]
fn the_outbox_knows_no_crm_and_the_core_no_vendor_of_one() {
    let of = |room: &str, words: &[&str]| {
        let named = sources(".rs").into_iter().filter(|(name, _)| name.starts_with(&format!("{room}/src/")));
        let lower = named.map(|(name, text)| (name, text.to_lowercase()));
        let mut found = Vec::new();
        for (name, text) in lower {
            found.extend(
                words.iter().filter(|word| text.contains(**word)).map(|word| format!("{word} in {name}")),
            );
        }
        found
    };
    assert_eq!(of("voice-crm-core", &["salesforce", "soql"]), Vec::<String>::new());
    let words = ["salesforce", "voice agent", "vapi", "twilio", "contact"];
    assert_eq!(of("voice-crm-outbox", &words), Vec::<String>::new());
}

#[test]
fn no_source_file_is_too_long() {
    let long: Vec<_> = sources(".rs")
        .into_iter()
        .map(|(name, text)| (text.lines().count(), name))
        .filter(|(lines, _)| *lines > 450)
        .collect();
    assert!(long.is_empty(), "over 450 lines: {long:?}");
}

#[test]
fn no_path_of_a_machine_stands_in_a_source() {
    // Put together, so that this file is not found out by itself.
    let folders = ["home", "root", "work", "Users"].map(|folder| format!("/{folder}/"));
    for ending in [".rs", ".md", ".toml", ".sh", ".py", ".js"] {
        for (name, text) in sources(ending) {
            for folder in &folders {
                let found = text.match_indices(folder.as_str()).any(|(at, _)| {
                    // A path begins there; a URL or a word goes on.
                    !text[..at]
                        .ends_with(|before: char| before.is_alphanumeric() || "._-/:}".contains(before))
                });
                assert!(!found, "{name} names a path below {folder}");
            }
        }
    }
}

#[test]
fn no_file_is_named_after_nothing() {
    for (name, _) in sources(".rs") {
        let stem = Path::new(&name).file_stem().unwrap().to_string_lossy().into_owned();
        for banned in ["util", "utils", "helpers", "common", "misc", "prelude", "mod"] {
            assert_ne!(stem, banned, "{name}");
        }
    }
}

#[test]
fn every_crate_forbids_unsafe_code_and_shows_its_readme() {
    for (room, _) in IMPORTS {
        let text = fs::read_to_string(root().join(room).join("src/lib.rs")).unwrap();
        assert!(text.contains("#![forbid(unsafe_code)]"), "{room}");
        assert!(text.contains("include_str!(\"../README.md\")"), "{room}");
    }
}

#[test]
fn every_attack_situation_and_fault_names_tests_that_exist() {
    for list in ["docs/attacks.md", "docs/situations.md", "docs/faults.md"] {
        let wrong = rows_without_their_tests(&fs::read_to_string(root().join(list)).unwrap());
        assert!(wrong.is_empty(), "{list}: {wrong:#?}");
    }
}

/// What is wrong with the tests that the rows of a list name.
fn rows_without_their_tests(list: &str) -> Vec<String> {
    let rows = list.lines().filter(|line| line.starts_with("| ") && !line.contains("| held by |"));
    let (mut named, mut wrong) = (0, Vec::new());
    for row in rows.filter(|row| !row.starts_with("| ---")) {
        let tests: Vec<_> = row.split('`').filter_map(|name| name.split_once(".rs::")).collect();
        if tests.is_empty() {
            wrong.push(format!("no test in {row}"));
        }
        for (file, test) in tests {
            named += 1;
            let text = fs::read_to_string(root().join(format!("{file}.rs"))).unwrap_or_default();
            if !is_a_test(&text, test) {
                wrong.push(format!("{file}.rs has no test {test}"));
            }
        }
    }
    if named == 0 {
        wrong.push("the list has another form".to_owned());
    }
    wrong
}

/// Whether a source has a test of this name: the attribute stands in the lines before it.
fn is_a_test(source: &str, name: &str) -> bool {
    let lines: Vec<_> = source.lines().map(str::trim_start).collect();
    let declares = |line: &&str| {
        let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        function.and_then(|function| function.strip_prefix(name)).is_some_and(|rest| rest.starts_with('('))
    };
    let Some(at) = lines.iter().position(declares) else { return false };
    let before = lines[..at].iter().rev().take_while(|line| line.starts_with('#'));
    before.clone().any(|line| line.starts_with("#[test") || line.starts_with("#[tokio::test"))
}

#[test]
fn every_example_and_bench_is_registered() {
    for (folder, table) in [("examples", "[[example]]"), ("benches", "[[bench]]")] {
        let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            if Path::new(&name).extension().is_some_and(|ending| ending == "rs") {
                assert!(
                    manifest.contains(table) && manifest.contains(&format!("path = \"{name}\"")),
                    "{folder}/{name}"
                );
            }
        }
    }
}
