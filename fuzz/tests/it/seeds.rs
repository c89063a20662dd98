//! Inputs to begin from, out of files.

use std::{fs, path::Path, sync::LazyLock};

/// The files of a folder beside this crate, in order.
fn files(folder: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.retain(|file| !file.file_name().unwrap().to_string_lossy().starts_with("response-"));
    assert!(!files.is_empty(), "{}", folder.display());
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Messages of Vapi: those of the crate's own tests, and odd ones.
pub(crate) static VAPI: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| [files("seeds/vapi"), files("../vapi-types/tests/fixtures/generated")].concat());
/// Arguments of tools.
pub(crate) static ARGUMENTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| files("seeds/arguments"));
/// Forms of Twilio, one for each family of callbacks.
pub(crate) static TWILIO: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| files("seeds/twilio"));
/// Answers of Salesforce.
pub(crate) static SALESFORCE: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| files("seeds/salesforce"));
/// Results of bulk jobs.
pub(crate) static CSV: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| files("seeds/csv"));
/// Rules of routing.
pub(crate) static ROUTING: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| files("seeds/routing"));
/// Messages of Twilio's WebSockets.
pub(crate) static STREAM: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| files("seeds/stream"));
/// Documents of TwiML.
pub(crate) static TWIML: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| files("seeds/twiml"));
/// What flows leave at the data dip.
pub(crate) static COMMENTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| files("seeds/comments"));
/// Messages of the Streaming API.
pub(crate) static BAYEUX: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| files("seeds/bayeux"));
