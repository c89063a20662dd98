//! Which of Twilio's parameters we have no setter for, by its own documents, where a checkout has them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// A path without the names of its placeholders, which are ours to choose.
fn shape(path: &str) -> String {
    let blank = |segment: &str| match (segment.find('{'), segment.find('}')) {
        (Some(open), Some(close)) => [&segment[..open], "{}", &segment[close + 1..]].concat(),
        _ => segment.to_owned(),
    };
    path.split('/').map(blank).collect::<Vec<_>>().join("/")
}

/// The operations that our files name in their first lines, each with the words that stand in quotes in the files
/// of that resource.
fn ours() -> BTreeMap<(String, String), BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/resource");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let family = |path: &Path| {
        let inside = path.strip_prefix(&root).unwrap().with_extension("");
        inside.components().next().unwrap().as_os_str().to_owned()
    };
    let mut words: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    let mut operations = Vec::new();
    for path in &files {
        let text = std::fs::read_to_string(path).unwrap();
        let quoted = text.split('"').skip(1).step_by(2).map(str::to_owned);
        words.entry(family(path)).or_default().extend(quoted);
        for name in text.lines().filter(|line| line.starts_with("//!")).flat_map(|line| line.split('`')) {
            let Some((verb, path_of)) = name.split_once(' ') else { continue };
            if ["GET", "POST", "DELETE"].contains(&verb) && path_of.starts_with('/') {
                operations.push(((verb.to_owned(), shape(path_of)), family(path)));
            }
        }
    }
    operations.into_iter().map(|(operation, family)| (operation, words[&family].clone())).collect()
}

/// The parameters of every operation of the documents.
fn theirs(folder: &Path) -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut operations = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let document: Value = serde_json::from_slice(&std::fs::read(entry.unwrap().path()).unwrap()).unwrap();
        for (path, item) in document["paths"].as_object().unwrap() {
            for verb in ["get", "post", "delete"] {
                let Some(operation) = item.get(verb) else { continue };
                let listed = operation["parameters"].as_array().into_iter().flatten();
                let query = listed.filter(|parameter| parameter["in"] == "query");
                let query = query.filter_map(|parameter| parameter["name"].as_str()).map(str::to_owned);
                let form = &operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
                    ["properties"];
                let form = form.as_object().into_iter().flatten().map(|(name, _)| name.clone());
                operations.insert((verb.to_uppercase(), shape(path)), query.chain(form).collect());
            }
        }
    }
    operations
}

/// What an operation is about: its path from the account or the version on, without placeholders.
fn subject(path: &str) -> String {
    let names = path.split('/').skip(2).filter(|name| !name.contains("{}") && *name != "Accounts");
    names.map(|name| name.trim_end_matches(".json")).collect::<Vec<_>>().join("/")
}

/// What this crate has no call for: what can be asked with a `Request`.
fn without_a_call(
    theirs: &BTreeMap<(String, String), BTreeSet<String>>,
    ours: &BTreeMap<(String, String), BTreeSet<String>>,
) -> String {
    let mut left: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (verb, path) in theirs.keys().filter(|operation| !ours.contains_key(*operation)) {
        left.entry(subject(path)).or_default().push(verb);
    }
    let left: Vec<_> = left.iter().map(|(subject, verbs)| format!("{subject} {}", verbs.join(" "))).collect();
    left.join(", ")
}

/// What we send in other ways than by a setter of the same name, or leave to the paginator.
fn is_modelled_elsewhere(name: &str) -> bool {
    name.starts_with("Parameter")
        || name.starts_with("MachineDetection")
        || ["Page", "PageToken", "PageSize"].contains(&name)
}

#[test]
fn every_operation_is_twilios_and_what_is_not_modelled_is_listed() {
    let Some(folder) = std::env::var_os("TWILIO_FIXTURES") else { return };
    let theirs = theirs(&Path::new(&folder).join("oai"));
    let ours = ours();
    let mut missing = 0;

    for ((verb, path), words) in &ours {
        let sound = [".wav", ".mp3"].iter().any(|ending| path.ends_with(ending));
        let Some(parameters) = theirs.get(&(verb.clone(), path.clone())) else {
            assert!(sound, "Twilio has no {verb} {path}");
            continue;
        };
        let unknown: Vec<_> =
            parameters.iter().filter(|name| !words.contains(*name) && !is_modelled_elsewhere(name)).collect();
        missing += unknown.len();
        if !unknown.is_empty() {
            println!("not modelled: {verb} {path}: {unknown:?}");
        }
    }

    println!("no call: {}", without_a_call(&theirs, &ours));
    println!(
        "modelled: {} of {} operations in these documents; {missing} parameters of them are left to extra()",
        ours.len(),
        theirs.len()
    );
    assert!(ours.len() > 80);
}
