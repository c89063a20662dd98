//! The values that must never be seen in any output of the test run.

pub(crate) const CLIENT_SECRET: &str = "canary-client-secret-5d1f";
pub(crate) const TOKEN: &str = "canary-token-77aa";
pub(crate) const PHONE: &str = "+14155550142";
pub(crate) const TRANSCRIPT: &str = "canary-transcript-c0de";

/// The part of each that survives escaping and encoding.
pub(crate) const TRACES: [&str; 4] = [CLIENT_SECRET, TOKEN, "14155550142", TRANSCRIPT];

/// Fails without repeating the text.
pub(crate) fn assert_absent(what: &str, text: &str) {
    assert!(!TRACES.iter().any(|trace| text.contains(trace)), "{what} shows a canary");
}
