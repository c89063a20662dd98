//! What the clients share stands in the loop under them, and not in each.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

/// Each client, and what its sources begin with: of Vapi's types only the client asks anybody.
const CLIENTS: [(&str, &str); 4] = [
    ("salesforce-client", "salesforce-client/src/"),
    ("twilio-client", "twilio-client/src/"),
    ("vapi-types", "vapi-types/src/client"),
    ("voice-crm-rest", "voice-crm-rest/src/"),
];

/// As many lines in a row are a thing of its own.
const RUN: usize = 20;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// A line without its comment, with one letter for each name, text and number.
fn shape(line: &str) -> String {
    let (mut shape, mut rest) = (String::new(), line.trim());
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            break;
        }
        let taken = if first == '"' {
            shape.push('s');
            let mut escaped = false;
            let end = rest[1..].find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            end.map_or(rest.len(), |end| end + 2)
        } else if first.is_alphanumeric() || first == '_' {
            shape.push(if first.is_ascii_digit() { '0' } else { 'n' });
            rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
        } else {
            if !first.is_whitespace() {
                shape.push(first);
            }
            first.len_utf8()
        };
        rest = &rest[taken..];
    }
    shape
}

/// The lines of a source that say something, without its tests, each with its number.
fn lines(source: &str) -> Vec<(usize, String)> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let numbered = code.lines().enumerate().map(|(number, line)| (number + 1, shape(line)));
    numbered.filter(|(_, shape)| !shape.is_empty()).collect()
}

/// Where runs of one source stand in another as well, names and values aside.
fn repeats(all: &[(String, String, String)]) -> Vec<String> {
    let mut known: HashMap<String, (&str, &str, usize)> = HashMap::new();
    let mut found = Vec::new();
    for (client, name, source) in all {
        for run in lines(source).windows(RUN) {
            let shapes: Vec<_> = run.iter().map(|(_, shape)| shape.as_str()).collect();
            let (other, file, line) = *known.entry(shapes.join("\n")).or_insert((client, name, run[0].0));
            if other != client {
                found.push(format!("{name}:{} is {file}:{line}", run[0].0));
            }
        }
    }
    found
}

#[test]
fn no_twenty_lines_of_one_client_stand_in_another() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut all = Vec::new();
    for (client, begins) in CLIENTS {
        let mut files = Vec::new();
        sources(&root.join(client).join("src"), &mut files);
        for path in files {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            if name.starts_with(begins) {
                all.push((client.to_owned(), name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    for (client, _) in CLIENTS {
        assert!(all.iter().any(|(of, ..)| of == client), "{client} is somewhere else");
    }
    assert_eq!(repeats(&all), Vec::<String>::new());
}

#[test]
fn a_repeat_is_found_whatever_its_names_and_values_are() {
    let source = |name: &str, value: &str| {
        (0..RUN).fold(String::new(), |all, at| {
            all + &format!("let {name}{at} = f(\"{value}\", {at}); // {name}\n\n")
        })
    };
    let of = |client: &str, text: String| (client.to_owned(), format!("{client}.rs"), text);
    let twice = [of("a", source("x", "1")), of("b", format!("fn g() {{\n{}", source("yy", "two")))];

    assert_eq!(repeats(&twice), ["b.rs:2 is a.rs:1"]);
    let short = source("yy", "two").lines().skip(1).collect::<Vec<_>>().join("\n");
    assert!(repeats(&[of("a", source("x", "1")), of("b", short)]).is_empty());
}
