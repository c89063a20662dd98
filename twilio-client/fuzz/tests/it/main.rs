//! Fuzz targets, run as ordinary tests: each for a second or some thousand inputs, whichever is over first.
//!
//! ```sh
//! cargo test                                          # short
//! BOLERO_RANDOM_TEST_TIME_MS=600000 cargo test        # ten minutes for each target
//! cargo bolero test --engine libfuzzer verify::bytes  # guided by coverage, with cargo-bolero
//! ```
#![forbid(unsafe_code)]

mod edit;
mod form;
mod stream;
mod twiml;
mod verify;

/// How long a failing input is made smaller, which without an end it may be for minutes.
const SHRINK: std::time::Duration = std::time::Duration::from_millis(200);
