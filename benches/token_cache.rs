//! To be opened.
fn main() {}
