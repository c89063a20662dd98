use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use serde_json::Value;

/// The JSON files of a folder under `tests/fixtures`, by name.
pub(crate) fn folder(name: &str) -> Vec<(String, String)> {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name))
}

/// The JSON files of a folder, by name.
pub(crate) fn read(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let json = files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "json"));
    json.map(|file| {
        (file.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(file).unwrap())
    })
    .collect()
}

/// The generated messages (not the responses), read once.
pub(crate) fn generated_messages() -> Vec<(String, String)> {
    static MESSAGES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
        folder("generated").into_iter().filter(|(name, _)| !name.starts_with("response-")).collect()
    });
    MESSAGES.clone()
}

/// The generated body of one type with every field.
pub(crate) fn full(kind: &str) -> String {
    let name = format!("{kind}.max.json");
    folder("generated").into_iter().find(|(file, _)| *file == name).unwrap().1
}

pub(crate) fn value(json: &[u8]) -> Value {
    serde_json::from_slice(json).unwrap()
}
