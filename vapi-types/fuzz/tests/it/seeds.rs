//! The generated messages of the crate's own tests, to begin from.

use std::{fs, path::Path, sync::LazyLock};

pub(crate) static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/generated");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.retain(|file| !file.file_name().unwrap().to_string_lossy().starts_with("response-"));
    assert!(files.len() > 50);
    files.iter().map(|file| fs::read(file).unwrap()).collect()
});
